import Planning
import StackModel
import Synchronization

/// A small generator whose sequence its seed decides (SplitMix64's constants).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}

/// Runs tasks on one thread, in an order that a seed decides, under a clock that moves only when nobody has anything to
/// do: a whole afternoon passes in milliseconds, and comes again exactly so.
final class SimulationExecutor: TaskExecutor {
    private struct State {
        var jobs: [UnownedJob] = []
        var random: SeededGenerator
        var now: Instant
        var timers: [Timer] = []
        var lastTimer = 0
    }

    private struct Timer {
        var number: Int
        var time: Instant
        var fire: @Sendable () -> Void
    }

    private let state: Mutex<State>

    init(seed: UInt64) {
        // Any time will do, as long as it isn't the epoch: that stands for never.
        let start = Instant(nanoseconds: 1_000_000_000_000)
        state = Mutex(State(random: SeededGenerator(seed: seed ^ 0x5eed), now: start))
    }

    var now: Instant { state.withLock { $0.now } }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        state.withLock { $0.jobs.append(job) }
    }

    /// Something happens at a time of this clock. The number takes it back.
    @discardableResult
    func at(_ time: Instant, _ fire: @escaping @Sendable () -> Void) -> Int {
        state.withLock { state in
            state.lastTimer += 1
            state.timers.append(Timer(number: state.lastTimer, time: max(time, state.now), fire: fire))
            return state.lastTimer
        }
    }

    func cancel(_ timer: Int) { state.withLock { state in state.timers.removeAll { $0.number == timer } } }

    /// Returns at the time, or throws when the task is cancelled.
    func sleep(until time: Instant) async throws {
        let box = SleepBox()
        await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                guard box.set(continuation) else { return }
                let timer = at(time) { box.wake() }
                box.note(timer)
            }
        } onCancel: {
            box.wake()
        }
        box.timer.map(cancel)
        try Task.checkCancellation()
    }

    /// Goes on until `isOver`, or until nothing will ever happen again.
    ///
    /// - Returns: whether it was over.
    func run(limit: Int = 2_000_000, until isOver: () -> Bool) -> Bool {
        for _ in 0..<limit {
            if isOver() { return true }
            if let job = nextJob() {
                job.runSynchronously(on: asUnownedTaskExecutor())
            } else if let timer = nextTimer() {
                timer()
            } else {
                return isOver()
            }
        }
        return false
    }

    private func nextJob() -> UnownedJob? {
        state.withLock { state in
            if state.jobs.isEmpty { return nil }
            let index = Int.random(in: state.jobs.indices, using: &state.random)
            return state.jobs.remove(at: index)
        }
    }

    private func nextTimer() -> (@Sendable () -> Void)? {
        state.withLock { state in
            let earliest = state.timers.indices.min {
                (state.timers[$0].time, state.timers[$0].number) < (state.timers[$1].time, state.timers[$1].number)
            }
            guard let earliest else { return nil }
            let timer = state.timers.remove(at: earliest)
            state.now = max(state.now, timer.time)
            return timer.fire
        }
    }
}

/// A sleep that ends by its time or by cancellation, whichever comes first.
private final class SleepBox: Sendable {
    private struct State {
        var continuation: UnsafeContinuation<Void, Never>?
        var isOver = false
        var timer: Int?
    }

    private let state = Mutex(State())

    var timer: Int? { state.withLock { $0.timer } }

    func note(_ timer: Int) { state.withLock { $0.timer = timer } }

    /// False when it is over already; the continuation has been resumed then.
    func set(_ continuation: UnsafeContinuation<Void, Never>) -> Bool {
        let isOver = state.withLock { state in
            if !state.isOver { state.continuation = continuation }
            return state.isOver
        }
        if isOver { continuation.resume() }
        return !isOver
    }

    func wake() {
        let continuation = state.withLock { state in
            state.isOver = true
            let waiting = state.continuation
            state.continuation = nil
            return waiting
        }
        continuation?.resume()
    }
}
