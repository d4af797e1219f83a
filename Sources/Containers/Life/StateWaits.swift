/// Who waits for a container to change.
struct StateWaits {
    private struct Wait {
        var ask: @Sendable (ContainerSnapshot, Bool) -> Bool
        var end: @Sendable () -> Void
    }

    private var waits: [Int: Wait] = [:]
    private var lastTicket = 0

    /// - Returns: a ticket to give the wait up by, and where the answer comes.
    mutating func add<Answer: Sendable>(
        _ question: @escaping @Sendable (ContainerSnapshot, Bool) -> Answer?
    ) -> (ticket: Int, answers: AsyncStream<Answer>) {
        lastTicket += 1
        let (stream, continuation) = AsyncStream.makeStream(of: Answer.self)
        waits[lastTicket] = Wait(
            ask: { snapshot, isBusy in
                guard let answer = question(snapshot, isBusy) else { return false }
                continuation.yield(answer)
                continuation.finish()
                return true
            }, end: { continuation.finish() })
        return (lastTicket, stream)
    }

    mutating func remove(_ ticket: Int) { waits[ticket] = nil }

    /// Asks everybody who waits, in the order of their coming.
    mutating func wake(_ snapshot: ContainerSnapshot, isBusy: Bool) {
        for (ticket, wait) in waits.sorted(by: { $0.key < $1.key }) where wait.ask(snapshot, isBusy) {
            waits[ticket] = nil
        }
    }

    /// The container is gone: nobody gets an answer any more.
    mutating func end() {
        waits.values.forEach { $0.end() }
        waits = [:]
    }
}
