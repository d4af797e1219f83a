/// `x-schedule` of a service: when its runs begin, with the fields and defaults of Kubernetes' CronJob (CronJobSpec v1).
public struct ScheduleSettings: Codable, Equatable, Sendable {
    /// What happens at a time at which an earlier run still goes on.
    public enum Concurrency: String, Codable, Sendable {
        case allow = "Allow"
        /// The time passes.
        case forbid = "Forbid"
        /// The earlier one is ended.
        case replace = "Replace"
    }

    public var expression: CronExpression
    /// A name of the zone database, `Europe/Berlin`; `nil`: the host's own.
    public var timeZone: String?
    public var concurrency: Concurrency
    /// Seconds after which a time that was missed stays missed; `nil`: none.
    public var startingDeadlineSeconds: Int64?
    public var isSuspended: Bool
    /// How many runs that ended well are kept.
    public var successfulHistoryLimit: Int
    /// How many others are kept.
    public var failedHistoryLimit: Int

    public init(
        _ expression: CronExpression, timeZone: String? = nil, concurrency: Concurrency = .allow,
        startingDeadlineSeconds: Int64? = nil, isSuspended: Bool = false, successfulHistoryLimit: Int = 3,
        failedHistoryLimit: Int = 1
    ) {
        self.expression = expression
        self.timeZone = timeZone
        self.concurrency = concurrency
        self.startingDeadlineSeconds = startingDeadlineSeconds
        self.isSuspended = isSuspended
        self.successfulHistoryLimit = successfulHistoryLimit
        self.failedHistoryLimit = failedHistoryLimit
    }

    /// Whether both come at the same times.
    public func hasTimes(of other: ScheduleSettings) -> Bool {
        expression == other.expression && timeZone == other.timeZone
    }
}

/// A run of a service that has a schedule.
public struct JobRun: Codable, Equatable, Sendable {
    /// The time that it is the run of, in seconds since 1970; `nil`: somebody started it by hand.
    public var time: Int64?

    public init(time: Int64? = nil) { self.time = time }
}
