import Glibc
import Synchronization

/// A lock that is waited for on a thread of its own, so that whoever wants it can wait for other things as well: the
/// kernel has no wait for a lock that a poll can be part of.
public final class LockRequest: Sendable {
    private let request: Request

    /// Begins to wait.
    public init(_ path: String) throws(KernelError) {
        let request = try Request()
        self.request = request
        try OwnThread.start { request.wait(path) }
    }

    deinit { request.abandon() }

    /// Readable once the lock is there, or can't be had.
    public var descriptor: Int32 { request.event.number }

    /// The lock, once; nil while somebody else holds it.
    public func take() throws(KernelError) -> FileLock? { try request.take() }

    private final class Request: Sendable {
        private enum State {
            case waiting
            /// A descriptor that is locked, and owned by this.
            case locked(Int32)
            case failed(KernelError)
            /// Nobody wants it any more, or it was handed over.
            case over
        }

        let event: OwnedDescriptor
        private let state = Mutex(State.waiting)

        init() throws(KernelError) { event = try .eventCounter() }

        func wait(_ path: String) {
            let ending: State
            do throws(KernelError) {
                ending = .locked(try FileLock(path).intoDescriptor().release())
            } catch {
                ending = .failed(error)
            }
            let isWanted = state.withLock { state in
                if case .over = state { return false }
                state = ending
                return true
            }
            if case .locked(let number) = ending, !isWanted { close(number) }
            var one: UInt64 = 1
            // It can't be full: nothing else is ever written.
            _ = write(event.number, &one, MemoryLayout<UInt64>.size)
        }

        func take() throws(KernelError) -> FileLock? {
            switch state.withLock({ $0 }) {
            case .waiting, .over: return nil
            case .failed(let error): throw error
            case .locked(let number):
                state.withLock { $0 = .over }
                return FileLock(taking: OwnedDescriptor(taking: number))
            }
        }

        func abandon() {
            let last = state.withLock { state in
                defer { state = .over }
                return state
            }
            if case .locked(let number) = last { close(number) }
        }
    }
}
