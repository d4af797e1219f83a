import Glibc
import Kernel
import OCI

/// Writes a layer as a tar archive (POSIX.1-2001, pax) in one form alone: the same entries make the same bytes.
struct LayerArchive: ~Copyable {
    private let file: OwnedDescriptor
    private var hasher = DigestHasher()
    private var buffer: [UInt8] = []
    private(set) var count: Int64 = 0

    private static let block = 512
    private static let bufferSize = 1 << 20

    init(_ path: String) throws(KernelError) {
        self.init(try OwnedDescriptor(open: path, [.writeOnly, .create, .exclusive], mode: 0o644))
    }

    /// Writes to what is open already.
    init(_ file: consuming OwnedDescriptor) {
        self.file = file
        buffer.reserveCapacity(Self.bufferSize + Self.block)
    }

    /// Writes the header of an entry, and of a hard link or a file out of memory the whole.
    mutating func add(_ entry: LayerEntry) throws(KernelError) {
        let header = TarHeader(entry)
        for block in header.blocks { try write(block) }
        if case .data(let bytes) = entry.content {
            try write(bytes)
            try pad(Int64(bytes.count))
        }
    }

    /// The content of the file whose header was written last.
    mutating func copy(_ source: borrowing OwnedDescriptor, size: Int64) throws {
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
        defer { chunk.deallocate() }
        var rest = size
        while rest > 0 {
            let wanted = Int(min(rest, Int64(chunk.count)))
            let got = try source.read(into: UnsafeMutableRawBufferPointer(rebasing: chunk[..<wanted]))
            // It got shorter while it was read.
            guard got > 0 else { throw BuildError("a file got shorter while it was read; try again") }
            try write(chunk[..<got])
            rest -= Int64(got)
        }
        try pad(size)
    }

    private mutating func pad(_ size: Int64) throws(KernelError) {
        let padding = Int((512 - size % 512) % 512)
        if padding > 0 { try write([UInt8](repeating: 0, count: padding)) }
    }

    private mutating func write(_ bytes: some Collection<UInt8>) throws(KernelError) {
        buffer.append(contentsOf: bytes)
        count += Int64(bytes.count)
        if buffer.count >= Self.bufferSize { try flush() }
    }

    private mutating func flush() throws(KernelError) {
        buffer.withUnsafeBytes { hasher.update($0) }
        try file.writeAll(buffer)
        buffer.removeAll(keepingCapacity: true)
    }

    /// Writes the archive's end; the digest of all.
    mutating func finish() throws(KernelError) -> Digest {
        try write([UInt8](repeating: 0, count: 2 * Self.block))
        try flush()
        return hasher.finalize()
    }
}

/// The blocks before an entry's content.
private struct TarHeader {
    private(set) var blocks: [[UInt8]] = []
    private var records: [(String, [UInt8])] = []

    init(_ entry: LayerEntry) {
        var name = String(entry.path.drop { $0 == "/" })
        if entry.isDirectory { name += "/" }
        let (type, link, size, device) = Self.kind(of: entry)
        if name.utf8.count > 100 || name.utf8.contains(where: { $0 >= 0x80 }) {
            records.append(("path", Array(name.utf8)))
        }
        if link.utf8.count > 100 || link.utf8.contains(where: { $0 >= 0x80 }) {
            records.append(("linkpath", Array(link.utf8)))
        }
        if size >= 1 << 33 { records.append(("size", Array("\(size)".utf8))) }
        if entry.owner > 0o7777777 { records.append(("uid", Array("\(entry.owner)".utf8))) }
        if entry.group > 0o7777777 { records.append(("gid", Array("\(entry.group)".utf8))) }
        if entry.seconds < 0 || entry.seconds >= 1 << 33 { records.append(("mtime", Array("\(entry.seconds)".utf8))) }
        for attribute in entry.attributes { records.append(("SCHILY.xattr." + attribute.name, attribute.value)) }
        if !records.isEmpty { addExtension(name) }
        var block = [UInt8](repeating: 0, count: 512)
        Self.put(name.utf8.prefix(100), &block, at: 0)
        Self.put(Self.octal(Int64(entry.mode & 0o7777), 7), &block, at: 100)
        Self.put(Self.octal(entry.owner > 0o7777777 ? 0 : Int64(entry.owner), 7), &block, at: 108)
        Self.put(Self.octal(entry.group > 0o7777777 ? 0 : Int64(entry.group), 7), &block, at: 116)
        Self.put(Self.octal(size >= 1 << 33 ? 0 : size, 11), &block, at: 124)
        let time = (0..<(1 << 33)).contains(entry.seconds) ? entry.seconds : 0
        Self.put(Self.octal(time, 11), &block, at: 136)
        block[156] = type
        Self.put(link.utf8.prefix(100), &block, at: 157)
        if let device {
            Self.put(Self.octal(Int64(device.major), 7), &block, at: 329)
            Self.put(Self.octal(Int64(device.minor), 7), &block, at: 337)
        }
        Self.seal(&block)
        blocks.append(block)
    }

    private static func kind(
        of entry: LayerEntry
    ) -> (type: UInt8, link: String, size: Int64, device: (major: UInt32, minor: UInt32)?) {
        func letter(_ text: Unicode.Scalar) -> UInt8 { UInt8(ascii: text) }
        switch entry.content {
        case .none:
            return (entry.isDirectory ? letter("5") : letter(entry.mode & S_IFMT == S_IFIFO ? "6" : "0"), "", 0, nil)
        case .data(let bytes): return (letter("0"), "", Int64(bytes.count), nil)
        case .file(_, _, let identity): return (letter("0"), "", identity.size, nil)
        case .symbolicLink(let target): return (letter("2"), target, 0, nil)
        case .hardLink(let path): return (letter("1"), String(path.drop { $0 == "/" }), 0, nil)
        case .device(let number):
            let major = UInt32(truncatingIfNeeded: number >> 8 & 0xfff | number >> 32 & 0xffff_f000)
            let minor = UInt32(truncatingIfNeeded: number & 0xff | number >> 12 & 0xffff_ff00)
            return (letter(entry.mode & S_IFMT == S_IFCHR ? "3" : "4"), "", 0, (major, minor))
        }
    }

    /// A pax header with what the plain one has no room for.
    private mutating func addExtension(_ name: String) {
        let content = records.sorted { $0.0 < $1.0 }.flatMap { Self.record($0.0, $0.1) }
        var block = [UInt8](repeating: 0, count: 512)
        Self.put("PaxHeaders/entry".utf8, &block, at: 0)
        Self.put(Self.octal(0, 7), &block, at: 100)
        Self.put(Self.octal(0, 7), &block, at: 108)
        Self.put(Self.octal(0, 7), &block, at: 116)
        Self.put(Self.octal(Int64(content.count), 11), &block, at: 124)
        Self.put(Self.octal(0, 11), &block, at: 136)
        block[156] = UInt8(ascii: "x")
        Self.seal(&block)
        blocks.append(block)
        blocks.append(content + [UInt8](repeating: 0, count: (512 - content.count % 512) % 512))
    }

    /// `LENGTH KEY=VALUE\n`, where the length counts itself.
    private static func record(_ key: String, _ value: [UInt8]) -> [UInt8] {
        let rest = key.utf8.count + value.count + 3
        var length = rest + String(rest).utf8.count
        length = rest + String(length).utf8.count
        return Array("\(length) \(key)=".utf8) + value + [UInt8(ascii: "\n")]
    }

    private static func seal(_ block: inout [UInt8]) {
        put("ustar\u{0}00".utf8, &block, at: 257)
        put("        ".utf8, &block, at: 148)
        let sum = block.reduce(Int64(0)) { $0 + Int64($1) }
        put(octal(sum, 6) + [0, 0x20], &block, at: 148)
    }

    private static func put(_ bytes: some Sequence<UInt8>, _ block: inout [UInt8], at offset: Int) {
        for (place, byte) in bytes.enumerated() { block[offset + place] = byte }
    }

    private static func octal(_ value: Int64, _ digits: Int) -> [UInt8] {
        let text = String(value, radix: 8)
        return Array((String(repeating: "0", count: max(0, digits - text.count)) + text).utf8)
    }
}
