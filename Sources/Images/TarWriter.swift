import Glibc
import Kernel

/// Writes a tar archive of regular files, POSIX.1-2001, to a file or a pipe. Everything has one time and one owner, so
/// that the same content makes the same archive.
final class TarWriter {
    private let file: OwnedDescriptor
    private let path: String
    private var directories: Set<String> = []
    /// Bytes that the current file still lacks.
    private var missing: Int64 = 0
    private var padding = 0

    init(_ file: consuming OwnedDescriptor, path: String) {
        self.file = file
        self.path = path
    }

    /// Adds a file at once.
    func add(_ name: String, _ content: [UInt8]) throws(KernelError) {
        try begin(name, size: Int64(content.count))
        try file.writeAll(content)
        missing = 0
        try end()
    }

    /// Begins a file; its content follows with `write`, exactly `size` bytes.
    func begin(_ name: String, size: Int64) throws(KernelError) {
        if let slash = name.lastIndex(of: "/") { try makeDirectories(String(name[..<slash])) }
        try put(Self.header(name, size: size, type: 0x30, mode: 0o644))
        missing = size
        padding = Int((512 - size % 512) % 512)
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws(KernelError) {
        guard Int64(bytes.count) <= missing else { throw KernelError("write", path, errno: EFBIG) }
        missing -= Int64(bytes.count)
        try StoreFiles.write(bytes, to: file, path: path)
    }

    func end() throws(KernelError) {
        guard missing == 0 else { throw KernelError("write", path, errno: ENODATA) }
        try put([UInt8](repeating: 0, count: padding))
    }

    /// Writes the archive's end. A file is on its disk then; a pipe has it all.
    func finish() throws(KernelError) {
        try put([UInt8](repeating: 0, count: 1024))
        guard fdatasync(file.number) != 0, lastError() != EINVAL, lastError() != EROFS else { return }
        throw KernelError("write to disk", path, errno: lastError())
    }

    private func makeDirectories(_ name: String) throws(KernelError) {
        guard directories.insert(name).inserted else { return }
        if let slash = name.lastIndex(of: "/") { try makeDirectories(String(name[..<slash])) }
        try put(Self.header(name + "/", size: 0, type: 0x35, mode: 0o755))
    }

    private func put(_ bytes: [UInt8]) throws(KernelError) {
        try file.writeAll(bytes)
    }

    /// Names are the store's own and shorter than the 100 bytes of the old header.
    private static func header(_ name: String, size: Int64, type: UInt8, mode: Int) -> [UInt8] {
        var header = [UInt8](repeating: 0, count: 512)
        func put(_ text: String, _ offset: Int) {
            header.replaceSubrange(offset..<(offset + text.utf8.count), with: text.utf8)
        }
        func octal(_ value: Int64, _ digits: Int) -> String {
            let text = String(value, radix: 8)
            return String(repeating: "0", count: max(0, digits - text.count)) + text
        }
        put(String(name.prefix(100)), 0)
        put(octal(Int64(mode), 7), 100)
        put(octal(0, 7), 108)
        put(octal(0, 7), 116)
        if size < 1 << 33 {
            put(octal(size, 11), 124)
        } else {
            // The form of GNU tar for what octal digits can't hold: binary, with the top bit set.
            header[124] = 0x80
            for place in 0..<8 { header[135 - place] = UInt8(truncatingIfNeeded: size >> (8 * place)) }
        }
        put(octal(0, 11), 136)
        put("        ", 148)
        header[156] = type
        put("ustar", 257)
        put("00", 263)
        put(octal(header.reduce(0) { $0 + Int64($1) }, 6), 148)
        header[154] = 0
        return header
    }
}
