import Planning
import Synchronization

/// A clock on which every sleep is over at once.
final class JumpingClock: Sendable {
    private let time = Mutex(Instant(nanoseconds: 0))

    var now: Instant { time.withLock { $0 } }

    func jump(to instant: Instant) throws(CancellationError) {
        if Task.isCancelled { throw CancellationError() }
        time.withLock { $0 = max($0, instant) }
    }
}
