import Glibc
import Kernel

/// Runs blocking work on a thread of its own: the few threads that serve all tasks mustn't wait for a disk or a
/// process. `body` gets a descriptor that becomes readable when the task is cancelled.
func onOwnThread<Value: Sendable>(
    _ body: @escaping @Sendable (_ cancellation: Cancellation) throws -> Value
) async throws -> Value {
    let cancellation = try Cancellation()
    return try await withTaskCancellationHandler {
        try await withCheckedThrowingContinuation { continuation in
            let work = ThreadWork { continuation.resume(with: Result { try body(cancellation) }) }
            let failure = work.start()
            if failure != 0 {
                continuation.resume(throwing: KernelError("start", "a thread", errno: failure))
            }
        }
    } onCancel: {
        cancellation.raise()
    }
}

/// A cancellation that can be polled for.
final class Cancellation: Sendable {
    private let event: OwnedDescriptor

    init() throws(KernelError) {
        event = try OwnedDescriptor.eventCounter()
    }

    /// Readable once the task is cancelled.
    var descriptor: Int32 { event.number }

    fileprivate func raise() {
        var one: UInt64 = 1
        // It can only fail where the counter is full, and then it is readable already.
        _ = write(event.number, &one, MemoryLayout<UInt64>.size)
    }
}

private final class ThreadWork: Sendable {
    private let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) {
        self.body = body
    }

    /// Returns 0, or an errno, in which case the work isn't done.
    func start() -> Int32 {
        var thread = pthread_t()
        let context = Unmanaged.passRetained(self)
        let failure = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                Unmanaged<ThreadWork>.fromOpaque(context).takeRetainedValue().body()
                return nil
            }, context.toOpaque())
        if failure != 0 {
            context.release()
            return failure
        }
        pthread_detach(thread)
        return 0
    }
}
