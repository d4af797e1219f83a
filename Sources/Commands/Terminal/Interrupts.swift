import Dispatch
import Glibc
import Synchronization

/// Ctrl-C and SIGTERM as something to wait for. From the first one made on, those signals don't end the process.
///
/// Dispatch takes them over a moment later, on a thread of its own. Until then they do what they always do: ignored
/// meanwhile, one would be lost, and the user would have to press the keys again.
final class Interrupts: Sendable {
    /// More signals that nobody has waited for yet say nothing new.
    private static let mostPending = 4

    private struct State {
        var pending = 0
        var received = false
        var waiter: AsyncStream<Void>.Continuation?
        var sources: [any DispatchSourceSignal] = []
    }

    private let state = Mutex(State())

    init(_ numbers: [Int32] = [SIGINT, SIGTERM]) {
        for number in numbers {
            state.withLock { state in
                let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
                source.setEventHandler { [weak self] in self?.arrived() }
                source.resume()
                state.sources.append(source)
            }
        }
    }

    deinit {
        state.withLock { state in state.sources.forEach { $0.cancel() } }
    }

    /// Whether a signal has come.
    var received: Bool { state.withLock { $0.received } }

    /// Returns `true` with the next signal, one that came since the last wait included; `false` when the task is
    /// cancelled. One task waits at a time.
    func next() async -> Bool {
        let (stream, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let isThere = state.withLock { state in
            if state.pending > 0 {
                state.pending -= 1
                return true
            }
            state.waiter = continuation
            return false
        }
        if isThere { return true }
        for await _ in stream { return true }
        return false
    }

    private func arrived() {
        state.withLock { state in
            state.received = true
            if let waiter = state.waiter, case .enqueued = waiter.yield() {
                state.waiter = nil
            } else {
                state.waiter = nil
                state.pending = min(state.pending + 1, Self.mostPending)
            }
        }
    }
}
