public import StackModel

/// The life of one container: where it is, what is wanted of it, what its restart policy and its health check say. It
/// takes an event and the time and returns what has to be done; nothing else decides about a container's life.
///
/// A value without a clock and without effects. It is what `status.json` holds, so that a new supervisor goes on where
/// the last one ended.
public struct ContainerMachine: Codable, Equatable, Sendable {
    /// Where the container is in its life.
    public enum Phase: Codable, Equatable, Sendable {
        /// Made, never started.
        case created
        /// Its shim is at work, and the command has not been executed yet.
        case starting(isRestart: Bool)
        case running(ContainerProcesses)
        case paused(ContainerProcesses)
        /// It ended, and its restart policy starts it again at this time.
        case waiting(until: Instant)
        case exited
    }

    /// What a user, or a stack for its user, wants of the container.
    public enum Wanted: String, Codable, Sendable {
        case running, stopped
    }

    /// A stop that is under way.
    public struct Stopping: Codable, Equatable, Sendable {
        public var signal: Int32
        public var grace: TimeSpan
        /// When its grace period is over; `nil` before the process runs, and when SIGKILL has been sent.
        public var deadline: Instant?
    }

    public internal(set) var phase = Phase.created
    public internal(set) var wanted = Wanted.stopped
    public internal(set) var stopping: Stopping?
    public internal(set) var restarts: RestartSchedule
    /// How the current or last run went.
    public internal(set) var run = ContainerRun()
    public internal(set) var health: HealthMachine?
    var nextProbe: Instant?
    /// When the probe that is under way began.
    var probing: Instant?
    /// `nil`: the service has none.
    public internal(set) var probes: ProbesMachine?
    /// How one that is begun anew for its ill health is ended first.
    var unhealthyEnd: UnhealthyEnd?
    /// It is being ended to begin anew, whatever the restart policy says. `nil`: it isn't.
    var isHealing: Bool?
    /// Why it was last ended for its ill health.
    public internal(set) var lastCause: String?

    /// `man 7 signal`; the same on all architectures.
    public static let sigkill: Int32 = 9

    public init(
        policy: RestartPolicy, healthCheck: EffectiveHealthCheck?, probes: Probes? = nil,
        unhealthyEnd: UnhealthyEnd? = nil
    ) {
        restarts = RestartSchedule(policy: policy)
        health = healthCheck.map { HealthMachine(check: $0) }
        self.probes = probes.map { ProbesMachine($0) }
        self.unhealthyEnd = unhealthyEnd
    }

    /// When a ``ContainerEvent/timerDue`` is wanted; `nil` while nothing is due by itself.
    public var deadline: Instant? {
        var times: [Instant] = []
        if case .waiting(let time) = phase { times.append(time) }
        if processes != nil, let time = stopping?.deadline { times.append(time) }
        if case .running = phase, probing == nil, let nextProbe { times.append(nextProbe) }
        if case .running = phase, let time = probes?.deadline { times.append(time) }
        return times.min()
    }

    /// Moves the life on.
    ///
    /// - Returns: what has to be done, in this order.
    public mutating func handle(_ event: ContainerEvent, now: Instant) -> [ContainerAction] {
        switch event {
        case .startAsked: startAsked()
        case .started(let processes, let at): started(processes, at, now)
        case .launchFailed(let code, let reason): launchFailed(code, reason, now)
        case .ended(let end): ended(end, now)
        case .stopAsked(let signal, let grace): stopAsked(signal, grace, now)
        case .killAsked(let signal, let isStop): killAsked(signal, isStop: isStop, now)
        case .pauseAsked: pauseAsked()
        case .unpauseAsked: unpauseAsked()
        case .probeFinished(let result): probeFinished(result, now)
        case .checkFinished(let kind, let result): checkFinished(kind, result, now)
        case .timerDue: timerDue(now)
        case .adopted(let found): adopted(found, now)
        case .hostBooted: hostBooted(now)
        case .policyChanged(let policy): policyChanged(policy)
        case .healthCheckChanged(let check): healthCheckChanged(check, now)
        case .probesChanged(let probes, let end): probesChanged(probes, end, now)
        }
    }

    /// Whether a later supervisor would have to know of the change from `old`. Single probes are not worth a write.
    public func isWorthSaving(since old: ContainerMachine) -> Bool {
        phase != old.phase || wanted != old.wanted || stopping != old.stopping || restarts != old.restarts
            || run != old.run || health?.status != old.health?.status || health?.check != old.health?.check
            || isHealing != old.isHealing || unhealthyEnd != old.unhealthyEnd
            || (probes.map { $0.isWorthSaving(since: old.probes) } ?? (old.probes != nil))
    }
}

/// The processes of a container that runs, told apart from later ones with the same ids by their start times (clock
/// ticks since boot; `man 5 proc`, `/proc/PID/stat`, field 22).
public struct ContainerProcesses: Codable, Hashable, Sendable {
    /// The container's first process, as the host numbers it.
    public var pid: Int32
    public var startTime: UInt64
    public var shim: Int32
    public var shimStartTime: UInt64

    public init(pid: Int32, startTime: UInt64, shim: Int32, shimStartTime: UInt64) {
        self.pid = pid
        self.startTime = startTime
        self.shim = shim
        self.shimStartTime = shimStartTime
    }
}

/// What is known of a container's current or last run.
public struct ContainerRun: Codable, Equatable, Sendable {
    /// `nil`: it never ran.
    public internal(set) var started: Instant?
    /// `nil`: it runs, or never ran.
    public internal(set) var finished: Instant?
    /// 128 plus the signal's number if a signal ended it.
    public internal(set) var exitCode: Int32 = 0
    /// The kernel killed a process of it for want of memory.
    public internal(set) var outOfMemory = false
    /// Why the last start failed.
    public internal(set) var failure: String?

    public init() {}
}

/// How a run ended, as its shim wrote it down.
public struct RunEnd: Codable, Equatable, Sendable {
    public var code: Int32
    public var outOfMemory: Bool
    /// A short life may end before its start was heard of: the shim was there at both.
    public var started: Instant?
    public var finished: Instant

    public init(code: Int32, outOfMemory: Bool = false, started: Instant? = nil, finished: Instant) {
        self.code = code
        self.outOfMemory = outOfMemory
        self.started = started
        self.finished = finished
    }
}
