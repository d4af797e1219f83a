import ControlAPI
import Images
import Kernel
import Launching
import Logging
import Planning
import Registries
import Sandboxes
import StackModel

/// One stack: what of it exists, who may change it, and what its containers do between commands.
///
/// The controller holds state and hands out decisions of pure code; what takes time (launches, pulls, copies) runs
/// outside of it, so that a stack's containers start side by side.
actor StackController {
    let name: String
    let engine: Engine
    var entries: [String: ContainerEntry] = [:]
    private var queue = OperationQueue()
    private var waits = StateWaits()
    /// What the images' texts stand for, as the running command found them.
    var images: [String: StoredImage] = [:]
    /// What leads to the running command's registries, and the client for them once one is asked.
    var registryEnvironment: [String: String] = [:]
    var registryClient: RegistryClient?
    /// Streams of `logs -f`, told when containers start and end.
    var logFollowers: [Int: LogFollower] = [:]
    var lastFollower = 0

    init(name: String, engine: Engine) {
        self.name = name
        self.engine = engine
    }

    // MARK: What exists

    /// The stack as the planner sees it.
    func observe() async throws -> ObservedStack {
        // The news of an end may still be on its way; what is true counts.
        for entry in entries.values {
            guard let processes = entry.processes, !processes.monitor.isAlive else { continue }
            await ended(entry.record.id, processes)
        }
        return ObservedStack(
            name: name, containers: entries.values.map(\.observed),
            networks: await engine.networks.definitions(of: name),
            volumes: try engine.volumes.definitions(of: name))
    }

    /// Nothing of the stack is left, or nothing of it needs a supervisor.
    var isIdle: Bool { queue.inFront == nil && logFollowers.isEmpty && !entries.values.contains(where: \.isAlive) }
    var isEmpty: Bool { entries.isEmpty && queue.inFront == nil }

    func entry(_ id: String) throws -> ContainerEntry {
        guard let entry = entries[id] else {
            throw OperationError("container \(id.prefix(12)) is gone; run the command again")
        }
        return entry
    }

    /// The container of a service with the number, or its lowest-numbered running one.
    func entry(service: String, index: Int?) throws -> ContainerEntry {
        let candidates = entries.values.filter { $0.record.service == service }
            .sorted { ($0.isRunning ? 0 : 1, $0.record.number) < ($1.isRunning ? 0 : 1, $1.record.number) }
        let found = index.map { number in candidates.first { $0.record.number == number } } ?? candidates.first
        guard let found, found.isRunning else {
            throw OperationError("service \"\(service)\" is not running; `roost up -d \(service)` starts it")
        }
        return found
    }

    // MARK: One command at a time

    /// Runs an operation when those before it are through, and tells the user what it waits for.
    func serialized<Result: Sendable>(
        _ caller: String, events: EventSink, _ operation: @Sendable () async throws -> Result
    ) async throws -> Result {
        if !queue.take(caller) {
            guard !queue.isFull else {
                throw OperationError("\(OperationQueue.bound) commands wait for stack \(name) already; try later")
            }
            if let front = queue.inFront { events.notice("\(name): waiting for `\(front)` to finish") }
            let ticket = queue.nextTicket()
            let atFront = await withTaskCancellationHandler {
                await withCheckedContinuation { queue.wait(caller, ticket: ticket, $0) }
            } onCancel: {
                Task { await self.giveUp(ticket) }
            }
            guard atFront else { throw CancellationError() }
        }
        defer { queue.leave() }
        try Task.checkCancellation()
        return try await operation()
    }

    private func giveUp(_ ticket: Int) { queue.giveUp(ticket) }

    // MARK: Changes of state

    /// Changes an entry, saves what must outlive the supervisor, and wakes who waits for the change.
    func update(_ id: String, _ change: (inout ContainerEntry) -> Void) {
        guard var entry = entries[id] else { return }
        let before = entry.status
        change(&entry)
        entries[id] = entry
        if entry.status != before { save(entry) }
        waits.wake(id, entry)
        if !entry.isAlive && !logFollowers.isEmpty { endFinishedFollowers() }
    }

    func remove(_ id: String) {
        entries.removeValue(forKey: id)?.cancelTasks()
        waits.wake(id, nil)
        endFinishedFollowers()
    }

    private func save(_ entry: ContainerEntry) {
        do {
            try engine.store.save(entry.status, of: entry.record.id)
        } catch {
            // The container runs on; what is lost is only what a later supervisor would have known of this change.
            engine.log.error("\(entry.record.name): its status can't be saved: \(error)")
        }
    }

    /// Returns the first answer that the question gets when asked now and after each change of the container.
    ///
    /// - Parameter question: gets `nil` when the container is gone; answers `nil` to go on waiting.
    func wait<Answer: Sendable>(
        for id: String, _ question: @escaping @Sendable (ContainerEntry?) -> Answer?
    ) async throws -> Answer {
        if let answer = question(entries[id]) { return answer }
        let ticket = waits.nextTicket()
        let stream = AsyncStream<Answer> { continuation in
            waits.add(id, ticket: ticket) { entry in
                guard let answer = question(entry) else { return false }
                continuation.yield(answer)
                continuation.finish()
                return true
            }
        }
        defer { waits.remove(id, ticket: ticket) }
        for await answer in stream { return answer }
        throw CancellationError()
    }
}

/// Who waits for a container to change.
struct StateWaits {
    private var waits: [String: [Int: @Sendable (ContainerEntry?) -> Bool]] = [:]
    private var lastTicket = 0

    mutating func nextTicket() -> Int {
        lastTicket += 1
        return lastTicket
    }

    /// - Parameter ask: true when the wait is over.
    mutating func add(_ id: String, ticket: Int, _ ask: @escaping @Sendable (ContainerEntry?) -> Bool) {
        waits[id, default: [:]][ticket] = ask
    }

    mutating func remove(_ id: String, ticket: Int) {
        waits[id]?.removeValue(forKey: ticket)
        if waits[id]?.isEmpty == true { waits.removeValue(forKey: id) }
    }

    mutating func wake(_ id: String, _ entry: ContainerEntry?) {
        for (ticket, ask) in waits[id] ?? [:] where ask(entry) { remove(id, ticket: ticket) }
    }
}

/// Something that a command couldn't do, in one line that the user can act on.
struct OperationError: Error, CustomStringConvertible {
    var description: String
    var exitCode: Int32 = 1

    init(_ description: String, exitCode: Int32 = 1) {
        self.description = description
        self.exitCode = exitCode
    }
}

/// Where a command's progress goes: the stream of its answer.
struct EventSink: Sendable {
    let send: @Sendable (CommandEvent) -> Void

    func notice(_ text: String) { send(.notice(text)) }
    func warning(_ text: String) { send(.warning(text)) }
    func working(_ id: String, _ text: String, _ details: String? = nil) {
        send(.progress(Progress(id: id, status: .working, text: text, details: details)))
    }
    func done(_ id: String, _ text: String, _ details: String? = nil) {
        send(.progress(Progress(id: id, status: .done, text: text, details: details)))
    }
    func failed(_ id: String, _ text: String, _ details: String? = nil) {
        send(.progress(Progress(id: id, status: .error, text: text, details: details)))
    }
}
