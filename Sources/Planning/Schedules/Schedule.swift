public import StackModel

/// When a service's runs begin, with the rules of Kubernetes' CronJob.
public struct Schedule: Sendable {
    public var settings: ScheduleSettings
    public var zone: TimeZoneRules

    public init(_ settings: ScheduleSettings, in zone: TimeZoneRules = .utc) {
        self.settings = settings
        self.zone = zone
    }

    /// What a look at the clock comes to.
    public struct Decision: Equatable, Sendable {
        /// The time whose run begins now; seconds since 1970.
        public var run: Int64?
        /// The runs that are under way are ended first.
        public var endsOthers = false
        /// Times that passed without a run, this one's apart; counted up to ``mostMissed``.
        public var missed = 0
        /// When to look again.
        public var next: Int64?

        public init(run: Int64? = nil, endsOthers: Bool = false, missed: Int = 0, next: Int64? = nil) {
            self.run = run
            self.endsOthers = endsOthers
            self.missed = missed
            self.next = next
        }
    }

    /// As in Kubernetes: who sees so many was away for long.
    public static let mostMissed = 100

    /// Of all times that have come since the last run, only the latest is made up for.
    ///
    /// - Parameters:
    ///   - last: the time of the last run, or when the schedule was made.
    ///   - active: runs that are under way.
    public func decide(now: Int64, last: Int64, active: Int) -> Decision {
        if settings.isSuspended { return Decision() }
        let earliest = settings.startingDeadlineSeconds.map { max(last, now - $0 - 1) } ?? last
        let (due, missed) = latest(after: earliest, until: now)
        var decision = Decision(missed: missed, next: settings.expression.next(after: max(now, last), in: zone))
        guard let due else { return decision }
        // It stays due, and is made up for when the other one has ended, if it isn't too late then.
        if settings.concurrency == .forbid && active > 0 { return decision }
        decision.run = due
        decision.endsOthers = settings.concurrency == .replace && active > 0
        return decision
    }

    /// The next time as long as it isn't suspended.
    public func next(after time: Int64) -> Int64? {
        settings.isSuspended ? nil : settings.expression.next(after: time, in: zone)
    }

    private func latest(after start: Int64, until now: Int64) -> (time: Int64?, missed: Int) {
        var found: Int64?
        var count = 0
        var from = start
        while let time = settings.expression.next(after: from, in: zone), time <= now {
            (found, count, from) = (time, count + 1, time)
            guard count > Self.mostMissed else { continue }
            // Too many to count: the latest is looked for from the present backwards.
            var span: Int64 = 60
            while settings.expression.next(after: now - span, in: zone).map({ $0 > now }) ?? true { span *= 2 }
            var last = settings.expression.next(after: now - span, in: zone)
            while let time = last, let later = settings.expression.next(after: time, in: zone), later <= now {
                last = later
            }
            return (last, Self.mostMissed)
        }
        return (found, max(0, count - 1))
    }
}
