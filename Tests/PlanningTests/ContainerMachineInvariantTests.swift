import FoundationEssentials
import Planning
import StackModel
import Testing

/// Whatever happens to a container in whatever order.
@Suite struct ContainerMachineInvariantTests {
    @Test(arguments: UInt64(1)...200)
    func lifeKeepsItsRules(seed: UInt64) throws {
        var life = RandomLife(seed: seed)
        for _ in 0..<300 {
            try life.step()
            if life.hasFailed { break }
        }
    }
}

/// A container that made-up things happen to, and what has to be true of it at each time.
private struct RandomLife {
    private var random: SeededGenerator
    private var machine: ContainerMachine
    private var now = at(0)
    private var runs: Int32 = 0
    /// When the probe that the machine waits for began, and those that it doesn't wait for any more.
    private var probe: Instant?
    private var lostProbes: [Instant] = []
    /// A user stopped it, and nothing since then may start it.
    private var isStopped = false
    /// What this run was sent to end it.
    private var signals: [Int32] = []
    private var history: [String] = []
    private(set) var hasFailed = false

    private static let policies: [RestartPolicy] = [
        .no, .always, .unlessStopped, onFailure, .onFailure(maximumRetries: 2),
    ]

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
        machine = .made(
            Self.policies.randomElement(using: &random) ?? .no, check: Bool.random(using: &random) ? probing : nil)
    }

    mutating func step() throws {
        now = now + TimeSpan(nanoseconds: Int64.random(in: 1...4_000_000_000, using: &random))
        // Half of the time what is due happens in time; as good as for ever is not waited for.
        if let deadline = machine.deadline, deadline > now, deadline - now < .seconds(3600), Bool.random(using: &random)
        {
            now = deadline
        }
        let event = nextEvent()
        let before = machine
        var twin = try JSONDecoder().decode(ContainerMachine.self, from: JSONEncoder().encode(machine))
        require(twin == machine, "it comes back from its text as it was", event)
        let actions = machine.handle(event, now: now)
        history.append("\(now.nanoseconds) \(event) → \(machine.text): \(actions.map(\.text))")
        require(twin.handle(event, now: now) == actions, "its twin does the same", event)
        require(twin == machine, "its twin becomes the same", event)
        note(event, actions)
        check(event, actions, before)
    }

    // MARK: Events

    private mutating func nextEvent() -> ContainerEvent {
        switch Int.random(in: 0..<20, using: &random) {
        case 0, 1: return .startAsked
        case 2, 3, 4: return .started(nextProcesses(), at: now)
        case 5: return .launchFailed(code: 127, reason: "no")
        case 6, 7: return .ended(end(code(), at: now))
        case 8: return .stopAsked(signal: signal(), grace: .seconds(Int64.random(in: 0...20, using: &random)))
        case 9: return .killAsked(signal: [sigterm, sigkill].randomElement(using: &random) ?? sigterm, isStop: true)
        case 10: return .killAsked(signal: 1, isStop: false)
        case 11: return .pauseAsked
        case 12: return .unpauseAsked
        case 13: return probeResult()
        case 14: return .adopted(found())
        case 15: return .policyChanged(Self.policies.randomElement(using: &random) ?? .no)
        case 16: return .healthCheckChanged(Bool.random(using: &random) ? probing : nil)
        case 17 where Int.random(in: 0..<4, using: &random) == 0: return .hostBooted
        default: return .timerDue
        }
    }

    private mutating func code() -> Int32 { Int32.random(in: 0...1, using: &random) }
    private mutating func signal() -> Int32 { [sigterm, 2, sigkill].randomElement(using: &random) ?? sigterm }

    private mutating func nextProcesses() -> ContainerProcesses {
        runs += 1
        return .ofRun(runs + 1)
    }

    private mutating func probeResult() -> ContainerEvent {
        let isLate = probe == nil || Int.random(in: 0..<4, using: &random) == 0
        let start = isLate ? lostProbes.popLast() ?? at(0) : probe ?? now
        if !isLate { probe = nil }
        return .probeFinished(ProbeResult(outcome: .exited(code: code()), output: "", start: start, end: now))
    }

    private mutating func found() -> ContainerEvent.Found {
        switch Int.random(in: 0..<4, using: &random) {
        case 0: return .gone(nil)
        case 1: return .gone(RunEnd(code: code(), started: now, finished: now))
        case 2: return .running(nextProcesses(), since: now)
        default: return machine.processes.map { .running($0, since: now) } ?? .gone(nil)
        }
    }

    private mutating func note(_ event: ContainerEvent, _ actions: [ContainerAction]) {
        switch event {
        case .startAsked: isStopped = false
        case .stopAsked, .killAsked(_, isStop: true): isStopped = true
        case .hostBooted where machine.restarts.policy == .always: isStopped = false
        // It runs again, so that somebody started it.
        case .adopted(.running) where actions.contains(.announce(.started)): isStopped = machine.wanted == .stopped
        default: break
        }
        let isAnew = actions.contains(.announce(.started))
        switch event {
        case .ended, .started, .healthCheckChanged, .hostBooted:
            if let probe, machine.processes == nil || isAnew || event.isNewCheck { lostProbes.append(probe) }
            if machine.processes == nil || isAnew || event.isNewCheck { probe = nil }
        case .adopted:
            probe = nil
            lostProbes = []
        default: break
        }
        if actions.contains(.probe) { probe = now }
        if isAnew { signals = [] }
        if case .killAsked(_, isStop: false) = event { return }
        for case .signal(let number) in actions { signals.append(number) }
    }

    // MARK: Rules

    private var isRunning: Bool { machine.processes != nil && machine.stateName == "running" }

    private mutating func check(_ event: ContainerEvent, _ actions: [ContainerAction], _ before: ContainerMachine) {
        checkDeadline(event)
        checkStops(event, actions)
        for action in actions {
            switch action {
            case .launch: require(machine.isStarting, "it launches when it starts", event)
            case .signal, .thaw, .probe, .check:
                require(machine.processes != nil, "only processes are dealt with", event)
            case .freeze: require(machine.stateName == "paused", "what is frozen is paused", event)
            case .cleanUp: require(machine.processes == nil, "what runs is not taken away", event)
            case .announce(.started): require(isRunning, "it runs when it says so", event)
            case .announce(.ended(_, let restarts)):
                require(machine.isAlive == restarts, "it is said what comes after an end", event)
            case .announce: break
            }
        }
        let hadProcesses = before.processes != nil
        if hadProcesses && machine.processes == nil {
            require(actions.contains(.cleanUp), "an end is cleaned up after", event)
            require(machine.run.finished != nil, "an end has its time", event)
        }
        if machine.isAtRest { require(machine.deadline == nil && machine.stopping == nil, "rest is rest", event) }
    }

    private mutating func checkDeadline(_ event: ContainerEvent) {
        let waits = if case .waiting = machine.phase { true } else { false }
        let isProbed = isRunning && machine.health != nil && probe == nil
        let isKilled = machine.processes != nil && machine.stopping?.deadline != nil
        require((machine.deadline != nil) == (waits || isProbed || isKilled), "what is due has its time", event)
        if event == .timerDue, let deadline = machine.deadline { require(deadline > now, "no loop", event) }
        if waits, let deadline = machine.deadline {
            require(deadline - now <= .seconds(60), "no pause is longer than a minute", event)
            require(machine.wanted == .running, "what waits is wanted", event)
        }
    }

    private mutating func checkStops(_ event: ContainerEvent, _ actions: [ContainerAction]) {
        if isStopped {
            require(!actions.contains(.launch), "what a user stopped doesn't start", event)
            require(machine.wanted == .stopped, "what a user stopped isn't wanted", event)
        }
        guard machine.processes != nil else { return }
        if isStopped { require(!signals.isEmpty, "a stop is heard", event) }
        if let stopping = machine.stopping, stopping.deadline == nil {
            require(signals.contains(sigkill), "a stop without an end in sight was a kill", event)
        }
        if case .killAsked(sigkill, _) = event { require(signals.contains(sigkill), "a kill is heard", event) }
    }

    private mutating func require(_ condition: Bool, _ rule: String, _ event: ContainerEvent) {
        if condition || hasFailed { return }
        hasFailed = true
        Issue.record("\(rule): \(event)\n\(history.suffix(12).joined(separator: "\n"))")
    }
}

extension ContainerEvent {
    fileprivate var isNewCheck: Bool {
        if case .healthCheckChanged = self { true } else { false }
    }
}
