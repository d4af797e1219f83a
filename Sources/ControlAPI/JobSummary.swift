/// One entry of `GET /v1/stacks/NAME/jobs`: a service that runs to its end. Times are seconds since 1970.
public struct JobSummary: Codable, Equatable, Sendable {
    /// How a run ended, or where it is.
    public enum State: String, Codable, Sendable {
        case created, running, succeeded, failed
    }

    public var service: String
    /// The cron expression; `nil`: it runs when the stack comes up.
    public var schedule: String?
    /// `nil`: the host's own.
    public var timeZone: String?
    public var isSuspended = false
    /// Runs that are under way.
    public var active = 0
    /// The time of the last run that wasn't started by hand.
    public var last: Int64?
    /// `nil`: none will come.
    public var next: Int64?
    /// Of the newest run that is kept.
    public var state: State?

    public init(service: String) { self.service = service }
}
