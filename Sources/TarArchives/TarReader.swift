public import Kernel
public import OCI

/// Reads the plain entries at the beginning of a tar archive, one after the other.
public struct TarReader: ~Copyable {
    private let file: OwnedDescriptor
    private let path: String
    /// What the last entry has left.
    private var rest: Int64 = 0
    private var padding = 0

    /// Opens the archive at `path`.
    public init(_ path: String) throws {
        file = try OwnedDescriptor(open: path)
        self.path = path
    }

    /// The next entry, after what was left of the last one; `nil` at the end.
    public mutating func next() throws -> TarHeader? {
        let skipped = try take(padding)
        guard rest == 0, skipped.count == padding else { throw cut }
        padding = 0
        let block = try take(TarHeader.blockSize)
        if block.isEmpty || block.allSatisfy({ $0 == 0 }) { return nil }
        guard let header = TarHeader(block: block) else {
            throw TarError(path, "it is no tar archive, or damaged")
        }
        rest = header.size
        padding = TarHeader.padding(header.size)
        return header
    }

    /// The content of the entry, if it isn't larger.
    public mutating func content(limit: Int) throws -> [UInt8] {
        guard rest <= Int64(limit) else {
            throw TarError(path, "an entry is larger than \(limit) bytes")
        }
        let bytes = try take(Int(rest))
        guard bytes.count == Int(rest) else { throw cut }
        rest = 0
        return bytes
    }

    /// Copies the content of the entry into a file, and returns its SHA-256.
    public mutating func copy(to target: borrowing OwnedDescriptor) throws -> Digest {
        var hasher = DigestHasher()
        while rest > 0 {
            try Task.checkCancellation()
            let bytes = try take(Int(min(rest, 1 << 20)))
            guard !bytes.isEmpty else { throw cut }
            bytes.withUnsafeBytes { hasher.update($0) }
            try target.writeAll(bytes)
            rest -= Int64(bytes.count)
        }
        return hasher.finalize()
    }

    private var cut: TarError { TarError(path, "it ends in the middle") }

    /// As many bytes as there are, up to a number.
    private func take(_ count: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, min(count, 1 << 20)), alignment: 16)
        defer { buffer.deallocate() }
        while bytes.count < count {
            let wanted = min(count - bytes.count, buffer.count)
            let got = try file.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted]))
            if got == 0 { break }
            bytes.append(contentsOf: buffer[..<got])
        }
        return bytes
    }
}

/// An archive that can't be read.
public struct TarError: Error, Equatable, CustomStringConvertible {
    /// In one line.
    public let description: String

    init(_ path: String, _ reason: String) { description = oneLine("\(path): \(reason)") }
}
