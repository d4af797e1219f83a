import Glibc
import Kernel

/// Writes a tar archive in one pass.
struct TarWriter: ~Copyable {
    private let file: OwnedDescriptor
    /// As messages name it.
    private let path: String
    /// Bytes written so far.
    private(set) var written: Int64 = 0

    init(_ file: consuming OwnedDescriptor, path: String) {
        self.file = file
        self.path = path
    }

    /// Adds a small file out of memory.
    mutating func add(_ name: String, _ content: [UInt8], mode: UInt32 = 0o644) throws {
        try begin(TarHeader(name: name, size: Int64(content.count), mode: mode))
        try put(content + [UInt8](repeating: 0, count: TarHeader.padding(Int64(content.count))))
    }

    /// Adds a file of so many bytes from a descriptor that stands at its beginning.
    mutating func add(
        _ header: TarHeader, from source: borrowing OwnedDescriptor, progress: (Int64) -> Void = { _ in }
    ) throws {
        try begin(header)
        var rest = header.size
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
        defer { buffer.deallocate() }
        while rest > 0 {
            try Task.checkCancellation()
            let count = try source.read(
                into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<Int(min(rest, Int64(buffer.count)))]))
            guard count > 0 else { throw CommandFailure("\(header.name) got shorter while it was read") }
            try put([UInt8](buffer[..<count]))
            rest -= Int64(count)
            progress(header.size - rest)
        }
        try put([UInt8](repeating: 0, count: TarHeader.padding(header.size)))
    }

    /// Writes the archive's end, and waits until everything is on the disk.
    mutating func finish() throws {
        try put([UInt8](repeating: 0, count: 2 * TarHeader.blockSize))
        // A pipe has no disk.
        if fsync(file.number) != 0, errno != EINVAL, errno != EROFS { throw KernelError("write", path, errno: errno) }
    }

    private mutating func begin(_ header: TarHeader) throws {
        guard let block = header.block else {
            throw CommandFailure("\(header.name): the name is too long for an archive")
        }
        try put(block)
    }

    private mutating func put(_ bytes: [UInt8]) throws {
        try file.writeAll(bytes)
        written += Int64(bytes.count)
    }
}
