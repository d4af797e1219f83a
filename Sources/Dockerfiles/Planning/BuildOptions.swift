public import OCI

/// What a build is given beside its Dockerfile.
public struct BuildOptions: Equatable, Sendable {
    /// `--build-arg`, resolved.
    public var arguments: [String: String] = [:]
    /// A stage's name, or its number; `nil`: the last one.
    public var target: String?
    /// What the image shall run on; `nil`: what its base runs on.
    public var platform: Platform?
    /// This machine.
    public var host: Platform
    public var labels: [String: String] = [:]
    /// Names of stages that don't use earlier results; `*` stands for all.
    public var uncached: Set<String> = []
    /// Directories and images that stand for names in the file.
    public var contexts: [String: NamedContext] = [:]
    /// What of the context doesn't belong to it.
    public var ignoring = IgnoreRules()

    public init(host: Platform = .host) { self.host = host }
}

/// What an additional context is.
public enum NamedContext: Equatable, Sendable {
    /// A directory, under its name.
    case directory
    case image(String)
}

/// What the planner has to be told of an image.
public struct KnownImage: Equatable, Sendable {
    /// The digest of the configuration.
    public var id: Digest
    /// What the name stood for in its registry.
    public var root: Digest?
    public var configuration: ImageConfiguration

    public init(id: Digest, root: Digest? = nil, configuration: ImageConfiguration) {
        self.id = id
        self.root = root
        self.configuration = configuration
    }
}

/// What planning comes to.
public enum PlanningResult: Equatable, Sendable {
    /// First these have to be looked up.
    case needs([BaseImage])
    case program(BuildProgram)
}
