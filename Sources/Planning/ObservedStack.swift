public import StackModel

/// What exists of one project, as the engines report it. The counterpart of ``StackModel/Stack``.
public struct ObservedStack: Codable, Equatable, Sendable {
    /// The project's name.
    public var name: String
    /// All containers of the project, one-off ones and half-made ones included, in any order.
    public var containers: [ObservedContainer]
    /// The networks made for the project, by their name on the host, as they were defined when they were made.
    public var networks: [String: StackNetwork]
    /// The named volumes made for the project, by their name on the host, as they were defined then.
    public var volumes: [String: StackVolume]

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

/// A container that exists, with everything that it was made from.
public struct ObservedContainer: Codable, Equatable, Sendable {
    public var id: String
    public var name: String
    public var service: String
    /// The replica's number, from 1.
    public var number: Int
    /// Made by `run`: no replica of its service.
    public var isOneOff: Bool
    /// Decides which of two containers with the same number, left by an interrupted recreation, is the newer one.
    public var created: Instant
    /// The reference that the container was made with, as the file spelled it.
    public var image: String
    /// The digest of the image's configuration.
    public var imageID: String
    public var settings: ContainerSettings
    /// The service's `depends_on` when the container was made: `down` needs no file.
    public var dependsOn: [String: Dependency]
    /// The definitions of the networks it was made with, by their key in the file.
    public var networks: [String: StackNetwork]
    /// The definitions of the named volumes it was made with, by their key in the file.
    public var volumes: [String: StackVolume]
    public var state: ContainerState
    public var health: HealthStatus

    public init(
        id: String, name: String, service: String, number: Int, isOneOff: Bool = false,
        created: Instant = Instant(nanoseconds: 0), image: String, imageID: String, settings: ContainerSettings,
        dependsOn: [String: Dependency] = [:], networks: [String: StackNetwork] = [:],
        volumes: [String: StackVolume] = [:], state: ContainerState, health: HealthStatus = .none
    ) {
        self.id = id
        self.name = name
        self.service = service
        self.number = number
        self.isOneOff = isOneOff
        self.created = created
        self.image = image
        self.imageID = imageID
        self.settings = settings
        self.dependsOn = dependsOn
        self.networks = networks
        self.volumes = volumes
        self.state = state
        self.health = health
    }

    /// How plans refer to it.
    public var reference: ContainerReference {
        ContainerReference(service: service, number: number, name: name, id: id)
    }
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
    /// Its making or removal was interrupted: it can only be removed.
    case incomplete

    /// Whether something has to be stopped before it can be removed.
    public var isAlive: Bool {
        switch self {
        case .running, .restarting: true
        case .created, .exited, .incomplete: false
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
