/// One entry of `post_start` or `pre_stop`: a command in the running container (Compose specification, "Lifecycle
/// hooks"). What it doesn't say is as for the container's own process.
public struct ServiceHook: Codable, Hashable, Sendable {
    public var command: [String]
    /// `nil`: the container's.
    public var user: String?
    /// It may do what root on the host may.
    public var privileged: Bool
    /// `nil`: the container's.
    public var workingDir: String?
    /// Beside the container's.
    public var environment: [String: String]

    public init(
        command: [String] = [], user: String? = nil, privileged: Bool = false, workingDir: String? = nil,
        environment: [String: String] = [:]
    ) {
        self.command = command
        self.user = user
        self.privileged = privileged
        self.workingDir = workingDir
        self.environment = environment
    }
}
