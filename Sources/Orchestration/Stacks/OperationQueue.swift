/// One command at a time for a stack, in the order of their coming.
struct OperationQueue {
    private var holder: String?
    private var waiting: [Waiter] = []
    private var lastTicket = 0

    private struct Waiter {
        var ticket: Int
        var caller: String
        var continuation: CheckedContinuation<Bool, Never>
    }

    /// Who is in front; `nil` when nobody is.
    var inFront: String? { waiting.last?.caller ?? holder }

    /// More than that many waiting commands are a runaway script.
    static let bound = 100
    var isFull: Bool { waiting.count >= Self.bound }

    /// Takes the queue's front if it is free.
    mutating func take(_ caller: String) -> Bool {
        guard holder == nil else { return false }
        holder = caller
        return true
    }

    /// A number by which a wait can be given up.
    mutating func nextTicket() -> Int {
        lastTicket += 1
        return lastTicket
    }

    /// Waits; the continuation gets `true` when it is at the front, `false` when the wait was given up.
    mutating func wait(_ caller: String, ticket: Int, _ continuation: CheckedContinuation<Bool, Never>) {
        waiting.append(Waiter(ticket: ticket, caller: caller, continuation: continuation))
    }

    mutating func giveUp(_ ticket: Int) {
        guard let index = waiting.firstIndex(where: { $0.ticket == ticket }) else { return }
        waiting.remove(at: index).continuation.resume(returning: false)
    }

    /// Hands the front to the next.
    mutating func leave() {
        guard !waiting.isEmpty else {
            holder = nil
            return
        }
        let next = waiting.removeFirst()
        holder = next.caller
        next.continuation.resume(returning: true)
    }
}
