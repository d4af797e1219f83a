public import StackModel

/// The results of one probe of a container's run, by Kubernetes' rules: only so many results of one kind in a row change
/// what is thought of the container.
///
/// Kubernetes asks once in each period, so that what is ready a moment after the first probe waits for the second. As
/// long as nothing is known, a startup or readiness probe is also run in between, ever more slowly; only successes of
/// those count. So a container is ready sooner, and never fails sooner.
public struct ProbeRun: Codable, Equatable, Sendable {
    public enum Verdict: String, Codable, Sendable {
        /// Too few results yet.
        case unknown
        case success, failure
    }

    public let probe: Probe
    public private(set) var verdict = Verdict.unknown
    /// Results of one kind in a row, of those that count.
    public private(set) var streak = 0
    private var lastCounted: Bool?
    /// When Kubernetes would probe next.
    private var regular = Instant(nanoseconds: 0)
    /// The pause after a probe in between; `nil`: there are none.
    private var pause: TimeSpan?
    /// The last results, the newest last.
    public private(set) var log: [ProbeResult] = []
    /// When it is due; `nil` while it is under way or held back.
    var next: Instant?
    /// When the one that is under way began.
    var begun: Instant?

    private static let firstPause = TimeSpan.milliseconds(20)

    init(_ probe: Probe) { self.probe = probe }

    /// The failures in a row at the end of the log.
    public var failingStreak: Int { lastCounted == false ? streak : 0 }

    /// The last failure, in words.
    public var lastFailure: String? { log.last { !$0.isSuccess }?.summary }

    /// - Parameters:
    ///   - start: of the container, or of what the probe waited for.
    ///   - isAwaited: somebody waits for its success.
    mutating func begin(_ start: Instant, isAwaited: Bool, _ now: Instant) {
        self = ProbeRun(probe)
        regular = max(start + .seconds(Int64(probe.initialDelaySeconds)), now)
        next = regular
        if isAwaited && probe.successThreshold == 1 { pause = Self.firstPause }
    }

    mutating func hold() {
        next = nil
        begun = nil
    }

    /// Begins the probe, if it is due.
    mutating func take(_ now: Instant) -> Bool {
        guard begun == nil, let time = next, time <= now else { return false }
        next = nil
        begun = now
        return true
    }

    mutating func finish(_ result: ProbeResult, _ now: Instant) {
        // A probe can outlive the process that it was meant for.
        guard let begun, result.start >= begun else { return }
        self.begun = nil
        log = log.suffix(HealthMachine.logLength - 1) + [result]
        let isRegular = begun >= regular
        // As a ticker would: what takes long doesn't move the others.
        if isRegular { regular = begun + .seconds(Int64(max(1, probe.periodSeconds))) }
        if isRegular || result.isSuccess { count(result) }
        next = max(now, nextProbe(now))
    }

    private mutating func nextProbe(_ now: Instant) -> Instant {
        guard verdict == .unknown, let pause else { return regular }
        self.pause = TimeSpan(nanoseconds: min(pause.nanoseconds, Int64.max / 4) * 2)
        return min(regular, now + pause)
    }

    private mutating func count(_ result: ProbeResult) {
        streak = lastCounted == result.isSuccess ? streak + 1 : 1
        lastCounted = result.isSuccess
        if result.isSuccess, streak >= probe.successThreshold { verdict = .success }
        if !result.isSuccess, streak >= probe.failureThreshold { verdict = .failure }
    }

    /// What a later supervisor would have to know.
    func isWorthSaving(since old: ProbeRun?) -> Bool { verdict != old?.verdict || probe != old?.probe }
}

extension ProbeResult {
    /// Why it failed, on one line.
    public var summary: String {
        let line = output.split(whereSeparator: \.isNewline).first.map { String($0.prefix(120)) } ?? ""
        return switch outcome {
        case .exited(let code): line.isEmpty ? "exited (\(code))" : line
        case .timedOut: "took too long"
        case .failed(let reason): String(reason.prefix(120))
        }
    }
}
