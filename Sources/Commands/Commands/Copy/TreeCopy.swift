import Glibc
import Kernel

/// Copies a file or a tree from one directory to another, by descriptors: no name in the tree is ever followed, and
/// nothing but regular files is opened.
struct TreeCopy {
    /// Owners go along (`--archive`); otherwise the copies are this user's.
    var keepsOwners = false
    /// Sockets and devices, which mean nothing elsewhere, by their names.
    private(set) var leftOut: [String] = []
    private static let deepest = 400

    init(keepsOwners: Bool) { self.keepsOwners = keepsOwners }

    /// Copies what has the name in `source` to `target`, under `newName`.
    mutating func copy(
        _ name: String, in source: borrowing OwnedDescriptor, to newName: String, in target: borrowing OwnedDescriptor,
        depth: Int = 0
    ) throws(KernelError) {
        let from = source.number
        var status = stat()
        try check("look at", name) { fstatat(from, name, &status, AT_SYMLINK_NOFOLLOW) }
        switch status.st_mode & S_IFMT {
        case S_IFDIR:
            let into = target.number
            if mkdirat(into, newName, 0o700) != 0, lastError() != EEXIST {
                throw KernelError("make the directory", newName, errno: lastError())
            }
            let inner = try OwnedDescriptor(open: name, [.directory, .noFollow], in: from)
            let made = try OwnedDescriptor(open: newName, [.directory, .noFollow], in: into)
            try copyContent(of: inner, to: made, depth: depth + 1)
            try settle(made, status)
        case S_IFREG: try copyFile(name, from, newName, target.number, status)
        case S_IFLNK: try copyLink(name, from, newName, target.number, status)
        case S_IFIFO:
            let into = target.number
            try check("make the pipe", newName) { mkfifoat(into, newName, status.st_mode & 0o7777) }
        default: leftOut.append(name)
        }
    }

    /// Copies everything in a directory into another one.
    mutating func copyContent(
        of source: borrowing OwnedDescriptor, to target: borrowing OwnedDescriptor, depth: Int = 0
    ) throws(KernelError) {
        guard depth < Self.deepest else { throw KernelError("copy the tree", "", errno: ENAMETOOLONG) }
        for name in try Directory.names(in: source, "") {
            try copy(name, in: source, to: name, in: target, depth: depth)
        }
    }

    private func copyFile(
        _ name: String, _ from: Int32, _ newName: String, _ into: Int32, _ status: stat
    ) throws(KernelError) {
        let file = try OwnedDescriptor(open: name, [.noFollow, .nonBlocking, .noTerminal], in: from)
        // Somebody may have put something else in its place since.
        guard try file.status().isRegularFile else { throw KernelError("read", name, errno: EINVAL) }
        let made = try Self.emptyFile(newName, in: into, mode: 0o600)
        try Self.copyBytes(from: file, to: made)
        try settle(made, status)
    }

    /// A file of this name that is empty, in place of what else had it, but for a directory.
    static func emptyFile(_ name: String, in directory: Int32, mode: UInt32) throws(KernelError) -> OwnedDescriptor {
        let flags: OpenFlags = [.writeOnly, .create, .noFollow, .nonBlocking, .noTerminal]
        do throws(KernelError) {
            let file = try OwnedDescriptor(open: name, flags, mode: mode, in: directory)
            // A file that is bound or used goes on being the same one.
            guard try file.status().isRegularFile else { throw KernelError("write", name, errno: ELOOP) }
            let number = file.number
            try check("empty", name) { ftruncate(number, 0) }
            return file
        } catch  where error.errno == ELOOP || error.errno == ENXIO {
            try check("replace", name) { unlinkat(directory, name, 0) }
            return try OwnedDescriptor(open: name, [.writeOnly, .create, .exclusive], mode: mode, in: directory)
        }
    }

    private func copyLink(
        _ name: String, _ from: Int32, _ newName: String, _ into: Int32, _ status: stat
    ) throws(KernelError) {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        try check("read the link", name) { readlinkat(from, name, &buffer, Int(PATH_MAX)) }
        if symlinkat(buffer, into, newName) != 0 {
            guard lastError() == EEXIST else { throw KernelError("make the link", newName, errno: lastError()) }
            try check("replace", newName) { unlinkat(into, newName, 0) }
            try check("make the link", newName) { symlinkat(buffer, into, newName) }
        }
        guard keepsOwners else { return }
        try check("set the owner of", newName) {
            fchownat(into, newName, status.st_uid, status.st_gid, AT_SYMLINK_NOFOLLOW)
        }
    }

    /// What else belongs to a file: its owner, its mode (in this order, since a change of owner takes set-uid away), and
    /// its time.
    private func settle(_ made: borrowing OwnedDescriptor, _ status: stat) throws(KernelError) {
        let number = made.number
        if keepsOwners { try check("set the owner") { fchown(number, status.st_uid, status.st_gid) } }
        // Whose program it was may not run as whoever copies it.
        try check("set the mode") { fchmod(number, status.st_mode & (keepsOwners ? 0o7777 : 0o1777)) }
        let times = [status.st_atim, status.st_mtim]
        try check("set the time") { futimens(number, times) }
    }

    private static func copyBytes(
        from source: borrowing OwnedDescriptor, to target: borrowing OwnedDescriptor
    ) throws(KernelError) {
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let number = source.number
            let count = try check("read") { buffer.withUnsafeMutableBytes { read(number, $0.baseAddress, $0.count) } }
            if count == 0 { return }
            try target.writeAll(Array(buffer[..<count]))
        }
    }
}
