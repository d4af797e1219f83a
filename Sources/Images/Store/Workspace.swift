import Glibc
import Kernel

/// A directory for work that isn't finished. It is locked for as long as the work goes on, so that whoever opens the
/// store next knows which directories a killed process left behind.
final class Workspace: Sendable {
    let path: String
    private let lock: StoreLock

    private init(path: String, lock: StoreLock) {
        self.path = path
        self.lock = lock
    }

    deinit {
        // `try?`: what can't be removed now is removed when the store is opened next.
        try? Directory.remove(path)
    }

    /// Makes a new one below `parent`.
    static func make(in parent: String) throws(KernelError) -> Workspace {
        while true {
            let path = "\(parent)/\(Files.unforeseenName())"
            guard mkdir(path, 0o700) == 0 else {
                if errno == EEXIST { continue }
                throw KernelError("make the directory", path, errno: lastError())
            }
            let before = StoreFiles.status(path)
            // Between the two calls someone else's `clear` may take it for a leftover.
            guard let lock = try? StoreLock.attempt(path, .exclusive), let now = StoreFiles.status(path),
                now.st_ino == before?.st_ino
            else { continue }
            return Workspace(path: path, lock: lock)
        }
    }

    /// Removes what processes that are gone left behind.
    static func clear(in parent: String) throws(KernelError) {
        for name in try Directory.names(in: parent) {
            let path = "\(parent)/\(name)"
            // `try?`: someone else may have removed it meanwhile, or will.
            guard let lock = try? StoreLock.attempt(path, .exclusive) else { continue }
            withExtendedLifetime(lock) { try? Directory.remove(path) }
        }
    }
}
