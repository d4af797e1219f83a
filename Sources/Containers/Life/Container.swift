import Launching
public import Planning
public import StackModel

/// One container, whoever owns it: hands what happens to its machine, and carries out what the machine answers.
///
/// It decides nothing. What takes time runs outside of the actor, so that a stop is heard while a launch is under way.
public actor Container {
    public nonisolated let id: String
    public private(set) var record: ContainerRecord
    public private(set) var status: ContainerStatus
    let effects: any ContainerEffects
    private let surroundings: ContainerSurroundings
    private var waits = StateWaits()
    /// What is carried out one after the other: launches and what takes a run's things away. The last of the chain.
    private var work: Task<Void, Never>?
    private var pendingWork = 0
    private var watch: Task<Void, Never>?
    /// What its network knows of it.
    private var announced = Availability.gone
    /// It is about to be told to end.
    private var isDraining = false
    private var probe: Task<Void, Never>?
    private var checks: [ProbeKind: Task<Void, Never>] = [:]
    private var timer: (time: Instant, task: Task<Void, Never>)?
    /// Why the last launch failed, as it was thrown.
    private var launchError: (any Error)?
    private var isClosed = false
    /// Nothing is begun by itself before everything that an earlier supervisor left is known.
    private var isHeld = false

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

    private func save() {
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

    private func enqueue(_ operation: @escaping @Sendable (isolated Container) async -> Void) {
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

    // MARK: Runs

    private func launch() async {
        guard status.machine.isStarting else { return }
        do {
            let joined = try await surroundings.joined(record)
            let launched = try await effects.launch(record, joining: joined) { await self.note($0) }
            launchError = nil
            status.publishedPorts = launched.ports
            send(.started(launched.processes, at: launched.started))
            guard status.machine.processes == launched.processes else { return }
            follow(launched.processes)
            await attach(launched.processes)
        } catch {
            launchError = error
            let code = (error as? LaunchFailure)?.code ?? 125
            send(.launchFailed(code: code, reason: "\(error)"))
        }
    }

    private func attach(_ processes: ContainerProcesses) async {
        announced = status.machine.availability
        await effects.attach(record, processes, ports: status.publishedPorts, announced)
    }

    /// Lets the network know what whoever connects can expect, once that has changed.
    private func announceAvailability() {
        let seen = status.machine.availability
        let availability = isDraining && seen == .ready ? .draining : seen
        guard status.machine.processes != nil, announced != availability, announced != .gone else { return }
        announced = availability
        enqueue { await $0.effects.setAvailability(availability, of: $0.record) }
    }

    private func note(_ ports: [ResolvedPort]) {
        status.publishedPorts = ports
        status.boot = effects.boot
        save()
    }

    /// Watches a running container for its shim's end.
    private func follow(_ processes: ContainerProcesses) {
        watch?.cancel()
        watch = Task(executorPreference: effects.executor) { [effects] in
            await effects.waitForEnd(of: processes)
            if !Task.isCancelled { await self.shimEnded(processes) }
        }
    }

    /// Notices an end whose news is still on its way: what is true counts.
    public func refresh() {
        guard let processes = status.machine.processes, !effects.isAlive(processes) else { return }
        shimEnded(processes)
    }

    private func shimEnded(_ processes: ContainerProcesses) {
        guard status.machine.processes == processes else { return }
        // Without a record of its end the container was killed together with its shim.
        send(.ended(effects.recordedEnd(of: record) ?? RunEnd(code: 137, finished: effects.now)))
    }

    private func cleanUp() {
        cancelProbes()
        let isKilled = effects.recordedEnd(of: record) == nil
        let isAwaited = status.machine.availability == .awaited
        status.publishedPorts = []
        announced = .gone
        enqueue { container in
            await container.effects.cleanUp(after: container.record, isKilled: isKilled, isAwaited: isAwaited)
        }
    }

    private func freeze(_ isFrozen: Bool) {
        do {
            try effects.freeze(record, isFrozen)
        } catch {
            effects.complain("\(record.name): \(error)")
        }
    }

    private func probeOnce() {
        guard let processes = status.machine.processes, let check = status.machine.health?.check else { return }
        probe = ask({ await $0.probe($1, processes, check) }, then: { .probeFinished($0) })
    }

    private func checkOnce(_ kind: ProbeKind) {
        guard let processes = status.machine.processes, let probe = status.machine.probes?[kind]?.probe else { return }
        checks[kind]?.cancel()
        checks[kind] = ask({ await $0.check($1, processes, probe) }, then: { .checkFinished(kind, $0) })
    }

    /// Asks for the container's health beside everything else, and sends what it hears to the machine.
    private func ask(
        _ question: @escaping @Sendable (any ContainerEffects, ContainerRecord) async -> ProbeAnswer,
        then event: @escaping @Sendable (ProbeResult) -> ContainerEvent
    ) -> Task<Void, Never> {
        let start = effects.now
        return Task(executorPreference: effects.executor) { [effects, record] in
            let answer = await question(effects, record)
            // One that was cut short says nothing about the container.
            guard !Task.isCancelled else { return }
            let result = ProbeResult(
                outcome: answer.outcome, output: answer.boundedOutput, start: start, end: effects.now)
            await self.send(event(result))
        }
    }

    private func cancelProbes() {
        probe?.cancel()
        for check in checks.values { check.cancel() }
        checks = [:]
    }

    private func setTimer() {
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

    // MARK: Commands

    /// Starts the container, and returns when its command has been executed.
    public func start() async throws {
        launchError = nil
        send(.startAsked)
        _ = try await wait { snapshot, isBusy in
            snapshot.machine.isStarting || snapshot.machine.stopping != nil || isBusy ? nil : true
        }
        if let launchError, status.machine.run.failure != nil { throw launchError }
    }

    /// Stops the container, and returns when it has ended.
    ///
    /// - Parameters:
    ///   - signal: by name or number; `nil` for its own stop signal.
    ///   - grace: SIGKILL follows when it is over.
    public func stop(signal: String?, grace: TimeSpan) async throws {
        let number = try signal.map(SignalName.number) ?? record.stopSignal.number
        if grace.nanoseconds > 0 && number != ContainerMachine.sigkill {
            await drain()
            try await runPreStop()
        }
        // Where nothing can happen in it, waiting would be waiting for nothing.
        // A second signal is no first one: whoever heard that may be about to end.
        let isFirst = status.machine.stopping == nil && status.machine.wanted == .running
        let isInVain =
            isFirst
            && status.machine.processes.map { effects.isInVain(number, to: $0, of: record, within: grace) } ?? false
        send(.stopAsked(signal: number, grace: isInVain ? TimeSpan(nanoseconds: 0) : grace))
        isDraining = false
        try await ended()
    }

    private func runPreStop() async throws {
        // Whoever came first has run them.
        guard let hooks = record.settings.preStop, status.machine.stopping == nil else { return }
        do {
            try await run(hooks, "pre_stop")
        } catch {
            // It goes on as if nobody had wanted to stop it.
            isDraining = false
            announceAvailability()
            throw error
        }
    }

    /// Whoever connects gets another container from now on: a server that has heard its signal refuses what comes.
    private func drain() async {
        guard status.machine.availability == .ready else { return }
        isDraining = true
        announceAvailability()
        await work?.value
    }

    /// Sends one signal, and waits for the end if that is the last one that anybody sends.
    public func kill(signal: String) async throws {
        let number = try SignalName.number(signal)
        let isStop = number == ContainerMachine.sigkill || number == record.stopSignal.number
        _ = try await wait { snapshot, _ in snapshot.machine.isStarting ? nil : true }
        send(.killAsked(signal: number, isStop: isStop))
        if number == ContainerMachine.sigkill { try await ended() }
    }

    public func pause() { send(.pauseAsked) }
    public func unpause() { send(.unpauseAsked) }

    /// Puts settings into force that hold for a container as it is.
    public func update(_ spec: ContainerSpec) async throws {
        try await change {
            $0.spec = spec
            $0.labels = try ContainerLabels.of($0)
        }
    }

    /// Gives it another name, by which others on its networks find it, too.
    func rename(to name: String) async throws {
        try await change {
            $0.spec.name = name
            $0.labels = try ContainerLabels.of($0)
        }
    }

    /// Changes the record of the container, and what it has where it runs. One change at a time, and none in a launch.
    func change(_ edit: @escaping @Sendable (inout ContainerRecord) throws -> Void) async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            enqueue { container in
                do {
                    continuation.resume(returning: try await container.carryOut(edit))
                } catch {
                    continuation.resume(throwing: error)
                }
            }
        }
    }

    private func carryOut(_ edit: (inout ContainerRecord) throws -> Void) async throws {
        var changed = record
        try edit(&changed)
        // Noted when it is done: what was cut short is still a difference, and done once more it goes on.
        if let processes = status.machine.processes, try changed.isElsewhere(than: record) {
            try await effects.move(changed, processes)
        }
        try effects.update(changed, isRunning: status.machine.processes != nil)
        let old = record
        record = changed
        if old.settings.restart != changed.settings.restart { send(.policyChanged(changed.settings.restart)) }
        if old.settings.probes != changed.settings.probes || old.unhealthyEnd != changed.unhealthyEnd {
            send(.probesChanged(changed.settings.probes, changed.unhealthyEnd))
        }
        if old.healthCheck != changed.healthCheck { send(.healthCheckChanged(changed.healthCheck)) }
    }

    /// Returns when the container doesn't run, and what its run had is taken away.
    private func ended() async throws {
        _ = try await wait { snapshot, isBusy in
            snapshot.status.machine.processes != nil || snapshot.status.machine.isStarting || isBusy ? nil : true
        }
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

    // MARK: A supervisor's beginning, a container's end

    /// Takes over what an earlier supervisor left. Nothing is started yet.
    func adopt() async {
        isHeld = true
        if status.boot != "" && status.boot != effects.boot {
            send(.hostBooted)
        } else {
            send(.adopted(await effects.find(record)))
        }
    }

    /// Goes on where the last supervisor ended.
    func resume() async {
        isHeld = false
        setTimer()
        guard let processes = status.machine.processes else { return }
        enqueue { container in
            guard container.status.machine.processes == processes else { return }
            await container.attach(processes)
        }
        follow(processes)
        await work?.value
    }

    /// The container is about to be removed: nothing happens to it any more.
    func close() async {
        isClosed = true
        timer?.task.cancel()
        cancelProbes()
        watch?.cancel()
        await work?.value
        waits.end()
    }

    /// Its removal failed: it goes on being there.
    func reopen() {
        isClosed = false
        timer = nil
        setTimer()
    }
}

/// What a container has to know of others.
struct ContainerSurroundings: Sendable {
    /// The containers whose namespaces the given one shares.
    var joined: @Sendable (ContainerRecord) async throws -> JoinedContainers
    var announce: @Sendable (ContainerRecord, ContainerNews) -> Void
}

/// A container at one moment.
public struct ContainerSnapshot: Equatable, Sendable {
    public var record: ContainerRecord
    public var status: ContainerStatus

    public init(record: ContainerRecord, status: ContainerStatus) {
        self.record = record
        self.status = status
    }

    public var machine: ContainerMachine { status.machine }

    /// As the planner sees it.
    public var observed: ObservedContainer {
        ObservedContainer(
            id: record.id, created: Instant(nanoseconds: record.created), spec: record.spec, state: machine.state,
            health: machine.healthStatus, isEnding: machine.isAlive && machine.wanted == .stopped,
            hasOwnVolumes: !record.anonymousVolumes.isEmpty, connections: record.connections?.keys.sorted())
    }
}
