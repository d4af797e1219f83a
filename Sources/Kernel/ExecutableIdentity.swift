import Glibc

/// Which build of a program an executable is: the file itself, or a copy of it that kept its time. A rebuild and an
/// upgraded package are other files.
public struct ExecutableIdentity: Equatable, Sendable {
    private let device: UInt64
    private let inode: UInt64
    private let size: Int64
    /// Nanoseconds since 1970.
    private let modified: Int64

    /// `nil` if the file isn't there, or isn't to be looked at.
    public init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        size = Int64(status.st_size)
        modified = Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
    }

    /// Of what a process executes, though its file may have been replaced or removed since.
    public init?(ofProcess pid: Int32) { self.init("/proc/\(pid)/exe") }

    public static func == (one: ExecutableIdentity, other: ExecutableIdentity) -> Bool {
        (one.device == other.device && one.inode == other.inode)
            || (one.size == other.size && one.modified == other.modified)
    }
}
