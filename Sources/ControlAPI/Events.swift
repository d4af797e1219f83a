/// One line of the NDJSON answer to a command that changes something.
public enum CommandEvent: Codable, Equatable, Sendable {
    /// Progress of one thing.
    case progress(Progress)
    /// A line for the user that isn't progress: what the command waits for, a reason, "nothing to do".
    case notice(String)
    case warning(String)
    /// The plan's text form, before it is carried out.
    case plan(String)
    /// What it brought about, before the last line.
    case result(CommandResult)
    /// The last line of every answer.
    case finished(Outcome)
}

/// How one resource is doing; the fields are those of Docker Compose's `--progress json`.
public struct Progress: Codable, Equatable, Sendable {
    public enum Status: String, Codable, Sendable {
        case working = "Working"
        case done = "Done"
        case warning = "Warning"
        case error = "Error"
    }

    /// `Container shop-web-1`, `Network shop_default`, `Volume shop_data`, `Image redis`, or a layer's short digest.
    public var id: String
    /// The image of a layer.
    public var parentID: String?
    public var status: Status
    /// `Creating`, `Created`, `Starting`, `Started`, `Waiting`, `Healthy`, `Recreate`, `Recreated`, `Stopping`, …
    public var text: String
    /// Why: the plan's reason, or an error's message.
    public var details: String?
    /// Bytes.
    public var current: Int64?
    public var total: Int64?

    public init(
        id: String, parentID: String? = nil, status: Status, text: String, details: String? = nil,
        current: Int64? = nil, total: Int64? = nil
    ) {
        self.id = id
        self.parentID = parentID
        self.status = status
        self.text = text
        self.details = details
        self.current = current
        self.total = total
    }
}

/// How a command ended.
public struct Outcome: Codable, Equatable, Sendable {
    /// What the command line exits with.
    public var exitCode: Int32
    /// One line, or several where log lines of the culprit follow.
    public var error: String?
    /// Nothing had to be done.
    public var unchanged: Bool

    public init(exitCode: Int32 = 0, error: String? = nil, unchanged: Bool = false) {
        self.exitCode = exitCode
        self.error = error
        self.unchanged = unchanged
    }
}

/// One line of `GET /v1/stacks/NAME/logs?service=…&tail=N&follow=1&since=TIME&until=TIME`. A time is RFC 3339 in UTC
/// with nine digits of the second's fraction, as ``LogLine/time``, so that texts compare as instants do.
public enum LogEvent: Codable, Equatable, Sendable {
    case line(LogLine)
    /// A followed container has ended; one event a container and end.
    case exited(container: String, service: String, code: Int32, restarts: Bool)
    case started(container: String, service: String)
}

/// One line that a container wrote.
public struct LogLine: Codable, Equatable, Sendable {
    /// The container's name.
    public var container: String
    public var service: String
    public var number: Int
    /// `stdout` or `stderr`.
    public var stream: String
    /// RFC 3339 with nanoseconds, as in the log file.
    public var time: String
    /// With its line break, if it had one.
    public var text: String

    public init(container: String, service: String, number: Int, stream: String, time: String, text: String) {
        self.container = container
        self.service = service
        self.number = number
        self.stream = stream
        self.time = time
        self.text = text
    }
}
