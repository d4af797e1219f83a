import Glibc

/// An exclusive lock on a file (`man 2 flock`), given back when the value ends or the process dies.
public struct FileLock: ~Copyable, Sendable {
    private let file: OwnedDescriptor

    /// Waits for the lock; the file is made if missing.
    public init(_ path: String) throws(KernelError) {
        let opened = try OwnedDescriptor(open: path, [.readWrite, .create])
        let number = opened.number
        try check("lock", path) { flock(number, LOCK_EX) }
        file = opened
    }

    /// Takes the lock if it is free; nil if somebody holds it.
    public static func take(ifFree path: String) throws(KernelError) -> FileLock? {
        let file = try OwnedDescriptor(open: path, [.readWrite, .create])
        while flock(file.number, LOCK_EX | LOCK_NB) != 0 {
            switch lastError() {
            case EINTR: continue
            case EWOULDBLOCK: return nil
            default: throw KernelError("lock", path, errno: lastError())
            }
        }
        return FileLock(taking: file)
    }

    /// Takes over a descriptor that is locked.
    init(taking file: consuming OwnedDescriptor) { self.file = file }

    /// The descriptor to which the lock belongs.
    consuming func intoDescriptor() -> OwnedDescriptor { file }
}
