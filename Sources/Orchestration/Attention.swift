import Synchronization

/// The stacks that somebody should look at: something of theirs has ended or vanished. Each is looked at once, however
/// often it was called out meanwhile.
final class Attention: Sendable {
    private let waiting = Mutex<Set<String>>([])
    private let wakes: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation

    init() { (wakes, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1)) }

    func call(_ stack: String) {
        if stack.isEmpty { return }
        waiting.withLock { _ = $0.insert(stack) }
        wake.yield()
    }

    /// Hands the stacks over until the task is cancelled.
    func each(_ body: (String) async -> Void) async {
        for await _ in wakes {
            let stacks = waiting.withLock { stacks in
                defer { stacks = [] }
                return stacks.sorted()
            }
            for stack in stacks { await body(stack) }
        }
    }
}
