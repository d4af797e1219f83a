import CLinux
import Glibc

/// Files that strangers put where they are: what isn't a regular file is never opened, not even for a moment. A FIFO
/// would keep whoever opens it waiting, and a device may do something when it is opened.
extension OwnedDescriptor {
    /// Opens a regular file for reading.
    /// - Throws: `EINVAL` for anything else, `ELOOP` for a symbolic link that isn't followed.
    public init(
        regularFile path: String, in directory: Int32? = nil, followingLinks: Bool = false
    ) throws(KernelError) {
        let place = try OwnedDescriptor(open: path, followingLinks ? .path : [.path, .noFollow], in: directory)
        self = try place.openedFile(path)
    }

    /// Opens for reading what this reference (``OpenFlags/path``) leads to, if it is a regular file.
    public func openedFile(_ path: String) throws(KernelError) -> OwnedDescriptor {
        let status = try status()
        if status.isSymbolicLink { throw KernelError("open", path, errno: ELOOP) }
        guard status.isRegularFile else {
            throw KernelError("read", "\(path), which is not a regular file", errno: EINVAL)
        }
        do throws(KernelError) {
            // Not blocking, because somebody may hold a lease on it (`man 2 fcntl`).
            return try OwnedDescriptor(open: "/proc/self/fd/\(number)", [.nonBlocking, .noTerminal])
        } catch {
            throw KernelError("open", path, errno: error.errno)
        }
    }
}
