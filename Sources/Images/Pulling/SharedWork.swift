import Synchronization

/// Work that several callers may want at the same time, and that is then done once for all of them. It is cancelled
/// when nobody waits for it any more.
final class SharedWork<Value: Sendable>: Sendable {
    private struct Running {
        let generation: Int
        var task: Task<Void, Never>?
        var waiters: [Int: CheckedContinuation<Value, any Error>] = [:]
        var listeners: [Int: ImageProgressHandler] = [:]
    }

    private struct State {
        var running: [String: Running] = [:]
        var last = 0

        mutating func number() -> Int {
            last += 1
            return last
        }
    }

    private let state = Mutex(State())

    /// The result of the work that `key` names, started with `body` unless it is under way. `progress` hears of what
    /// happens from now on.
    func run(
        _ key: String, progress: @escaping ImageProgressHandler,
        _ body: @escaping @Sendable (@escaping ImageProgressHandler) async throws -> Value
    ) async throws -> Value {
        let number = state.withLock { $0.number() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                join(key, number, continuation, progress, body)
                // A cancellation before the joining found nobody to take out.
                if Task.isCancelled { leave(key, number) }
            }
        } onCancel: {
            leave(key, number)
        }
    }

    private func join(
        _ key: String, _ number: Int, _ continuation: CheckedContinuation<Value, any Error>,
        _ progress: @escaping ImageProgressHandler,
        _ body: @escaping @Sendable (@escaping ImageProgressHandler) async throws -> Value
    ) {
        state.withLock { state in
            var running = state.running[key] ?? Running(generation: state.number())
            running.waiters[number] = continuation
            running.listeners[number] = progress
            let generation = running.generation
            if running.task == nil {
                running.task = Task {
                    let result = await Self.result { try await body { self.tell(key, generation, $0) } }
                    self.finish(key, generation, result)
                }
            }
            state.running[key] = running
        }
    }

    private static func result(_ body: () async throws -> Value) async -> Result<Value, any Error> {
        do {
            return .success(try await body())
        } catch {
            return .failure(error)
        }
    }

    private func tell(_ key: String, _ generation: Int, _ event: ImageProgress) {
        let listeners = state.withLock { state in
            state.running[key].map { $0.generation == generation ? Array($0.listeners.values) : [] } ?? []
        }
        for listener in listeners { listener(event) }
    }

    private func finish(_ key: String, _ generation: Int, _ result: Result<Value, any Error>) {
        let waiters = state.withLock { state -> [CheckedContinuation<Value, any Error>] in
            guard let running = state.running[key], running.generation == generation else { return [] }
            state.running[key] = nil
            return Array(running.waiters.values)
        }
        for waiter in waiters { waiter.resume(with: result) }
    }

    private func leave(_ key: String, _ number: Int) {
        let (waiter, task) = state.withLock { state -> (CheckedContinuation<Value, any Error>?, Task<Void, Never>?) in
            guard let waiter = state.running[key]?.waiters.removeValue(forKey: number) else { return (nil, nil) }
            state.running[key]?.listeners[number] = nil
            guard let running = state.running[key], running.waiters.isEmpty else { return (waiter, nil) }
            // Whoever comes next starts anew instead of joining what is about to end.
            state.running[key] = nil
            return (waiter, running.task)
        }
        task?.cancel()
        waiter?.resume(throwing: CancellationError())
    }
}
