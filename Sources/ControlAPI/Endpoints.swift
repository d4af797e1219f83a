// The table of everything that a supervisor can be asked. docs/api.md lists it; a test compares the two.

extension Endpoint where Body == NoBody, Answer == SupervisorVersion {
    public static var version: Self { .init(.get, "/v1/version", .document) }
}

// MARK: Stacks

extension Endpoint where Body == NoBody, Answer == [StackSummary] {
    public static var stacks: Self { .init(.get, "/v1/stacks", .document) }
}

extension Endpoint where Body == NoBody, Answer == [ContainerSummary] {
    public static var containers: Self { .init(.get, "/v1/stacks/{stack}/containers", .document) }
}

extension Endpoint where Body == NoBody, Answer == [ContainerImageSummary] {
    /// The images of a stack's containers.
    public static var stackImages: Self { .init(.get, "/v1/stacks/{stack}/images", .document) }
}

extension Endpoint where Body == NoBody, Answer == [String: String] {
    /// The launch programs of a stack's containers by the containers' names, and its ruleset, as text.
    public static var launchPrograms: Self { .init(.get, "/v1/stacks/{stack}/launch", .document) }
}

extension Endpoint where Body == NoBody, Answer == LogEvent {
    /// Its query is ``LogSelection/query``.
    public static var logs: Self { .init(.get, "/v1/stacks/{stack}/logs", .lines) }
}

extension Endpoint where Body == UpRequest, Answer == CommandEvent {
    public static var up: Self { .init(.post, "/v1/stacks/{stack}/up", .lines) }
}

extension Endpoint where Body == PullRequest, Answer == CommandEvent {
    public static var pull: Self { .init(.post, "/v1/stacks/{stack}/pull", .lines) }
}

extension Endpoint where Body == DownRequest, Answer == CommandEvent {
    public static var down: Self { .init(.post, "/v1/stacks/{stack}/down", .lines) }
}

extension Endpoint where Body == SignalRequest, Answer == CommandEvent {
    public static func lifecycle(_ verb: LifecycleVerb) -> Self {
        .init(.post, "/v1/stacks/{stack}/\(verb.rawValue)", .lines)
    }
}

extension Endpoint where Body == ExecRequest, Answer == ExecReply {
    public static var exec: Self { .init(.post, "/v1/stacks/{stack}/exec", .document) }
}

// MARK: Containers

extension Endpoint where Body == NoBody, Answer == JSONDocument {
    /// The shape of `docker inspect`.
    public static var container: Self { .init(.get, "/v1/containers/{container}", .document) }
}

extension Endpoint where Body == PruneRequest, Answer == CommandEvent {
    public static var prune: Self { .init(.post, "/v1/prune", .lines) }
}

/// What happens to containers that exist.
public enum LifecycleVerb: String, Codable, CaseIterable, Sendable {
    case stop, start, restart, kill
}
