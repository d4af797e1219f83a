import Glibc
import Kernel

/// A file's name as the kernel has it: any bytes but `/` and zero. As a `String` it could change on the way.
struct FileName: Hashable, Comparable {
    let bytes: [UInt8]

    init(_ bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }
    init(_ text: String) { bytes = Array(text.utf8) }

    /// For the C calls.
    func withCString<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: bytes.count + 1) { buffer in
            for (index, byte) in bytes.enumerated() { buffer[index] = CChar(bitPattern: byte) }
            buffer[bytes.count] = 0
            // Never without memory: it has at least one element.
            return UnsafePointer(buffer.baseAddress).map(body) ?? "".withCString(body)
        }
    }

    /// For messages.
    var text: String { String(decoding: bytes, as: UTF8.self) }

    static func < (left: FileName, right: FileName) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }
}

/// Lists and looks into directories by descriptor.
enum DirectoryReader {
    /// The names in a directory, sorted, without `.` and `..`.
    static func names(in directory: borrowing OwnedDescriptor) throws(KernelError) -> [FileName] {
        // A descriptor of its own: the stream takes it over, with its position.
        let own = try OwnedDescriptor(open: ".", [.directory], in: directory.number)
        guard let stream = fdopendir(own.number) else {
            throw KernelError("list", "directory", errno: lastError())
        }
        _ = own.release()
        defer { closedir(stream) }
        var names: [FileName] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                let reason = lastError()
                if reason != 0 { throw KernelError("list", "directory", errno: reason) }
                return names.sorted()
            }
            let name = name(of: entry)
            if name.bytes != Array(".".utf8) && name.bytes != Array("..".utf8) { names.append(name) }
        }
    }

    private static func name(of entry: UnsafeMutablePointer<dirent>) -> FileName {
        withUnsafeBytes(of: &entry.pointee.d_name) { buffer in FileName(buffer.prefix { $0 != 0 }) }
    }

    /// What a name stands for, links not followed; `nil`: nothing.
    static func status(
        of name: FileName, in directory: borrowing OwnedDescriptor
    ) throws(KernelError)
        -> stat?
    {
        var status = stat()
        let number = directory.number
        let result = name.withCString { fstatat(number, $0, &status, AT_SYMLINK_NOFOLLOW) }
        if result == 0 { return status }
        let reason = lastError()
        if reason == ENOENT || reason == ENOTDIR { return nil }
        throw KernelError("look at", name.text, errno: reason)
    }

    /// Opens a name without following a link.
    static func open(
        _ name: FileName, in directory: borrowing OwnedDescriptor, _ flags: Int32, mode: mode_t = 0
    ) throws(KernelError) -> OwnedDescriptor {
        let number = directory.number
        return OwnedDescriptor(
            taking: try check("open", name.text) {
                name.withCString { openat(number, $0, flags | O_NOFOLLOW | O_CLOEXEC, mode) }
            })
    }

    /// What a symbolic link says.
    static func target(
        of name: FileName, in directory: borrowing OwnedDescriptor
    ) throws(KernelError)
        -> FileName
    {
        let number = directory.number
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = try check("read the link", name.text) {
            name.withCString { readlinkat(number, $0, &buffer, buffer.count) }
        }
        return FileName(buffer.prefix(count).lazy.map { UInt8(bitPattern: $0) })
    }
}

extension stat {
    var kind: mode_t { st_mode & S_IFMT }
    var isDirectory: Bool { kind == S_IFDIR }
    /// Overlayfs's mark for a name that an upper layer removes: a character device 0:0.
    var isWhiteout: Bool { kind == S_IFCHR && st_rdev == 0 }
}
