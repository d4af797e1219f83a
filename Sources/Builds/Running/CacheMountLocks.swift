import Kernel

/// Lets one step at a time have a cache directory that says so, whichever build it belongs to.
actor CacheMountLocks {
    /// A process has one: directories are told apart by their paths.
    static let shared = CacheMountLocks()

    private typealias Turn = CheckedContinuation<Void, any Error>
    private var held: Set<String> = []
    private var waiting: [(path: String, ticket: Int, turn: Turn)] = []
    private var lastTicket = 0

    /// - Parameter paths: all are waited for in one order, so that no two wait for each other.
    func whileHolding<Value: Sendable>(
        _ paths: Set<String>, _ body: @Sendable () async throws -> Value
    ) async throws -> Value {
        var taken: [String] = []
        defer { for path in taken { release(path) } }
        for path in paths.sorted() {
            try await acquire(path)
            taken.append(path)
        }
        return try await body()
    }

    private func acquire(_ path: String) async throws {
        if held.insert(path).inserted { return }
        lastTicket += 1
        let ticket = lastTicket
        try await withTaskCancellationHandler {
            try Task.checkCancellation()
            try await withCheckedThrowingContinuation { waiting.append((path, ticket, $0)) }
        } onCancel: {
            Task { await self.giveUp(ticket) }
        }
    }

    private func giveUp(_ ticket: Int) {
        guard let place = waiting.firstIndex(where: { $0.ticket == ticket }) else { return }
        waiting.remove(at: place).turn.resume(throwing: CancellationError())
    }

    /// The next one has it without it being free in between.
    private func release(_ path: String) {
        guard let place = waiting.firstIndex(where: { $0.path == path }) else {
            held.remove(path)
            return
        }
        waiting.remove(at: place).turn.resume()
    }
}
