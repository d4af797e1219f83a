import Glibc
import Kernel

/// A lock on a file, `man 2 flock`; given up when the object goes, or its process.
final class StoreLock: Sendable {
    enum Mode: Sendable {
        case shared
        case exclusive

        fileprivate var operation: Int32 { self == .shared ? LOCK_SH : LOCK_EX }
    }

    private let file: OwnedDescriptor

    private init(_ file: consuming OwnedDescriptor) {
        self.file = file
    }

    /// Takes the lock if it is free at once. `path` may be a directory.
    static func attempt(_ path: String, _ mode: Mode) throws(KernelError) -> StoreLock? {
        let file: OwnedDescriptor
        do {
            file = try OwnedDescriptor(open: path, .create)
        } catch {
            guard error.errno == EISDIR else { throw error }
            file = try OwnedDescriptor(open: path, .directory)
        }
        while flock(file.number, mode.operation | LOCK_NB) != 0 {
            if errno == EWOULDBLOCK { return nil }
            if errno != EINTR { throw KernelError("lock", path, errno: lastError()) }
        }
        return StoreLock(file)
    }

    /// Takes the lock if it gets free within some milliseconds: a process that is just being started has for a moment
    /// all that its parent has open, also what is a lock of nobody's any more.
    static func attemptForAMoment(_ path: String, _ mode: Mode) throws(KernelError) -> StoreLock? {
        var pause: UInt32 = 500
        while pause < 20_000 {
            if let lock = try attempt(path, mode) { return lock }
            usleep(pause)
            pause *= 2
        }
        return try attempt(path, mode)
    }

    /// Waits for the lock until the task is cancelled. The kernel has no wait that can be cancelled, so this asks
    /// again and again, at first quickly.
    static func wait(_ path: String, _ mode: Mode) async throws -> StoreLock {
        var pause = Duration.milliseconds(1)
        while true {
            if let lock = try attempt(path, mode) { return lock }
            try await Task.sleep(for: pause)
            pause = min(pause * 2, .milliseconds(100))
        }
    }
}
