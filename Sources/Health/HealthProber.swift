public import Planning
public import StackModel

/// What a container's health is now.
public struct HealthReport: Codable, Equatable, Sendable {
    public var status: HealthStatus
    public var failingStreak: Int
    /// The last results, the newest last.
    public var log: [ProbeResult]

    public init(status: HealthStatus, failingStreak: Int, log: [ProbeResult]) {
        self.status = status
        self.failingStreak = failingStreak
        self.log = log
    }
}

/// How a probe ended, as the engine that ran it says.
public struct ProbeAnswer: Equatable, Sendable {
    public var outcome: ProbeResult.Outcome
    public var output: String

    public init(outcome: ProbeResult.Outcome, output: String = "") {
        self.outcome = outcome
        self.output = output
    }
}

/// Probes one container from its start until the task is cancelled. All waiting is the injected `sleep`'s, so that a
/// test's clock runs as it likes.
public struct HealthProber: Sendable {
    /// Longer outputs are cut, as Docker does. Bytes.
    public static let outputLimit = 4096

    private let check: EffectiveHealthCheck
    private let now: @Sendable () -> Instant
    private let sleep: @Sendable (Instant) async throws(CancellationError) -> Void
    private let probe: @Sendable (_ command: [String], _ timeout: TimeSpan) async -> ProbeAnswer
    private let onChange: @Sendable (HealthReport) async -> Void

    /// - Parameters:
    ///   - sleep: returns at the given time of `now`'s clock, or throws when the task is cancelled.
    ///   - probe: runs the command in the container. It must end it after the time-out and when the task is cancelled.
    ///   - onChange: told the report after every probe, whether or not the status changed.
    public init(
        check: EffectiveHealthCheck, now: @escaping @Sendable () -> Instant,
        sleep: @escaping @Sendable (Instant) async throws(CancellationError) -> Void,
        probe: @escaping @Sendable (_ command: [String], _ timeout: TimeSpan) async -> ProbeAnswer,
        onChange: @escaping @Sendable (HealthReport) async -> Void
    ) {
        self.check = check
        self.now = now
        self.sleep = sleep
        self.probe = probe
        self.onChange = onChange
    }

    /// Probes until cancelled. Call it when the container's process has started; one call is one life of it.
    public func run() async {
        var machine = HealthMachine(check: check)
        var actions = machine.handle(.started, now: now())
        while !Task.isCancelled, let time = actions.compactMap(\.probeTime).last {
            do { try await sleep(time) } catch { return }
            let result = await probeOnce()
            // A probe that cancellation cut short says nothing about the container.
            if Task.isCancelled { return }
            actions = machine.handle(.probeFinished(result), now: result.end)
            await onChange(
                HealthReport(status: machine.status, failingStreak: machine.failingStreak, log: machine.log))
        }
    }

    private func probeOnce() async -> ProbeResult {
        let start = now()
        let answer = await probe(check.command, check.timeout)
        return ProbeResult(
            outcome: answer.outcome, output: Self.bounded(answer.output), start: start, end: now())
    }

    private static func bounded(_ output: String) -> String {
        guard output.utf8.count > outputLimit else { return output }
        return String(decoding: output.utf8.prefix(outputLimit - 3), as: UTF8.self) + "…"
    }
}

extension HealthMachine.Action {
    fileprivate var probeTime: Instant? {
        if case .probe(let time) = self { time } else { nil }
    }
}
