public import StackModel

/// One entry of `GET /v1/stacks/NAME/revisions`: the stack as one command wanted it.
public struct RevisionSummary: Codable, Equatable, Sendable {
    /// From 1; the highest one is wanted now.
    public var number: Int
    /// Nanoseconds since 1970.
    public var time: Int64
    /// As its user would recognise it: `up (pid 4711)`.
    public var command: String
    /// By service, what has changed since the revision before; empty for the first one that is known.
    public var changes: [String: [String]]

    public init(number: Int, time: Int64, command: String, changes: [String: [String]]) {
        self.number = number
        self.time = time
        self.command = command
        self.changes = changes
    }
}

/// `POST /v1/stacks/NAME/rollback`.
public struct RollbackRequest: Codable, Sendable {
    /// `nil`: the one before the one that is wanted now.
    public var revision: Int?
    public var removeOrphans = false
    public var wait = false
    /// `nil`: no bound.
    public var waitTimeout: TimeSpan?
    /// `nil`: each container's own.
    public var stopTimeout: TimeSpan?
    /// Answer with the plan, and change nothing.
    public var dryRun = false
    public var caller = ""

    public init() {}
}
