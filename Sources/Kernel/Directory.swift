import Glibc

/// Reads directories and takes trees apart. Names are bytes: a layer's need not be text.
public enum Directory {
    typealias Name = [CChar]

    /// The names in a directory, without `.` and `..`, sorted; none if there is no such directory.
    public static func names(in path: String) throws(KernelError) -> [String] {
        let directory: OwnedDescriptor
        do {
            directory = try OwnedDescriptor(open: path, .directory)
        } catch {
            if error.errno == ENOENT { return [] }
            throw error
        }
        return try names(in: directory, path)
    }

    /// The names in a directory that is open.
    public static func names(in directory: borrowing OwnedDescriptor, _ path: String) throws(KernelError) -> [String] {
        try bytes(ofNamesIn: directory, path).map { String(decoding: $0, as: UTF8.self) }.sorted()
    }

    /// The names in a directory that is open, as they are, in no order.
    public static func bytes(
        ofNamesIn directory: borrowing OwnedDescriptor, _ path: String
    ) throws(KernelError) -> [[UInt8]] {
        try rawNames(directory, path: path).map { $0.dropLast().map(UInt8.init(bitPattern:)) }
    }

    private static func rawNames(
        _ directory: borrowing OwnedDescriptor, path: String
    ) throws(KernelError) -> [Name] {
        // The stream takes a descriptor over, so it gets a duplicate.
        let duplicate = fcntl(directory.number, F_DUPFD_CLOEXEC, 0)
        guard duplicate >= 0, let stream = fdopendir(duplicate) else {
            let reason = errno
            if duplicate >= 0 { close(duplicate) }
            throw KernelError("read the directory", path, errno: reason)
        }
        defer { closedir(stream) }
        rewinddir(stream)
        var names: [Name] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                bytes.prefix { $0 != 0 }.map { CChar(bitPattern: $0) } + [0]
            }
            if name != [0x2E, 0] && name != [0x2E, 0x2E, 0] { names.append(name) }
        }
        return names
    }

    /// Removes a directory with everything in it; one that isn't there is no error. A directory found below is first moved up to `path` itself, so
    /// that neither the depth of a stranger's tree nor the length of its paths matters.
    public static func remove(_ path: String) throws(KernelError) {
        let top: OwnedDescriptor
        do {
            top = try OwnedDescriptor(open: path, [.directory, .noFollow])
        } catch {
            if error.errno == ENOENT { return }
            guard error.errno == ENOTDIR || error.errno == ELOOP, unlink(path) == 0 else { throw error }
            return
        }
        var moved = 0
        var pending = try rawNames(top, path: path)
        while let name = pending.popLast() {
            if unlinkat(top.number, name, 0) == 0 || errno == ENOENT { continue }
            guard errno == EISDIR else { throw KernelError("remove from", path, errno: lastError()) }
            pending += try empty(name, top: top, path: path, moved: &moved)
            guard unlinkat(top.number, name, AT_REMOVEDIR) == 0 || errno == ENOENT else {
                throw KernelError("remove from", path, errno: lastError())
            }
        }
        guard rmdir(path) == 0 || errno == ENOENT else {
            throw KernelError("remove", path, errno: lastError())
        }
    }

    /// Removes the files in a directory of `top` and moves its directories to `top`; returns their new names.
    private static func empty(
        _ name: Name, top: borrowing OwnedDescriptor, path: String, moved: inout Int
    ) throws(KernelError) -> [Name] {
        let number = openat(top.number, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard number >= 0 else { throw KernelError("remove from", path, errno: lastError()) }
        let directory = OwnedDescriptor(taking: number)
        var names: [Name] = []
        for child in try rawNames(directory, path: path) {
            if unlinkat(directory.number, child, 0) == 0 || errno == ENOENT { continue }
            guard errno == EISDIR else { throw KernelError("remove from", path, errno: lastError()) }
            let place = try moveUp(child, from: directory, to: top, path: path, moved: &moved)
            names.append(place)
        }
        return names
    }

    private static func moveUp(
        _ child: Name, from directory: borrowing OwnedDescriptor, to top: borrowing OwnedDescriptor, path: String,
        moved: inout Int
    ) throws(KernelError) -> Name {
        while true {
            moved += 1
            let place = Array(".removed-\(moved)".utf8CString)
            if renameat(directory.number, child, top.number, place) == 0 { return place }
            guard [EEXIST, ENOTEMPTY, ENOTDIR].contains(lastError()) else {
                throw KernelError("remove from", path, errno: lastError())
            }
        }
    }
}
