import Glibc

/// What stands under a name of a tree.
struct TreeEntry: Equatable, Sendable {
    /// `S_IFMT` and the permissions.
    var mode: UInt32
    var owner: UInt32
    var group: UInt32
    /// Bytes.
    var size: Int64
    /// Seconds since 1970, and nanoseconds.
    var seconds: Int64
    var nanoseconds: Int64
    var device: UInt64
    /// Which file: names that share both are one file.
    var fileSystem: UInt64
    var inode: UInt64
    var links: UInt64
    var changeSeconds: Int64 = 0
    var changeNanoseconds: Int64 = 0
    /// In which of the tree's layers it stands; the top is 0.
    var layer = 0

    init(_ status: stat) {
        mode = status.st_mode
        owner = status.st_uid
        group = status.st_gid
        size = Int64(status.st_size)
        seconds = Int64(status.st_mtim.tv_sec)
        nanoseconds = Int64(status.st_mtim.tv_nsec)
        device = UInt64(status.st_rdev)
        fileSystem = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        links = UInt64(status.st_nlink)
        changeSeconds = Int64(status.st_ctim.tv_sec)
        changeNanoseconds = Int64(status.st_ctim.tv_nsec)
    }

    var kind: UInt32 { mode & S_IFMT }
    var isDirectory: Bool { kind == S_IFDIR }
    var isRegularFile: Bool { kind == S_IFREG }
    var isSymbolicLink: Bool { kind == S_IFLNK }
    var isDevice: Bool { kind == S_IFCHR || kind == S_IFBLK }
    /// Overlayfs's mark for a name that an upper layer removes.
    var isWhiteout: Bool { kind == S_IFCHR && device == 0 }
}
