public import StackModel

/// The probes of a service.
public enum ProbeKind: String, Codable, CaseIterable, Sendable {
    case startup, liveness, readiness
}

/// The probes of one container (Kubernetes, "Liveness, Readiness and Startup Probes"): startup holds the others back,
/// liveness and startup say when the container has to begin anew, readiness whether it gets requests.
///
/// A value: it is told what happens and at what time, and says what is due.
public struct ProbesMachine: Codable, Equatable, Sendable {
    public let probes: Probes
    public private(set) var startup: ProbeRun?
    public private(set) var liveness: ProbeRun?
    public private(set) var readiness: ProbeRun?
    /// When the container's run began; `nil` while it doesn't run.
    private var started: Instant?

    public init(_ probes: Probes) {
        self.probes = probes
        startup = probes.startup.map { ProbeRun($0) }
        liveness = probes.liveness.map { ProbeRun($0) }
        readiness = probes.readiness.map { ProbeRun($0) }
    }

    public subscript(kind: ProbeKind) -> ProbeRun? {
        get {
            switch kind {
            case .startup: startup
            case .liveness: liveness
            case .readiness: readiness
            }
        }
        set {
            switch kind {
            case .startup: startup = newValue
            case .liveness: liveness = newValue
            case .readiness: readiness = newValue
            }
        }
    }

    /// Only what follows from ill health is said.
    var isEmpty: Bool { startup == nil && liveness == nil && readiness == nil }

    /// Whether the startup probe lets the others begin.
    public var isStarted: Bool { startup.map { $0.verdict == .success } ?? true }

    /// When the next one is due.
    var deadline: Instant? { ProbeKind.allCases.compactMap { self[$0]?.next }.min() }

    /// The container's health, as far as the probes say it.
    ///
    /// - Parameter check: what the health check says, which is the readiness where there is no other.
    func status(_ check: HealthStatus?) -> HealthStatus {
        if startup?.verdict == .failure || liveness?.verdict == .failure { return .unhealthy }
        guard isStarted else { return .starting }
        switch readiness?.verdict {
        case .success?: return .healthy
        case .failure?: return .unhealthy
        case .unknown?: return .starting
        case nil: return check ?? .healthy
        }
    }

    mutating func begin(_ start: Instant, _ now: Instant) {
        started = start
        for kind in ProbeKind.allCases {
            self[kind]?.begin(start, isAwaited: kind != .liveness, now)
            if kind != .startup && startup != nil { self[kind]?.hold() }
        }
    }

    mutating func end() {
        started = nil
        for kind in ProbeKind.allCases { self[kind]?.hold() }
    }

    /// Those that begin now.
    mutating func take(_ now: Instant) -> [ProbeKind] {
        var due: [ProbeKind] = []
        for kind in ProbeKind.allCases where self[kind]?.take(now) == true { due.append(kind) }
        return due
    }

    /// - Returns: whether the others may begin from now on.
    mutating func finish(_ kind: ProbeKind, _ result: ProbeResult, _ now: Instant) -> Bool {
        guard let started else { return false }
        let wasStarted = isStarted
        self[kind]?.finish(result, now)
        guard kind == .startup, isStarted else { return false }
        startup?.hold()
        guard !wasStarted else { return false }
        liveness?.begin(started, isAwaited: false, now)
        readiness?.begin(started, isAwaited: true, now)
        return true
    }

    /// The probe that says that the container has to begin anew, and why.
    var failure: String? {
        for kind in [ProbeKind.startup, .liveness] {
            guard let run = self[kind], run.verdict == .failure else { continue }
            let times = run.failingStreak == 1 ? "once" : "\(run.failingStreak) times"
            return "\(kind.rawValue) probe failed \(times): \(run.lastFailure ?? "")"
        }
        return nil
    }

    /// A new supervisor goes on: probes that were under way died with the last one.
    mutating func resume(_ now: Instant) {
        guard started != nil else { return }
        for kind in ProbeKind.allCases where self[kind] != nil {
            let isAwaited = kind == .startup ? !isStarted : isStarted
            self[kind]?.begun = nil
            if isAwaited && self[kind]?.next == nil { self[kind]?.next = now }
        }
    }

    func isWorthSaving(since old: ProbesMachine?) -> Bool {
        probes != old?.probes || started != old?.started
            || ProbeKind.allCases.contains { kind in self[kind].map { $0.isWorthSaving(since: old?[kind]) } ?? false }
    }
}
