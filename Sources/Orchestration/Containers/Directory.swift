import Glibc
import Kernel

/// Whole directories.
enum Directory {
    /// The names in a directory, sorted; none if there is no such directory.
    static func names(in path: String) throws(KernelError) -> [String] {
        guard let stream = opendir(path) else {
            if errno == ENOENT { return [] }
            throw KernelError("list", path, errno: errno)
        }
        return names(closing: stream).sorted()
    }

    private static func names(closing stream: OpaquePointer) -> [String] {
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }

    /// When a file was changed last, in nanoseconds since 1970; `nil` if it isn't there.
    static func changeTime(of path: String) -> Int64? {
        var information = stat()
        guard stat(path, &information) == 0 else { return nil }
        return Int64(information.st_mtim.tv_sec) * 1_000_000_000 + Int64(information.st_mtim.tv_nsec)
    }

    /// Removes a directory and everything below it, without following symbolic links. What isn't there is no error.
    ///
    /// A container can make trees deeper than this process may have descriptors: what lies too deep is moved up to the
    /// top first.
    static func removeTree(_ path: String) throws(KernelError) {
        guard let slash = path.lastIndex(of: "/") else { throw KernelError("remove", path, errno: EINVAL) }
        var lifted: [String] = []
        try removeEntry(AT_FDCWD, path, path, depth: 0, top: String(path[..<slash]), &lifted)
        while let next = lifted.popLast() {
            try removeEntry(AT_FDCWD, next, next, depth: 0, top: String(path[..<slash]), &lifted)
        }
    }

    private static let greatestDepth = 32

    private static func removeEntry(
        _ parent: Int32, _ name: String, _ path: String, depth: Int, top: String, _ lifted: inout [String]
    ) throws(KernelError) {
        if unlinkat(parent, name, 0) == 0 || errno == ENOENT { return }
        guard errno == EISDIR || errno == EPERM else { throw KernelError("remove", path, errno: errno) }
        if depth == greatestDepth {
            var generator = SystemRandomNumberGenerator()
            let place = "\(top)/.removed-\(hexadecimal(generator.next(), digits: 16))"
            guard renameat(parent, name, AT_FDCWD, place) == 0 else { throw KernelError("remove", path, errno: errno) }
            return lifted.append(place)
        }
        let descriptor = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw KernelError("remove", path, errno: errno) }
        do throws(KernelError) {
            for child in try names(below: descriptor, path) {
                try removeEntry(descriptor, child, path + "/" + child, depth: depth + 1, top: top, &lifted)
            }
        } catch {
            close(descriptor)
            throw error
        }
        close(descriptor)
        if unlinkat(parent, name, AT_REMOVEDIR) != 0 && errno != ENOENT {
            throw KernelError("remove", path, errno: errno)
        }
    }

    private static func names(below descriptor: Int32, _ path: String) throws(KernelError) -> [String] {
        // `fdopendir` takes over what it is given, and the descriptor is still needed.
        let copy = dup(descriptor)
        guard copy >= 0 else { throw KernelError("list", path, errno: errno) }
        guard let stream = fdopendir(copy) else {
            let reason = errno
            close(copy)
            throw KernelError("list", path, errno: reason)
        }
        return names(closing: stream)
    }
}
