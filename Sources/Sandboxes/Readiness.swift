import Glibc
import Kernel
import Synchronization

/// Waiting for descriptors without a thread each: one thread waits for all of them.
public enum Readiness {
    /// Returns when one of the descriptors is readable or at its end. Ends early when the task is cancelled, or where
    /// waiting isn't possible at all; the caller looks at what it waited for in any case.
    ///
    /// - Parameter descriptors: may be closed by the caller as soon as this returns.
    public static func readable(_ descriptors: Int32...) async {
        // The signal passes through a stream so that it is kept if it comes before the wait, and is sent once.
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingOldest(1))
        let tickets = descriptors.map { loop?.register($0) { continuation.yield() } }
        // Without a loop there is nothing to wait with; looking at once is all that is left.
        if loop == nil { continuation.yield() }
        for await _ in stream { break }
        for case let ticket? in tickets { loop?.forget(ticket) }
    }

    // A process that can't even start epoll is at its limit of descriptors; every later call says so.
    private static let loop = try? ReadinessLoop()
}

/// The thread and what it waits for.
private final class ReadinessLoop: Sendable {
    private struct Wait {
        /// A duplicate, so that two waits for one descriptor don't meet, and so that it can't be closed under us.
        var descriptor: Int32
        var ready: @Sendable () -> Void
    }

    private struct State {
        var waits: [UInt64: Wait] = [:]
        var lastTicket: UInt64 = 0
    }

    private let state = Mutex(State())
    private let epoll: Epoll

    init() throws(KernelError) {
        epoll = try Epoll()
        // The one instance and its thread live as long as the process.
        try OwnThread.start { self.run() }
    }

    /// Calls `ready` once when the descriptor is readable.
    func register(_ descriptor: Int32, ready: @escaping @Sendable () -> Void) -> UInt64 {
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 3)
        let ticket = state.withLock { state in
            state.lastTicket += 1
            state.waits[state.lastTicket] = Wait(descriptor: copy, ready: ready)
            return state.lastTicket
        }
        do {
            try epoll.add(copy, ticket: ticket)
        } catch {
            // What can't be waited for (a regular file, a number that is none) never blocks either.
            take(ticket)?.ready()
        }
        return ticket
    }

    func forget(_ ticket: UInt64) { _ = take(ticket) }

    /// Whoever takes a wait ends it: the loop, or the one that gave it up.
    private func take(_ ticket: UInt64) -> Wait? {
        guard let wait = state.withLock({ $0.waits.removeValue(forKey: ticket) }) else { return nil }
        if wait.descriptor >= 0 {
            // Closing a duplicate alone would leave it registered.
            epoll.remove(wait.descriptor)
            close(wait.descriptor)
        }
        return wait
    }

    private func run() {
        while true {
            // It can only fail by being interrupted, which is retried.
            for ticket in (try? epoll.wait()) ?? [] { take(ticket)?.ready() }
        }
    }
}
