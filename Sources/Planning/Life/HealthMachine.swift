import StackModel

/// How one probe ended.
public struct ProbeResult: Codable, Equatable, Sendable {
    public enum Outcome: Codable, Equatable, Sendable {
        case exited(code: Int32)
        /// It took longer than the check's time-out, and was ended.
        case timedOut
        /// It couldn't be run at all.
        case failed(String)
    }

    public var outcome: Outcome
    /// What the probe wrote, both streams, as far as it is kept.
    public var output: String
    public var start: Instant
    public var end: Instant

    public init(outcome: Outcome, output: String, start: Instant, end: Instant) {
        self.outcome = outcome
        self.output = output
        self.start = start
        self.end = end
    }

    public var isSuccess: Bool { outcome == .exited(code: 0) }
}

/// Follows the health of one container: when it is probed, and what the results make of it.
///
/// Docker probes first after a whole interval, so that a dependent waits for it in vain. This machine probes at once and
/// ever more slowly, until Docker's pace is reached, while the container is `starting`. Only failures of probes that
/// Docker would have run count against `retries`; a success counts always. So a container is never unhealthy that
/// wouldn't be so with Docker, and mostly healthy sooner.
public struct HealthMachine: Codable, Equatable, Sendable {
    public enum Event: Equatable, Sendable {
        /// The container's process has started.
        case started
        case probeFinished(ProbeResult)
        /// The container has ended: nothing is probed until it starts again.
        case stopped
    }

    public enum Action: Equatable, Sendable {
        /// Probe at this time; it takes the place of any probe planned before.
        case probe(at: Instant)
        case becomes(HealthStatus)
    }

    public let check: EffectiveHealthCheck
    public private(set) var status = HealthStatus.starting
    /// Counted failures since the last success.
    public private(set) var failingStreak = 0
    /// The last results, the newest last.
    public private(set) var log: [ProbeResult] = []
    private var started: Instant?
    /// When Docker would probe next. A failure of a probe begun before doesn't count.
    private var nextCounted = Instant(nanoseconds: 0)
    /// The pause after the next probe, while starting.
    private var pause = firstPause

    /// As many as Docker keeps.
    public static let logLength = 5
    private static let firstPause = TimeSpan.milliseconds(10)
    /// Whatever a file says, probes never follow each other faster.
    private static let shortestInterval = TimeSpan.milliseconds(1)

    public init(check: EffectiveHealthCheck) { self.check = check }

    public mutating func handle(_ event: Event, now: Instant) -> [Action] {
        switch event {
        case .started: start(now)
        case .probeFinished(let result): finish(result, now)
        case .stopped: stop()
        }
    }

    private mutating func start(_ now: Instant) -> [Action] {
        started = now
        failingStreak = 0
        log = []
        pause = Self.firstPause
        let changes = become(.starting)
        nextCounted = now + pace(now)
        return changes + [.probe(at: now)]
    }

    private mutating func stop() -> [Action] {
        started = nil
        return []
    }

    /// Docker's interval at this time.
    private func pace(_ now: Instant) -> TimeSpan {
        let isStarting = status == .starting && isInStartPeriod(now)
        return max(isStarting ? check.startInterval : check.interval, Self.shortestInterval)
    }

    private func isInStartPeriod(_ time: Instant) -> Bool {
        started.map { time - $0 < check.startPeriod } ?? false
    }

    private mutating func finish(_ result: ProbeResult, _ now: Instant) -> [Action] {
        // A probe can outlive the process that it was meant for.
        guard let started, result.start >= started else { return [] }
        log = log.suffix(Self.logLength - 1) + [result]
        let isCounted = status != .starting || result.start >= nextCounted
        let changes = result.isSuccess ? succeed() : isCounted ? fail(result) : []
        if isCounted || status == .healthy { nextCounted = now + pace(now) }
        return changes + [.probe(at: nextProbe(now))]
    }

    private mutating func succeed() -> [Action] {
        failingStreak = 0
        return become(.healthy)
    }

    private mutating func fail(_ result: ProbeResult) -> [Action] {
        if status == .starting && isInStartPeriod(result.start) { return [] }
        failingStreak += 1
        return failingStreak >= check.retries ? become(.unhealthy) : []
    }

    private mutating func become(_ new: HealthStatus) -> [Action] {
        if status == new { return [] }
        status = new
        return [.becomes(new)]
    }

    /// Never later than Docker would: the pauses grow only up to its next probe.
    private mutating func nextProbe(_ now: Instant) -> Instant {
        guard status == .starting else { return nextCounted }
        let time = min(now + pause, nextCounted)
        pause = min(TimeSpan(nanoseconds: pause.nanoseconds * 2), pace(now))
        return max(time, now)
    }
}
