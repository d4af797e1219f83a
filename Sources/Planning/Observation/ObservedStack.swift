public import StackModel

/// What exists of one project, as the engines report it. The counterpart of ``StackModel/Stack``. Everything that a plan
/// is made from stands here, so that whoever carries it out has nothing left to decide.
public struct ObservedStack: Codable, Equatable, Sendable {
    /// The project's name.
    public var name: String
    /// All containers of the project, one-off ones included, in any order.
    public var containers: [ObservedContainer]
    /// The networks made for the project, by their name on the host, as they were defined when they were made.
    public var networks: [String: StackNetwork]
    /// The named volumes made for the project, by their name on the host, as they were defined then.
    public var volumes: [String: StackVolume]
    /// Networks and volumes that the project only uses, and that exist.
    public var externalNetworks: Set<String> = []
    public var externalVolumes: Set<String> = []
    /// The names of other projects' containers that use a network or a volume of this one, by its name.
    public var networkUsers: [String: [String]] = [:]
    public var volumeUsers: [String: [String]] = [:]
    /// By ``Service/imageKey``.
    public var images: [String: ObservedImage] = [:]
    /// The digests of what files of the host hold now, by service and by the path of the setting that names them.
    public var contents: [String: [String: String]] = [:]

    public init(
        name: String, containers: [ObservedContainer] = [], networks: [String: StackNetwork] = [:],
        volumes: [String: StackVolume] = [:]
    ) {
        self.name = name
        self.containers = containers
        self.networks = networks
        self.volumes = volumes
    }
}

/// What is known of an image that a service names.
public struct ObservedImage: Codable, Equatable, Sendable {
    /// The digest of the configuration of the image in the store; `nil` if there is none.
    public var stored: String?
    /// How long ago it was last compared with its registry; `nil`: nobody knows.
    public var age: TimeSpan?
    /// What the registry has, where it was asked (``Plan/lookUps(_:observed:options:)``), and what a layout or an
    /// archive on this host holds.
    public var registry: RegistryImage?

    public init(stored: String? = nil, age: TimeSpan? = nil, registry: RegistryImage? = nil) {
        self.stored = stored
        self.age = age
        self.registry = registry
    }
}

/// What a registry has under a name.
public struct RegistryImage: Codable, Equatable, Sendable {
    /// The digest of the image's configuration.
    public var imageID: String
    /// The digest of what the name stands for: a manifest or an index.
    public var digest: String

    public init(imageID: String, digest: String) {
        self.imageID = imageID
        self.digest = digest
    }
}

/// A container that exists, with everything that it was made from.
@dynamicMemberLookup
public struct ObservedContainer: Codable, Equatable, Sendable {
    public var id: String
    /// Decides which of two containers with the same number, left by an interrupted recreation, is the newer one.
    public var created: Instant
    public var spec: ContainerSpec
    public var state: ContainerState
    public var health: HealthStatus
    /// It runs, and has been told to end.
    public var isEnding: Bool
    /// It has volumes that no other container knows, its image's among them.
    public var hasOwnVolumes: Bool
    /// The networks that it was connected to by hand, by their names on the host.
    public var connections: [String]?

    public init(
        id: String, created: Instant = Instant(nanoseconds: 0), spec: ContainerSpec, state: ContainerState,
        health: HealthStatus = .none, isEnding: Bool = false, hasOwnVolumes: Bool = false, connections: [String]? = nil
    ) {
        self.id = id
        self.created = created
        self.spec = spec
        self.state = state
        self.health = health
        self.isEnding = isEnding
        self.hasOwnVolumes = hasOwnVolumes
        self.connections = connections
    }

    public subscript<Value>(dynamicMember path: WritableKeyPath<ContainerSpec, Value>) -> Value {
        get { spec[keyPath: path] }
        set { spec[keyPath: path] = newValue }
    }

    /// Empty for a container of no service.
    public var service: String { spec.owner.service ?? "" }
    /// The replica's number, from 1.
    public var number: Int { spec.owner.number }
    /// Made by `run`: no replica of its service.
    public var isOneOff: Bool { spec.owner.isOneOff }

    /// How plans refer to it.
    public var reference: ContainerReference {
        ContainerReference(service: service, number: number, name: spec.name, id: id)
    }

    /// Whether it is attached to a network, by the network's name on the host.
    func isOn(_ network: String) -> Bool {
        isConnected(to: network) || spec.networks.values.contains { $0.name == network }
    }

    /// Whether somebody connected it to a network by hand: no file says so.
    func isConnected(to network: String) -> Bool { connections?.contains(network) == true }
}

/// Where a container is in its life.
public enum ContainerState: Codable, Equatable, Sendable {
    /// Made, never started.
    case created
    case running(since: Instant)
    /// Exited, and its restart policy is about to start it again.
    case restarting(exitCode: Int32)
    /// 128 plus the signal's number if a signal ended it.
    case exited(code: Int32)

    /// Whether something has to be stopped before it can be removed.
    public var isAlive: Bool {
        switch self {
        case .running, .restarting: true
        case .created, .exited: false
        }
    }

    /// Whether its process runs at this moment.
    public var isRunning: Bool {
        if case .running = self { true } else { false }
    }
}

/// What a container's health check says.
public enum HealthStatus: String, Codable, Sendable {
    /// The container has no health check.
    case none
    case starting, healthy, unhealthy
}
