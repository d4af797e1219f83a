public import Planning
import StackModel

/// One container, whoever owns it: hands what happens to its machine, and carries out what the machine answers.
///
/// It decides nothing. What takes time runs outside of the actor, so that a stop is heard while a launch is under way.
public actor Container {
    public nonisolated let id: String
    public internal(set) var record: ContainerRecord
    public internal(set) var status: ContainerStatus
    let effects: any ContainerEffects
    let surroundings: ContainerSurroundings
    var waits = StateWaits()
    /// What is carried out one after the other: launches and what takes a run's things away. The last of the chain.
    var work: Task<Void, Never>?
    var pendingWork = 0
    var watch: Task<Void, Never>?
    /// What its network knows of it.
    var announced = Availability.gone
    /// It is about to be told to end.
    var isDraining = false
    var probe: Task<Void, Never>?
    var checks: [ProbeKind: Task<Void, Never>] = [:]
    var timer: (time: Instant, task: Task<Void, Never>)?
    /// Why the last launch failed, as it was thrown.
    var launchError: (any Error)?
    var isClosed = false
    /// Nothing is begun by itself before everything that an earlier supervisor left is known.
    var isHeld = false

    init(
        _ record: ContainerRecord, _ status: ContainerStatus, effects: any ContainerEffects,
        surroundings: ContainerSurroundings
    ) {
        id = record.id
        self.record = record
        self.status = status
        self.effects = effects
        self.surroundings = surroundings
    }

    public var machine: ContainerMachine { status.machine }
    public var snapshot: ContainerSnapshot { ContainerSnapshot(record: record, status: status) }

    // MARK: Events

    /// Tells the machine what happened, and does what it says.
    func send(_ event: ContainerEvent) {
        guard !isClosed else { return }
        let before = status
        let actions = status.machine.handle(event, now: effects.now)
        // What is about to be done is noted first: should this supervisor end in the middle, the next one knows.
        if status.machine.isWorthSaving(since: before.machine) { save() }
        for action in actions { perform(action) }
        announceAvailability()
        setTimer()
        waits.wake(snapshot, isBusy: pendingWork > 0)
    }

    func save() {
        do {
            try effects.save(status, of: record)
        } catch {
            // The container runs on; what is lost is only what a later supervisor would have known of this change.
            effects.complain("\(record.name): its status can't be saved: \(error)")
        }
    }

    private func perform(_ action: ContainerAction) {
        switch action {
        case .launch: enqueue { await $0.launch() }
        case .cleanUp: cleanUp()
        case .signal(let number): status.machine.processes.map { effects.signal($0, number) }
        case .freeze: freeze(true)
        case .thaw: freeze(false)
        case .probe: probeOnce()
        case .check(let kind): checkOnce(kind)
        case .announce(let news): surroundings.announce(record, news)
        }
    }

    func enqueue(_ operation: @escaping @Sendable (isolated Container) async -> Void) {
        pendingWork += 1
        let before = work
        work = Task(executorPreference: effects.executor) {
            await before?.value
            await self.run(operation)
        }
    }

    private func run(_ operation: @Sendable (isolated Container) async -> Void) async {
        await operation(self)
        pendingWork -= 1
        waits.wake(snapshot, isBusy: pendingWork > 0)
    }

    /// Returns the first answer that the question gets when asked now and after each change.
    ///
    /// - Parameter question: answers `nil` to go on waiting.
    public func wait<Answer: Sendable>(
        _ question: @escaping @Sendable (_ now: ContainerSnapshot, _ isBusy: Bool) -> Answer?
    ) async throws -> Answer {
        if isClosed { throw ContainerError("container \(record.name) is gone; run the command again") }
        if let answer = question(snapshot, pendingWork > 0) { return answer }
        let (ticket, answers) = waits.add(question)
        defer { waits.remove(ticket) }
        for await answer in answers { return answer }
        try Task.checkCancellation()
        throw ContainerError("container \(record.name) is gone; run the command again")
    }

    // MARK: Time

    func setTimer() {
        let wanted = isHeld ? nil : status.machine.deadline
        if timer?.time == wanted { return }
        timer?.task.cancel()
        timer = wanted.map { time in
            let task = Task(executorPreference: effects.executor) { [effects] in
                // `try?`: a timer that is cancelled has nothing to tell.
                guard (try? await effects.sleep(until: time)) != nil else { return }
                await self.timerFired(time)
            }
            return (time, task)
        }
    }

    private func timerFired(_ time: Instant) {
        guard timer?.time == time else { return }
        timer = nil
        send(.timerDue)
    }
}
