/// One command at a time for a stack, in the order of their coming; but one that wants an end goes before those that
/// want a beginning, and makes the one that is being carried out give way where that only waits.
struct OperationQueue {
    struct Holder {
        var caller: String
        var rank: Int
        /// Tells the command to give way.
        var cancel: (@Sendable () -> Void)?
        /// To whom it was told to give way.
        var yieldedTo: String?
    }

    private struct Waiter {
        var ticket: Int
        var caller: String
        var rank: Int
        var continuation: CheckedContinuation<Bool, Never>
    }

    private(set) var holder: Holder?
    private var waiting: [Waiter] = []
    private var lastTicket = 0

    /// Whom a new command waits for; `nil` when nobody is there.
    var inFront: String? { waiting.last?.caller ?? holder?.caller }

    /// More than that many waiting commands are a runaway script.
    static let bound = 100
    var isFull: Bool { waiting.count >= Self.bound }

    /// Takes the queue's front if it is free.
    mutating func take(_ caller: String, rank: Int) -> Bool {
        guard holder == nil else { return false }
        holder = Holder(caller: caller, rank: rank)
        return true
    }

    /// The command in front can be told to give way from now on.
    mutating func begin(cancel: @escaping @Sendable () -> Void) {
        holder?.cancel = cancel
        // Somebody more urgent came before there was anything to cancel.
        if holder?.yieldedTo != nil { cancel() }
    }

    /// Makes the command in front give way to a more urgent one.
    mutating func overtake(_ caller: String, rank: Int) {
        guard let front = holder, front.rank < rank, front.yieldedTo == nil else { return }
        holder?.yieldedTo = caller
        front.cancel?()
    }

    /// A number by which a wait can be given up.
    mutating func nextTicket() -> Int {
        lastTicket += 1
        return lastTicket
    }

    /// Waits; the continuation gets `true` when it is at the front, `false` when the wait was given up.
    mutating func wait(_ caller: String, rank: Int, ticket: Int, _ continuation: CheckedContinuation<Bool, Never>) {
        let place = waiting.firstIndex { $0.rank < rank && rank > 1 } ?? waiting.endIndex
        waiting.insert(
            Waiter(ticket: ticket, caller: caller, rank: rank, continuation: continuation), at: place)
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
        holder = Holder(caller: next.caller, rank: next.rank)
        next.continuation.resume(returning: true)
    }
}
