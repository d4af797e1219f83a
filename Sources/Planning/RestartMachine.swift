public import StackModel

/// Decides when a container's process is started again, by Docker's rules: the delay doubles from 100 ms to a minute
/// and begins anew after a run of ten seconds; a container that the user stopped stays so.
///
/// A value without a clock. It is `Codable`, so that a pause survives the supervisor.
public struct RestartMachine: Codable, Equatable, Sendable {
    /// What happened.
    public enum Event: Equatable, Sendable {
        /// The process runs. `byUser`: a command started it rather than this machine, so that counting begins anew.
        case started(byUser: Bool)
        /// The process has ended, or couldn't be started (then with 127 or 126, as a shell would say).
        case exited(code: Int32)
        /// A command stops or kills it. Comes before the exit.
        case stoppedByUser
        case policyChanged(RestartPolicy)
        /// A new supervisor has found the container running, or not running and its exit unrecorded.
        case adopted(isRunning: Bool)
        /// The host was started anew, and everything with it.
        case hostBooted
    }

    /// What to do about it.
    public enum Action: Equatable, Sendable {
        /// Start it at this time, unless another event comes first.
        case restart(at: Instant)
        /// Start nothing; a restart that was planned is off.
        case stay
        /// Nothing changes, in what was planned neither.
        case proceed
    }

    private enum Phase: Codable, Equatable, Sendable {
        case resting
        case running(since: Instant)
        case waiting(until: Instant)
    }

    public private(set) var policy: RestartPolicy
    /// Restarts since the user started it; shown by `inspect`, and what `on-failure:N` counts.
    public private(set) var restartCount = 0
    public private(set) var isStoppedByUser = false
    private var phase = Phase.resting
    private var delay = TimeSpan(nanoseconds: 0)
    private var lastExitCode: Int32?

    static let firstDelay = TimeSpan.milliseconds(100)
    static let longestDelay = TimeSpan.seconds(60)
    /// A run of this length is a success.
    static let stableRun = TimeSpan.seconds(10)

    public init(policy: RestartPolicy) { self.policy = policy }

    /// When the restart that is planned takes place, `nil` if none is.
    public var restartTime: Instant? {
        if case .waiting(let time) = phase { time } else { nil }
    }

    public mutating func handle(_ event: Event, now: Instant) -> Action {
        switch event {
        case .started(let byUser): started(byUser: byUser, now)
        case .exited(let code): exited(code, now)
        case .stoppedByUser: stopped()
        case .policyChanged(let new): changePolicy(new, now)
        case .adopted(let isRunning): adopted(isRunning: isRunning, now)
        case .hostBooted: booted(now)
        }
    }

    private mutating func started(byUser: Bool, _ now: Instant) -> Action {
        if byUser {
            restartCount = 0
            delay = TimeSpan(nanoseconds: 0)
            isStoppedByUser = false
        } else {
            restartCount += 1
        }
        phase = .running(since: now)
        return .proceed
    }

    private mutating func exited(_ code: Int32, _ now: Instant) -> Action {
        lastExitCode = code
        let isStable = if case .running(let start) = phase { now - start >= Self.stableRun } else { false }
        if isStable { delay = TimeSpan(nanoseconds: 0) }
        guard !isStoppedByUser, wantsRestart(after: code) else {
            phase = .resting
            return .stay
        }
        return schedule(now)
    }

    private mutating func schedule(_ now: Instant) -> Action {
        let doubled = TimeSpan(nanoseconds: min(delay.nanoseconds * 2, Self.longestDelay.nanoseconds))
        delay = max(doubled, Self.firstDelay)
        phase = .waiting(until: now + delay)
        return .restart(at: now + delay)
    }

    private func wantsRestart(after code: Int32) -> Bool {
        switch policy {
        case .no: false
        case .always, .unlessStopped: true
        case .onFailure(let maximum): code != 0 && maximum.map { restartCount < $0 } ?? true
        }
    }

    private mutating func stopped() -> Action {
        isStoppedByUser = true
        guard case .waiting = phase else { return .proceed }
        phase = .resting
        return .stay
    }

    private mutating func changePolicy(_ new: RestartPolicy, _ now: Instant) -> Action {
        policy = new
        guard case .waiting = phase, let lastExitCode, !wantsRestart(after: lastExitCode) else { return .proceed }
        phase = .resting
        return .stay
    }

    private mutating func adopted(isRunning: Bool, _ now: Instant) -> Action {
        switch phase {
        case .waiting(let time) where !isRunning:
            let due = max(time, now)
            phase = .waiting(until: due)
            return .restart(at: due)
        case .running where !isRunning:
            // Its shim is gone too, so that nobody knows how it ended; SIGKILL is the likeliest.
            return exited(137, now)
        case .resting where isRunning, .waiting where isRunning:
            phase = .running(since: now)
            return .proceed
        case .resting, .running, .waiting:
            return .proceed
        }
    }

    /// Docker's rule for the start of its daemon: `always` outlasts a stop by the user, `unless-stopped` doesn't.
    private mutating func booted(_ now: Instant) -> Action {
        let wasUp = phase != .resting
        phase = .resting
        let isWanted =
            switch policy {
            case .no: false
            case .always: true
            case .unlessStopped: !isStoppedByUser
            case .onFailure: !isStoppedByUser && (wasUp || wantsRestart(after: lastExitCode ?? 0))
            }
        guard isWanted else { return .stay }
        isStoppedByUser = false
        delay = TimeSpan(nanoseconds: 0)
        phase = .waiting(until: now)
        return .restart(at: now)
    }
}
