import Glibc
import Kernel

/// Waiting for a descriptor.
enum Waiting {
    /// So long a wait is short: it isn't worth a thread.
    private static let short: Int32 = 20

    /// Returns when the descriptor is readable or at its end.
    ///
    /// - Throws: `CancellationError`; `KernelError` with `ETIMEDOUT` after the deadline.
    static func readable(_ descriptor: Int32, until deadline: ContinuousClock.Instant?) async throws {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        if poll(&entry, 1, short) > 0 { return }
        // The few threads that serve all tasks mustn't wait any longer.
        let cancellation = try Cancellation()
        let left = deadline.map { max(0, Int32(clamping: milliseconds($0 - .now))) } ?? -1
        let count = try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                do {
                    try OwnThread.start { continuation.resume(returning: cancellation.poll(descriptor, left)) }
                } catch {
                    continuation.resume(throwing: error)
                }
            }
        } onCancel: {
            cancellation.raise()
        }
        try Task.checkCancellation()
        if count == 0 { throw KernelError("receive", "", errno: ETIMEDOUT) }
    }

    private final class Cancellation: Sendable {
        private let event: OwnedDescriptor

        init() throws(KernelError) { event = try .eventCounter() }

        func raise() {
            var one: UInt64 = 1
            // It can only fail where the counter is full, and then it is readable already.
            _ = write(event.number, &one, MemoryLayout<UInt64>.size)
        }

        /// How many of the two are readable, waiting so many milliseconds; negative for no bound.
        func poll(_ descriptor: Int32, _ milliseconds: Int32) -> Int32 {
            var polled = [
                pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
                pollfd(fd: event.number, events: Int16(POLLIN), revents: 0),
            ]
            while true {
                let count = Glibc.poll(&polled, 2, milliseconds)
                if count >= 0 || lastError() != EINTR { return count }
            }
        }
    }
}

private func milliseconds(_ duration: Duration) -> Int64 {
    let (seconds, attoseconds) = duration.components
    return seconds * 1000 + attoseconds / 1_000_000_000_000_000
}
