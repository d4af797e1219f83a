/// How a service's image is built (Compose Build specification).
public struct BuildSettings: Codable, Equatable, Sendable {
    /// An absolute path, or a URL.
    public var context = "."
    /// In the context unless it is absolute.
    public var dockerfile: String?
    /// In the Dockerfile's place.
    public var inline: String?
    /// Directories, images (`docker-image://`) and services' images (`service:`) by the names that the file may use.
    public var additionalContexts: [String: String] = [:]
    public var arguments: [String: String] = [:]
    public var target: String?
    public var labels: [String: String] = [:]
    /// Further names of the image.
    public var tags: [String] = []
    public var noCache = false
    /// Stages that don't use earlier results.
    public var uncachedStages: [String] = []
    /// Newer base images are fetched.
    public var pull = false
    public var network: String?
    public var extraHosts: [ExtraHost] = []
    /// Bytes.
    public var shmSize: Int64?
    public var ulimits: [String: ResourceLimitRange] = [:]
    public var privileged = false
    public var entitlements: [String] = []
    public var secrets: [FileGrant] = []
    /// `default` for the agent of whoever builds, or `ID: PATH` of an agent's socket.
    public var ssh: [String] = []
    public var platforms: [String] = []

    public init() {}
}
