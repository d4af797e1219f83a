/// Everything that a container is made from. It is self-contained: neither a stack's file nor a registry has to be asked
/// to make the container again.
public struct ContainerSpec: Codable, Equatable, Sendable {
    /// The container's name on the host.
    public var name: String
    public var owner: ContainerOwner
    /// As the file spells it.
    public var image: String
    /// What the image has to run on, `linux/arm64`; `nil` for this machine.
    public var platform: String?
    /// The digest of the image's configuration.
    public var imageID: String
    public var settings: ContainerSettings
    /// The service's `depends_on` when the container was made: `down` needs no file.
    public var dependsOn: [String: Dependency]
    /// The definitions of the networks and volumes that it uses, by their key in the file.
    public var networks: [String: StackNetwork]
    public var volumes: [String: StackVolume]
    /// The digests of what files of the host held when the container was made, by the path of the setting that names
    /// them: `configs.app`, `volumes./etc/nginx.conf`.
    public var contents: [String: String]
    public var projectDirectory: String
    public var files: [String]
    /// It runs to its end: ``Service/isJob``. `nil`, as in records of versions that had none, if it doesn't.
    public var isJob: Bool?
    /// `nil` for a container that nobody waits for.
    public var run: RunSettings?

    public init(
        name: String, owner: ContainerOwner, image: String, platform: String? = nil, imageID: String,
        settings: ContainerSettings = .init(),
        dependsOn: [String: Dependency] = [:], networks: [String: StackNetwork] = [:],
        volumes: [String: StackVolume] = [:], contents: [String: String] = [:], projectDirectory: String = "/",
        files: [String] = []
    ) {
        self.name = name
        self.owner = owner
        self.image = image
        self.platform = platform
        self.imageID = imageID
        self.settings = settings
        self.dependsOn = dependsOn
        self.networks = networks
        self.volumes = volumes
        self.contents = contents
        self.projectDirectory = projectDirectory
        self.files = files
    }
}

/// For whom a container exists.
public enum ContainerOwner: Codable, Hashable, Sendable {
    /// One of a service's interchangeable containers; numbers count from 1.
    case replica(stack: String, service: String, number: Int)
    /// Made by `run` for a service.
    case oneOff(stack: String, service: String, number: Int)
    /// A step of a build.
    case build(String)
    /// Made by a user, for nobody else.
    case none

    public var stack: String? {
        switch self {
        case .replica(let stack, _, _), .oneOff(let stack, _, _): stack
        case .build, .none: nil
        }
    }

    public var service: String? {
        switch self {
        case .replica(_, let service, _), .oneOff(_, let service, _): service
        case .build, .none: nil
        }
    }

    /// The container's number in its service; 1 where there is none.
    public var number: Int {
        switch self {
        case .replica(_, _, let number), .oneOff(_, _, let number): number
        case .build, .none: 1
        }
    }

    public var isOneOff: Bool {
        if case .oneOff = self { true } else { false }
    }
}
