import CLinux
import Glibc

/// Operations on attached mounts.
public enum Mounts {
    /// Stops mounts from spreading out of the calling process's namespace, and to it.
    public static func makePrivate() throws(KernelError) {
        let recursiveAndPrivate: UInt = 16384 | 1 << 18
        try check("make mounts private") { clinux_mount(nil, "/", nil, recursiveAndPrivate, nil) }
    }

    /// Mounts an overlay on a directory. `lower` is top first; without an upper directory it is read-only.
    public static func overlay(
        lower: [String], upper: String, work: String, flags: UInt64, target: String
    ) throws(KernelError) {
        try firstThatIsUnderstood { () throws(KernelError) in
            var options = lower.map { "lowerdir+=\($0)" }
            if !upper.isEmpty { options += ["upperdir=\(upper)", "workdir=\(work)"] }
            let mount = try DetachedMount(type: "overlay", source: "overlay", options: options, flags: flags)
            try mount.attach(to: try OwnedDescriptor(open: target, [.path, .directory]), target)
        } or: { () throws(KernelError) in
            // Before Linux 6.7 the layers are one string, which is limited to a page, and to mount(2).
            try overlayByString(lower: lower, upper: upper, work: work, flags: flags, target: target)
        }
    }

    /// Tries the older way where the kernel doesn't understand the newer: some refuse an option they don't know when it
    /// is set (6.5), some when the file system is made (6.1), and with the same error as a request that makes no sense.
    static func firstThatIsUnderstood(
        _ newer: () throws(KernelError) -> Void, or older: () throws(KernelError) -> Void
    ) throws(KernelError) {
        do throws(KernelError) {
            try newer()
        } catch {
            guard error.errno == EINVAL else { throw error }
            do throws(KernelError) {
                try older()
            } catch let second {
                // A kernel that said what is wrong has understood the request.
                throw second.errno == EINVAL && error.subject.hasPrefix("(") ? error : second
            }
        }
    }

    private static func overlayByString(
        lower: [String], upper: String, work: String, flags: UInt64, target: String
    ) throws(KernelError) {
        var options = "lowerdir=\(lower.map(escaped).joined(separator: ":"))"
        if !upper.isEmpty { options += ",upperdir=\(upper),workdir=\(work)" }
        guard options.utf8.count < 4096 else {
            throw KernelError("mount an overlay of \(lower.count) layers on", target, errno: E2BIG)
        }
        try check("mount an overlay on", target) { clinux_mount("overlay", target, "overlay", UInt(flags), options) }
    }

    /// In overlayfs's option string a backslash takes the meaning from colons and backslashes.
    static func escaped(_ layer: String) -> String {
        layer.split(separator: "\\", omittingEmptySubsequences: false).joined(separator: "\\\\")
            .split(separator: ":", omittingEmptySubsequences: false).joined(separator: "\\:")
    }

    /// Mounts with `mount(2)`.
    public static func mount(
        _ source: String, on target: String, type: String, flags: UInt64, options: String = ""
    ) throws(KernelError) {
        try check("mount \(source) on", target) { clinux_mount(source, target, type, UInt(flags), options) }
    }

    /// Takes a mount away from the tree at once; what still uses it keeps it (`MNT_DETACH`).
    public static func detach(_ path: String) throws(KernelError) {
        try check("unmount", path) { clinux_umount(path, 2) }
    }

    /// Makes the directory the root of the calling process's mount namespace and detaches the old root.
    public static func pivot(to root: borrowing OwnedDescriptor) throws(KernelError) {
        let number = root.number
        try check("change to the new root directory") { fchdir(number) }
        // Old and new root are stacked on one another, so no directory for the old one is needed (`man 2 pivot_root`).
        try check("make the new root directory") { clinux_pivot_root(".", ".") }
        try check("detach the old root directory") { clinux_umount(".", 2) }
        try check("change to the root directory") { chdir("/") }
    }

    /// Changes attributes of the mount at a path.
    public static func change(_ path: String, set: MountAttributes, recursive: Bool = false) throws(KernelError) {
        let flags: UInt32 = recursive ? 0x8000 : 0
        do throws(KernelError) {
            try check("change the mount at", path) {
                clinux_mount_setattr(AT_FDCWD, path, flags, UInt64(set.rawValue), 0, 0)
            }
        } catch  where error.errno == ENOSYS {
            // mount_setattr came with Linux 5.12. A remount of a bind sets the same bits, but of one mount only.
            let remountBind: UInt = 32 | 4096
            try check("remount", path) {
                clinux_mount(nil, path, nil, remountBind | UInt(set.rawValue & 0xf), nil)
            }
        }
    }
}
