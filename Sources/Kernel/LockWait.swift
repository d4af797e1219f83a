import Glibc

/// How a wait for a lock ended.
public enum LockWait: ~Copyable, Sendable {
    case locked(FileLock)
    /// Somebody listens on the socket: the lock isn't needed.
    case answered
    /// The other end of the pipe was closed: nobody wants this any more.
    case abandoned
    case timedOut

    /// Takes a lock, or finds somebody listening on a socket, whichever comes first. It sleeps until one of them happens.
    ///
    /// - Parameters:
    ///   - socket: a unix socket that is renamed to this path when it listens; `nil`: only the lock is waited for.
    ///   - pipe: the writing end of a pipe whose reader may go.
    public static func wait(
        for path: String, orListeningAt socket: String? = nil, orClosed pipe: Int32? = nil, milliseconds: Int32
    ) throws(KernelError) -> LockWait {
        if let lock = try FileLock.take(ifFree: path) { return .locked(lock) }
        // Watched before it is looked at, so that nothing is missed.
        let names = try Inotify()
        if let socket { _ = try names.watch(Files.parent(of: socket) ?? "/", mask: UInt32(IN_MOVED_TO)) }
        let request = try LockRequest(path)
        let deadline = monotonicMilliseconds() + Int64(milliseconds)
        while true {
            if let socket, UnixSocket.isAnswered(at: socket) { return .answered }
            if let lock = try request.take() { return .locked(lock) }
            var entries = [
                pollfd(fd: request.descriptor, events: Int16(POLLIN), revents: 0),
                pollfd(fd: names.descriptor.number, events: Int16(POLLIN), revents: 0),
                // No events asked for: the reader's end is always reported.
                pollfd(fd: pipe ?? -1, events: 0, revents: 0),
            ]
            let left = deadline - monotonicMilliseconds()
            guard left > 0 else { return .timedOut }
            try check("poll") { poll(&entries, nfds_t(entries.count), Int32(left)) }
            if entries[2].revents != 0 { return .abandoned }
            if entries[1].revents != 0 { _ = try names.events() }
        }
    }
}
