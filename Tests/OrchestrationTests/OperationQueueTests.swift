import Planning
import StackModel
import Synchronization
import Testing

@testable import Orchestration

/// The queue as its stack's controller has it: changed by one task at a time.
private actor Counter {
    private var queue = OperationQueue()
    private(set) var order: [String] = []

    var inFront: String? { queue.inFront }
    var isFull: Bool { queue.isFull }

    func take(_ caller: String) -> Bool { queue.take(caller, rank: 1) }
    func nextTicket() -> Int { queue.nextTicket() }
    func leave() { queue.leave() }
    func giveUp(_ ticket: Int) { queue.giveUp(ticket) }

    func wait(_ caller: String, rank: Int = 1, ticket: Int) async -> Bool {
        let isFront = await withCheckedContinuation { queue.wait(caller, rank: rank, ticket: ticket, $0) }
        if isFront { order.append(caller) }
        return isFront
    }

    /// Returns when the caller is the last of those who wait.
    func hasQueued(_ caller: String) async {
        while queue.inFront != caller { await Task.yield() }
    }
}

@Suite(.timeLimit(.minutes(5)))
struct OperationQueueTests {
    @Test func frontIsTakenOnce() async {
        let counter = Counter()
        #expect(await counter.inFront == nil)
        #expect(await counter.take("up"))
        #expect(await counter.inFront == "up")
        #expect(await !counter.take("down"))
        await counter.leave()
        #expect(await counter.inFront == nil)
        #expect(await counter.take("down"))
    }

    @Test func waitersComeInTheirOrder() async {
        let counter = Counter()
        _ = await counter.take("first")
        async let second = counter.wait("second", ticket: counter.nextTicket())
        await counter.hasQueued("second")
        async let third = counter.wait("third", ticket: counter.nextTicket())
        await counter.hasQueued("third")
        await counter.leave()
        #expect(await second)
        #expect(await counter.order == ["second"])
        // Nobody overtakes, also when the one in front has just begun.
        #expect(await !counter.take("fourth"))
        await counter.leave()
        #expect(await third)
        #expect(await counter.inFront == "third")
        await counter.leave()
        #expect(await counter.inFront == nil)
        #expect(await counter.order == ["second", "third"])
    }

    @Test func waitCanBeGivenUp() async {
        let counter = Counter()
        _ = await counter.take("first")
        let ticket = await counter.nextTicket()
        async let second = counter.wait("second", ticket: ticket)
        await counter.hasQueued("second")
        async let third = counter.wait("third", ticket: counter.nextTicket())
        await counter.hasQueued("third")
        await counter.giveUp(ticket)
        #expect(await !second)
        await counter.giveUp(ticket)
        await counter.leave()
        #expect(await third)
    }

    @Test func queueIsBounded() async {
        let counter = Counter()
        _ = await counter.take("first")
        await withTaskGroup(of: Bool.self) { group in
            var tickets: [Int] = []
            for number in 0..<OperationQueue.bound {
                #expect(await !counter.isFull)
                let ticket = await counter.nextTicket()
                tickets.append(ticket)
                group.addTask { await counter.wait("\(number)", ticket: ticket) }
                await counter.hasQueued("\(number)")
            }
            #expect(await counter.isFull)
            #expect(Set(tickets).count == tickets.count)
            for ticket in tickets { await counter.giveUp(ticket) }
            for await isFront in group { #expect(!isFront) }
        }
        #expect(await counter.inFront == "first")
    }
}
