public import StackModel

/// How far a service's schedule is: what is kept of it from one supervisor to the next. Seconds since 1970.
public struct ScheduleState: Codable, Equatable, Sendable {
    /// Since when it has these times.
    public var since: Int64
    /// The time of the last run.
    public var last: Int64?

    public init(since: Int64, last: Int64? = nil) {
        self.since = since
        self.last = last
    }

    /// Times up to this one are over.
    var over: Int64 { max(since, last ?? since) }
}

/// What a service's schedule comes to at a moment. Done twice it begins one run.
public struct ScheduleStep: Codable, Equatable, Sendable {
    public var service: String
    /// The time of the latest run that has begun.
    public var last: Int64?
    /// The run that begins now.
    public var run: OneOff?
    /// The containers of runs that go before: ended for this one, or finished longer ago than runs are kept. By id.
    public var removals: [String] = []
    /// Times that passed without a run before this one.
    public var missed = 0

    public init(service: String) { self.service = service }
}

/// What the schedules of a stack come to at a moment.
public struct ScheduleRound: Equatable, Sendable {
    /// In the order of the services' names.
    public private(set) var steps: [ScheduleStep] = []
    /// When to look again.
    public private(set) var next: Int64?

    /// - Parameters:
    ///   - states: of the services whose schedules are wanted.
    ///   - zones: by ``ScheduleSettings/timeZone``.
    ///   - now: seconds since 1970.
    public init(
        _ stack: Stack, states: [String: ScheduleState], zones: [String?: TimeZoneRules],
        containers: [ObservedContainer], now: Int64
    ) {
        for (name, state) in states.sorted(by: { $0.key < $1.key }) {
            guard let service = stack.services[name], let settings = service.schedule,
                let zone = zones[settings.timeZone]
            else { continue }
            let runs = ServiceRuns(containers, of: name)
            let decision = Schedule(settings, in: zone)
                .decide(now: now, last: max(state.over, runs.last ?? .min), active: runs.active.count)
            next = [next, decision.next].compactMap(\.self).min()
            let step = Self.step(decision, of: service, in: stack, settings, state, runs)
            // Where nothing is to be done, what has begun may still have to be written down.
            if step.run != nil || !step.removals.isEmpty || step.last != state.last { steps.append(step) }
        }
    }

    private static func step(
        _ decision: Schedule.Decision, of service: Service, in stack: Stack, _ settings: ScheduleSettings,
        _ state: ScheduleState, _ runs: ServiceRuns
    ) -> ScheduleStep {
        var step = ScheduleStep(service: service.name)
        step.last = [state.last, runs.lastStarted].compactMap(\.self).max()
        // What was made and never started, because its supervisor ended or something was in its way, is made anew.
        let abandoned = runs.neverStarted(after: state.over)
        if let time = decision.run ?? (settings.isSuspended ? nil : abandoned?.time) {
            step.run = OneOff(job: service, of: stack.name, at: time)
            step.missed = decision.missed
        }
        let ended = decision.endsOthers ? runs.active : []
        let superfluous = runs.superfluous(settings).map(\.id).filter { $0 != abandoned?.id }
        step.removals = [abandoned?.id].compactMap(\.self) + ended.map(\.id) + superfluous
        return step
    }
}

/// The runs of one service that exist.
public struct ServiceRuns: Sendable {
    /// The newest first.
    private let all: [ObservedContainer]

    public init(_ containers: [ObservedContainer], of service: String) {
        all = containers.filter { $0.isOneOff && $0.service == service && $0.run?.job != nil }
            .sorted { ($0.created, $0.id) > ($1.created, $1.id) }
    }

    public var active: [ObservedContainer] { all.filter(\.state.isAlive) }
    /// The time of the latest one that wasn't started by hand.
    var last: Int64? { Self.last(all) }
    var lastStarted: Int64? { Self.last(all.filter { $0.state != .created }) }
    public var newest: ObservedContainer? { all.first }

    private static func last(_ runs: [ObservedContainer]) -> Int64? { runs.compactMap { $0.run?.job?.time }.max() }

    func neverStarted(after time: Int64) -> (id: String, time: Int64)? {
        for run in all where run.state == .created {
            if let own = run.run?.job?.time, own > time { return (run.id, own) }
        }
        return nil
    }

    /// Those that have ended and are more than are kept.
    func superfluous(_ settings: ScheduleSettings) -> [ObservedContainer] {
        let ended = all.filter { !$0.state.isAlive }
        return Array(ended.filter { $0.state == .exited(code: 0) }.dropFirst(settings.successfulHistoryLimit))
            + ended.filter { $0.state != .exited(code: 0) }.dropFirst(settings.failedHistoryLimit)
    }
}

extension OneOff {
    /// A run of a service at one of its times. Its name tells the time, so that nobody begins it twice.
    init(job service: Service, of stack: String, at time: Int64) {
        var settings = service.container
        settings.containerName = nil
        var run = RunSettings()
        run.job = JobRun(time: time)
        self.init(service: service.name, name: "\(stack)-\(service.name)-\(time / 60)", settings: settings, run: run)
    }
}
