import CLinux
import Glibc

/// What a file is, and which one (`man 2 stat`).
public struct FileStatus: Equatable, Sendable {
    /// The file system's number and the file's in it: together they tell one file from all others.
    public let device: UInt64
    public let inode: UInt64
    /// `S_IFMT` and the permissions.
    public let mode: UInt32
    /// For a device node, the device that it stands for.
    public let represented: UInt64
    public let size: Int64

    init(_ status: stat) {
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        mode = status.st_mode
        represented = UInt64(status.st_rdev)
        size = Int64(status.st_size)
    }

    public var isDirectory: Bool { mode & S_IFMT == S_IFDIR }
    public var isRegularFile: Bool { mode & S_IFMT == S_IFREG }
    public var isSymbolicLink: Bool { mode & S_IFMT == S_IFLNK }
    public var isPipe: Bool { mode & S_IFMT == S_IFIFO }
    /// Overlayfs's mark for a name that an upper layer removes.
    public var isWhiteout: Bool { isDevice(S_IFCHR, major: 0, minor: 0) }

    public func isSameFile(as other: FileStatus) -> Bool { device == other.device && inode == other.inode }

    /// Whether it is the node of a device; `kind` is `S_IFCHR` or `S_IFBLK`.
    public func isDevice(_ kind: UInt32, major: UInt32, minor: UInt32) -> Bool {
        mode & S_IFMT == kind && represented == Self.number(major: major, minor: minor)
    }

    /// As the kernel packs them for programs (`man 3 makedev`).
    static func number(major: UInt32, minor: UInt32) -> UInt64 {
        let (major, minor) = (UInt64(major), UInt64(minor))
        return (major & 0xffff_f000) << 32 | (major & 0xfff) << 8 | (minor & 0xffff_ff00) << 12 | minor & 0xff
    }
}

/// File systems by the number that tells their type (`man 2 statfs`).
public struct FileSystemType: Equatable, Sendable {
    public let number: UInt32
    public static let proc = FileSystemType(number: 0x9fa0)
    public static let sysfs = FileSystemType(number: 0x6265_6572)
    public static let devpts = FileSystemType(number: 0x1cd1)
}

extension OwnedDescriptor {
    /// What it refers to.
    public func status() throws(KernelError) -> FileStatus {
        var status = stat()
        try check("look at") { fstat(number, &status) }
        return FileStatus(status)
    }

    /// Whether it refers to a directory.
    public func isDirectory() throws(KernelError) -> Bool { try status().isDirectory }

    /// The type of the file system that it is on.
    public func fileSystemType() throws(KernelError) -> FileSystemType {
        var type: UInt32 = 0
        try check("look at the file system") { clinux_file_system_type_of(number, &type) }
        return FileSystemType(number: type)
    }

    /// Whether device nodes on its mount can't be opened (`nodev`).
    public func forbidsDevices() throws(KernelError) -> Bool { try mountAttributes().contains(.noDevices) }

    /// Those attributes of its mount that have the same bits as in `man 3 statvfs`.
    func mountAttributes() throws(KernelError) -> MountAttributes {
        var status = statvfs()
        try check("look at the file system") { fstatvfs(number, &status) }
        return MountAttributes(rawValue: UInt32(truncatingIfNeeded: status.f_flag & 0xf))
    }

    /// Makes a device node in this directory; the mode includes `S_IFCHR` or `S_IFBLK`.
    public func makeDevice(_ name: String, mode: UInt32, major: UInt32, minor: UInt32) throws(KernelError) {
        try check("make the device", name) { clinux_make_device(number, name, mode, major, minor) }
    }
}
