public import StackModel

/// When a container that ended by itself is started again, by Docker's rules: the delay doubles from 100 ms to a minute
/// and begins anew after a run of ten seconds.
public struct RestartSchedule: Codable, Equatable, Sendable {
    public internal(set) var policy: RestartPolicy
    /// Restarts since the user started it; shown by `inspect`, and what `on-failure:N` counts.
    public internal(set) var count = 0
    private var delay = TimeSpan(nanoseconds: 0)

    static let firstDelay = TimeSpan.milliseconds(100)
    static let longestDelay = TimeSpan.seconds(60)
    /// A run of this length is a success.
    static let stableRun = TimeSpan.seconds(10)

    init(policy: RestartPolicy) { self.policy = policy }

    /// A user started it: counting begins anew.
    mutating func reset() {
        count = 0
        delay = TimeSpan(nanoseconds: 0)
    }

    func wantsRestart(after code: Int32) -> Bool {
        switch policy {
        case .no: false
        case .always, .unlessStopped: true
        case .onFailure(let maximum): code != 0 && maximum.map { count < $0 } ?? true
        }
    }

    /// The time of the next start; `nil` if there is none.
    mutating func next(after code: Int32, ranFor length: TimeSpan, now: Instant) -> Instant? {
        wantsRestart(after: code) ? pause(ranFor: length, now: now) : nil
    }

    /// The time of the next start, which is certain.
    mutating func pause(ranFor length: TimeSpan, now: Instant) -> Instant {
        if length >= Self.stableRun { delay = TimeSpan(nanoseconds: 0) }
        let doubled = TimeSpan(nanoseconds: min(delay.nanoseconds * 2, Self.longestDelay.nanoseconds))
        delay = max(doubled, Self.firstDelay)
        return now + delay
    }
}
