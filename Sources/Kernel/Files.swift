import CLinux
import Glibc

/// Small file operations with typed errors.
public enum Files {
    /// The whole content of a file, at most `limit` bytes.
    public static func read(_ path: String, limit: Int = 16 << 20) throws(KernelError) -> [UInt8] {
        let file = try OwnedDescriptor(open: path)
        do throws(KernelError) {
            return try file.readAll(limit: limit)
        } catch {
            throw KernelError("read", path, errno: error.errno)
        }
    }

    /// The whole content of a file as text; bytes that aren't UTF-8 are replaced.
    public static func readText(_ path: String) throws(KernelError) -> String {
        // swift-format-ignore: the lossy reading is meant
        String(decoding: try read(path), as: UTF8.self)
    }

    /// Writes to an existing file in one call, as files of /proc, /sys and cgroups want it.
    public static func write(_ text: String, to path: String, in directory: Int32? = nil) throws(KernelError) {
        let file = try OwnedDescriptor(open: path, .writeOnly, in: directory)
        var copy = text
        let count = copy.utf8.count
        try check("write \"\(text.prefix(64))\" to", path) {
            copy.withUTF8 { Glibc.write(file.number, $0.baseAddress, count) }
        }
    }

    /// What has to be on the disk when a file is written.
    public enum Durability: Sendable {
        case nothing
        /// After a loss of power there is the old content or the new one, whole; which of them doesn't matter.
        case content
        /// The new content, under its name.
        case name
    }

    /// A name that whoever else may write to a directory can't foresee.
    public static func unforeseenName() -> String { String(UInt64.random(in: .min ... .max), radix: 36) }

    /// Replaces a file as a whole: a temporary neighbour is written and renamed over it, so that a reader sees either
    /// the old or the new content.
    public static func replace(
        _ path: String, with content: [UInt8], mode: UInt32 = 0o644, durable: Durability = .nothing
    ) throws(KernelError) {
        // Not by process alone: two threads may write the same file, and each renames its own.
        let temporary = "\(path).\(unforeseenName()).tmp"
        do throws(KernelError) {
            let file = try OwnedDescriptor(open: temporary, [.writeOnly, .create, .truncate], mode: mode)
            try file.writeAll(content)
            if durable != .nothing { try check("write to disk", path) { fsync(file.number) } }
            try check("rename", temporary) { rename(temporary, path) }
        } catch {
            unlink(temporary)
            throw KernelError("write", path, errno: error.errno)
        }
        if durable == .name { try syncDirectory(of: path) }
    }

    /// Makes the directory and its missing parents.
    public static func makeDirectories(_ path: String, mode: UInt32 = 0o755) throws(KernelError) {
        if mkdir(path, mode) == 0 || lastError() == EEXIST { return }
        guard lastError() == ENOENT, let parent = parent(of: path) else {
            throw KernelError("make the directory", path, errno: lastError())
        }
        try makeDirectories(parent, mode: mode)
        if mkdir(path, mode) != 0 && lastError() != EEXIST {
            throw KernelError("make the directory", path, errno: lastError())
        }
    }

    /// Makes the directory, or takes it from other users: a set-uid program of an image or in a volume must not be
    /// theirs to run.
    public static func makePrivateDirectory(_ path: String) throws(KernelError) {
        try makeDirectories(path, mode: 0o710)
        let directory = try OwnedDescriptor(open: path, [.directory, .noFollow])
        let mode = try directory.status().mode & 0o7777
        if mode & 0o027 == 0 { return }
        try check("set the mode of", path) { fchmod(directory.number, mode & ~0o027) }
    }

    /// Removes a file; a missing one is fine.
    public static func remove(_ path: String) throws(KernelError) {
        if unlink(path) != 0 && lastError() != ENOENT { throw KernelError("remove", path, errno: lastError()) }
    }

    /// When a file was changed last, in nanoseconds since 1970; nil if it isn't there.
    public static func changeTime(_ path: String) -> Int64? {
        var information = stat()
        guard stat(path, &information) == 0 else { return nil }
        return Int64(information.st_mtim.tv_sec) * 1_000_000_000 + Int64(information.st_mtim.tv_nsec)
    }

    /// Whether both paths lead to one file or directory.
    public static func areSame(_ one: String, _ other: String) -> Bool {
        FileIdentity(one).map { $0 == FileIdentity(other) } ?? false
    }

    /// Whether something is at the path (symbolic links are followed).
    public static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// Whether a path leads to a unix socket.
    public static func isSocket(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFSOCK
    }

    /// Whether something is at the path beneath a directory.
    /// - Throws: `EXDEV` or `ELOOP` where a link or `..` leads out of the directory.
    public static func exists(_ path: String, beneath directory: String) throws(KernelError) -> Bool {
        try RootDirectory(directory).contains(path, links: .beneath)
    }

    /// The path without its last component; nil for a single name and for `/`.
    static func parent(of path: String) -> String? {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")), slash != path.utf8.startIndex else { return nil }
        return String(path[..<slash])
    }

    private static func syncDirectory(of path: String) throws(KernelError) {
        let directory = try OwnedDescriptor(open: parent(of: path) ?? "/", [.directory])
        try check("write to disk the directory of", path) { fsync(directory.number) }
    }
}

/// Which file a path leads to: it may be another one by now.
public struct FileIdentity: Equatable, Sendable {
    private let device: UInt64
    private let inode: UInt64

    /// `nil` if there is none.
    public init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
    }
}
