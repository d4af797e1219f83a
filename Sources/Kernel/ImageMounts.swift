import CLinux
import Glibc

extension DetachedMount {
    /// The file system in an image file, read-only: straight from the file where the kernel can (Linux 6.12 for EROFS),
    /// else through a loop device, which goes with the mount.
    public init(imageFile path: String, type: String) throws(KernelError) {
        let file = try OwnedDescriptor(open: path)
        // A mount's source is a string of limited length.
        let source = path.utf8.count < 256 ? path : "/proc/self/fd/\(file.number)"
        do throws(KernelError) {
            self = try DetachedMount(type: type, source: source, options: ["ro"], flags: Self.imageFlags)
        } catch  where error.errno == ENOTBLK || error.errno == EINVAL || error.errno == EOPNOTSUPP {
            self = try DetachedMount(loop: file, path, type: type)
        }
    }

    /// The same through a loop device in any case.
    public init(loop file: borrowing OwnedDescriptor, _ path: String, type: String) throws(KernelError) {
        let (fileNumber, name) = (file.number, path)
        var number: Int32 = -1
        let device = OwnedDescriptor(
            taking: try check("make a loop device for", name) { clinux_loop_attach(fileNumber, &number) })
        // The mount holds the device from here on.
        defer { withExtendedLifetime(device.number) {} }
        self = try DetachedMount(type: type, source: "/dev/loop\(number)", options: ["ro"], flags: Self.imageFlags)
    }

    /// Read-only, without set-user-id programs and devices: those are only for the container, which has them through
    /// its overlay.
    private static var imageFlags: UInt64 { 1 | 2 | 4 }
}

extension Files {
    /// Makes a file's content unchangeable and checked on each read, where its file system has fs-verity.
    /// - Returns: whether it has.
    @discardableResult
    public static func seal(_ path: String) throws(KernelError) -> Bool {
        let file = try OwnedDescriptor(open: path)
        if clinux_enable_verity(file.number) == 0 || lastError() == EEXIST { return true }
        // What other file systems, and those made without it, say.
        if [EOPNOTSUPP, ENOTTY, EINVAL, ENOSYS, EPERM, EACCES].contains(lastError()) { return false }
        throw KernelError("seal", path, errno: lastError())
    }

    /// The number of the type of the file system that a path is on (`man 2 statfs`); 0 if nothing is there.
    public static func fileSystemType(_ path: String) -> UInt32 { clinux_file_system_type(path) }
}
