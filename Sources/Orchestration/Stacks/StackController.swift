import Containers
import ControlAPI
import Planning
import StackModel

/// One stack: commands come in, one at a time; each writes down what it wants, and then that is made true.
actor StackController {
    nonisolated let name: String
    nonisolated let table: ContainerTable
    nonisolated let effects: any StackEffects
    nonisolated let logs: ContainerLogs
    let departure: Departure
    private(set) var queue = OperationQueue()
    var attention = AttentionState()
    /// How many commands are through.
    private var carriedOut = 0
    private var quietWaits = QuietWaits()

    init(
        name: String, table: ContainerTable, effects: any StackEffects, logs: ContainerLogs,
        departure: Departure = Departure()
    ) {
        self.departure = departure
        self.name = name
        self.table = table
        self.effects = effects
        self.logs = logs
    }

    /// Nobody waits for anything here.
    var isQuiet: Bool { queue.holder == nil }

    /// Carries a command out, once those before it are through.
    func carryOut(_ order: StackOrder, events: EventSink) async throws -> Outcome {
        guard !order.command.isPassing else {
            return try await withRegistries([:], events) { try await $0.run(order) }
        }
        defer { if !order.isBackground { attendAfterCommand() } }
        let look: @Sendable () async throws -> Outcome = { [self] in
            try await withRegistries(order.registryEnvironment, events) { try await $0.run(order) }
        }
        if order.isDryRun { return try await looking(order.caller, events: events, look) }
        return try await serialized(order.caller, rank: order.rank, events: events, look)
    }

    /// The whole program for a command, with what it was made from. Nothing is changed.
    func plan(_ order: StackOrder, events: EventSink) async throws -> PlanDocument {
        try await looking(order.caller, events: events) { [self] in
            try await withRegistries(order.registryEnvironment, events) { round in
                let (plan, observed) = try await round.plan(order)
                let stack = order.stack ?? Stack(name: name, workingDirectory: "/")
                return PlanDocument(command: order.command, stack: stack, observed: observed, plan: plan)
            }
        }
    }

    /// `pull`.
    func pull(_ request: PullRequest, events: EventSink) async throws -> Outcome {
        try await looking(request.caller, events: events) { [self] in
            try await withRegistries(request.registryEnvironment, events) { try await $0.pull(request) }
        }
    }

    /// Registries as the caller sees them; what was opened for them is closed on each path.
    private nonisolated func withRegistries<Result: Sendable>(
        _ environment: [String: String], _ events: EventSink, _ work: (Convergence) async throws -> Result
    ) async throws -> Result {
        let registries = effects.registries(environment)
        let round = Convergence(
            name: name, table: table, effects: effects, registries: registries, logs: logs, departure: departure,
            events: events)
        do {
            let result = try await work(round)
            await registries.close()
            return result
        } catch {
            await registries.close()
            throw error
        }
    }

    // MARK: One command at a time

    /// Runs what changes nothing of the stack: it waits for commands, whose end it wants to see, but what goes on in the
    /// background doesn't give way to it.
    private func looking<Result: Sendable>(
        _ caller: String, events: EventSink, _ operation: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        if queue.holder?.rank == 0 { return try await operation() }
        return try await serialized(caller, rank: 1, events: events, operation)
    }

    /// Runs an operation when those before it are through, and tells the user what it waits for.
    private func serialized<Result: Sendable>(
        _ caller: String, rank: Int, events: EventSink, _ operation: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        if !queue.take(caller, rank: rank) {
            guard !queue.isFull else {
                throw OperationError("\(OperationQueue.bound) commands wait for stack \(name) already; try later")
            }
            queue.overtake(caller, rank: rank)
            if let front = queue.inFront { events.notice("\(name): waiting for `\(front)` to finish") }
            try await waitForTurn(caller, rank: rank)
        }
        let work = Task(executorPreference: table.effects.executor) { try await operation() }
        queue.begin { work.cancel() }
        let result = await withTaskCancellationHandler {
            await work.result
        } onCancel: {
            work.cancel()
        }
        let yieldedTo = queue.holder?.yieldedTo
        leave()
        do {
            return try result.get()
        } catch is CancellationError {
            guard let yieldedTo else { throw CancellationError() }
            var error = OperationError("gave way to `\(yieldedTo)`")
            error.isGivingWay = true
            throw error
        }
    }

    private func waitForTurn(_ caller: String, rank: Int) async throws {
        let ticket = queue.nextTicket()
        let isAtFront = await withTaskCancellationHandler {
            await withCheckedContinuation { queue.wait(caller, rank: rank, ticket: ticket, $0) }
        } onCancel: {
            Task(executorPreference: table.effects.executor) { await self.giveUp(ticket) }
        }
        guard isAtFront else { throw CancellationError() }
        guard !Task.isCancelled else {
            leave()
            throw CancellationError()
        }
    }

    private func leave() {
        queue.leave()
        carriedOut += 1
        if queue.holder == nil { quietWaits.wake() }
    }

    /// Returns when nobody is at work, or the task is cancelled.
    ///
    /// - Parameter awaited: a command that is still to come is waited for too: more than so many are through then.
    func untilQuiet(after awaited: Int?) async {
        while queue.holder != nil || awaited.map({ carriedOut <= $0 }) ?? false {
            let (ticket, wake) = quietWaits.add()
            for await _ in wake { break }
            quietWaits.remove(ticket)
            if Task.isCancelled { return }
        }
    }

    /// How many commands are through by now.
    var commandsCarriedOut: Int { carriedOut }

    private func giveUp(_ ticket: Int) { queue.giveUp(ticket) }
}

/// A command with everything that its user said.
struct StackOrder: Sendable {
    var command: StackCommand
    /// The stack as its file has it.
    var stack: Stack?
    /// Shown to whom waits for this command: `up (pid 4711)`.
    var caller: String
    /// Answer with the plan, and change nothing.
    var isDryRun = false
    /// `nil`: no bound.
    var waitTimeout: TimeSpan?
    var registryEnvironment: [String: String] = [:]
    /// The digests of the images that containers are made from, by ``Service/imageKey``, whatever their names stand for.
    var images: [String: String] = [:]
    /// The plan that is carried out, or none.
    var approved: PlanDocument?
    /// Nobody waits for it: it gives way to every command.
    var isBackground = false

    var rank: Int { isBackground ? 0 : command.rank }

    /// The same for a user whose command an earlier supervisor has begun.
    var resumed: StackOrder {
        var order = self
        // What was done of the plan is done, so that the rest is another one.
        order.approved = nil
        order.command = command.resumed
        if case .up(let asked) = command, case .up(var options) = order.command {
            options.waitHealthy = asked.waitHealthy
            options.pull = asked.pull
            order.command = .up(options)
        }
        return order
    }

    init(_ command: StackCommand, caller: String) {
        self.command = command
        self.caller = caller
    }
}

/// Who waits for a stack at which nobody works.
private struct QuietWaits {
    private var waits: [Int: AsyncStream<Void>.Continuation] = [:]
    private var last = 0

    mutating func add() -> (ticket: Int, AsyncStream<Void>) {
        last += 1
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        waits[last] = continuation
        return (last, stream)
    }

    mutating func remove(_ ticket: Int) { waits[ticket] = nil }

    mutating func wake() { for wait in waits.values { wait.yield() } }
}
