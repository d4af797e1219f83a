import Blocking
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
        if Glibc.poll(&entry, 1, short) > 0 { return }
        // The few threads that serve all tasks mustn't wait any longer.
        let left = deadline.map { max(0, Int32(clamping: milliseconds($0 - .now))) } ?? -1
        let count = try await onOwnThread { poll(descriptor, $0.descriptor, left) }
        try Task.checkCancellation()
        if count == 0 { throw KernelError("receive", "", errno: ETIMEDOUT) }
    }

    /// How many of the two are readable, waiting so many milliseconds; negative for no bound.
    private static func poll(_ descriptor: Int32, _ cancellation: Int32, _ milliseconds: Int32) -> Int32 {
        var polled = [descriptor, cancellation].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        while true {
            let count = Glibc.poll(&polled, 2, milliseconds)
            if count >= 0 || lastError() != EINTR { return count }
        }
    }
}

private func milliseconds(_ duration: Duration) -> Int64 {
    let (seconds, attoseconds) = duration.components
    return seconds * 1000 + attoseconds / 1_000_000_000_000_000
}
