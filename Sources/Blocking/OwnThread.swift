import Glibc
import Kernel

/// Does blocking work on a thread of its own: the few threads that serve all tasks mustn't wait for a disk or a
/// process. It can't be cancelled: what has begun is finished. The thread ends with it, and so may leave for another
/// namespace.
public func onOwnThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        do {
            try OwnThread.start { continuation.resume(with: Result { try body() }) }
        } catch {
            continuation.resume(throwing: error)
        }
    }
}

/// Does blocking work on a thread of its own; `body` gets a descriptor that becomes readable when the task is
/// cancelled.
public func onOwnThread<Value: Sendable>(
    _ body: @escaping @Sendable (_ cancellation: Cancellation) throws -> Value
) async throws -> Value {
    let cancellation = try Cancellation()
    return try await withTaskCancellationHandler {
        try await onOwnThread { try body(cancellation) }
    } onCancel: {
        cancellation.raise()
    }
}

/// A cancellation that can be polled for.
public final class Cancellation: Sendable {
    private let event: OwnedDescriptor

    init() throws(KernelError) {
        event = try OwnedDescriptor.eventCounter()
    }

    /// Readable once the task is cancelled.
    public var descriptor: Int32 { event.number }

    fileprivate func raise() {
        var one: UInt64 = 1
        // It can only fail where the counter is full, and then it is readable already.
        _ = write(event.number, &one, MemoryLayout<UInt64>.size)
    }
}
