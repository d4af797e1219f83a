public import Addressing

/// A service: how many containers, of what, after whom.
public struct Service: Codable, Equatable, Sendable {
    public var name: String
    /// As written: a reference, `oci:PATH[:TAG]` or `oci-archive:PATH[:TAG]` with an absolute path.
    public var image: String
    /// How the image is made; `nil`: it is pulled.
    public var build: BuildSettings?
    /// What the image has to run on, `linux/arm64`; `nil` for this machine.
    public var platform: String?
    public var pullPolicy: PullPolicy
    /// `scale` or `deploy.replicas`; 1 if neither is said.
    public var scale: Int
    /// By the name of the service that this one depends on.
    public var dependsOn: [String: Dependency]
    public var profiles: [String]
    /// Whether `up` shows the output; `nil`: it does.
    public var attach: Bool?
    /// What the file says of how its containers are replaced.
    public var update: UpdateSettings?
    /// What happens when files of the host change; nobody but `watch` goes by it.
    public var watch: [WatchRule]?
    // `nil`, as in ledgers of versions that had neither.
    /// Its containers run to their end: `deploy.mode` is `replicated-job` or `global-job`.
    public var isJob: Bool?
    /// Its containers run at these times; none is there in between.
    public var schedule: ScheduleSettings?
    /// Everything of which a change makes new containers.
    public var container: ContainerSettings

    public init(
        name: String, image: String, platform: String? = nil, pullPolicy: PullPolicy = .missing, scale: Int = 1,
        dependsOn: [String: Dependency] = [:], profiles: [String] = [], container: ContainerSettings = .init()
    ) {
        self.name = name
        self.image = image
        self.platform = platform
        self.pullPolicy = pullPolicy
        self.scale = scale
        self.dependsOn = dependsOn
        self.profiles = profiles
        self.container = container
    }

    /// Tells images apart, as far as the stack file does: by reference and platform.
    public var imageKey: String { platform.map { "\(image) \($0)" } ?? image }
}

/// One entry of `depends_on`.
public struct Dependency: Codable, Equatable, Sendable {
    public var condition: DependencyCondition
    /// The dependent service restarts when `up` recreates or restarts the dependency.
    public var restart: Bool
    /// `false`: a missing or failed dependency is only a warning.
    public var required: Bool

    public init(condition: DependencyCondition = .serviceStarted, restart: Bool = false, required: Bool = true) {
        self.condition = condition
        self.restart = restart
        self.required = required
    }
}

/// What a dependency must have reached.
public enum DependencyCondition: String, Codable, Sendable {
    case serviceStarted = "service_started"
    case serviceHealthy = "service_healthy"
    case serviceCompletedSuccessfully = "service_completed_successfully"
}

/// What a container of the service is made from; two equal values make interchangeable containers.
public struct ContainerSettings: Codable, Equatable, Sendable {
    /// `nil`: the image's. Empty: none.
    public var command: [String]?
    /// `nil`: the image's. Empty: none.
    public var entrypoint: [String]?
    /// Resolved: `env_file`s and `environment` merged. A variable without a value is not in it.
    public var environment: [String: String] = [:]
    public var workingDir: String?
    public var user: String?
    public var groupAdd: [String] = []
    public var hostname: String?
    public var domainname: String?
    public var containerName: String?
    public var ports: [PublishedPort] = []
    /// Ports that other services may count on, without those of the image.
    public var expose: [Port] = []
    public var volumes: [VolumeMount] = []
    public var networkMode: NetworkMode = .networks
    /// The networks it is attached to, by their key in the file.
    public var networks: [String: NetworkAttachment] = [:]
    public var healthcheck: HealthCheck?
    /// `nil`, as in records of versions that had none: there are none.
    public var probes: Probes?
    public var restart: RestartPolicy = .no
    public var resources: Resources = .init()
    public var capAdd: [String] = []
    public var capDrop: [String] = []
    public var privileged: Bool = false
    public var readOnly: Bool = false
    public var securityOpt: [SecurityOption] = []
    public var runInit: Bool = false
    public var stopSignal: Signal?
    public var stopGracePeriod: TimeSpan?
    /// Compose's default is ten seconds.
    public var effectiveStopGracePeriod: TimeSpan { stopGracePeriod ?? .seconds(10) }
    public var labels: [String: String] = [:]
    public var ulimits: [String: ResourceLimitRange] = [:]
    public var sysctls: [String: String] = [:]
    /// `nil`, as in records of versions that had none: no further ones.
    public var devices: [DeviceMapping]?
    public var deviceCgroupRules: [DeviceCgroupRule]?
    /// Bytes.
    public var shmSize: Int64?
    public var extraHosts: [ExtraHost] = []
    public var dns: [IPAddress] = []
    public var dnsSearch: [String] = []
    public var dnsOpt: [String] = []
    public var tty: Bool = false
    public var stdinOpen: Bool = false
    public var secrets: [FileGrant] = []
    public var configs: [FileGrant] = []
    public var logging: LogSettings = .init()
    /// OCI hooks, from `x-oci-hooks`.
    public var hooks: [LifecycleHook] = []
    // `nil`, as in records of versions that had none of these: what a container has where nothing is said.
    public var annotations: [String: String]?
    public var pid: NamespaceMode?
    public var ipc: NamespaceMode?
    public var uts: NamespaceMode?
    public var cgroup: NamespaceMode?
    /// By the name under which the container reaches what it names.
    public var links: [String: LinkedContainer]?
    public var volumesFrom: [VolumeSource]?
    /// What runs in the container after each start that a command asks for, in this order.
    public var postStart: [ServiceHook]?
    /// What runs in the container before a command stops it, in this order.
    public var preStop: [ServiceHook]?

    public init() {}
}

/// `restart`, and `deploy.restart_policy` where that is said.
public enum RestartPolicy: Codable, Equatable, Sendable, CustomStringConvertible {
    case no
    case always
    case unlessStopped
    /// `nil`: without end.
    case onFailure(maximumRetries: Int?)

    /// As the Compose file spells it.
    public init?(attribute text: String) {
        switch text {
        case "", "no": self = .no
        case "always": self = .always
        case "unless-stopped": self = .unlessStopped
        case "on-failure": self = .onFailure(maximumRetries: nil)
        default:
            guard text.hasPrefix("on-failure:"), let count = Int(text.dropFirst(11)), count >= 0 else { return nil }
            self = .onFailure(maximumRetries: count)
        }
    }

    /// As the Compose file spells it.
    public var description: String {
        switch self {
        case .no: "no"
        case .always: "always"
        case .unlessStopped: "unless-stopped"
        case .onFailure(nil): "on-failure"
        case .onFailure(let retries?): "on-failure:\(retries)"
        }
    }
}

/// `network_mode`.
public enum NetworkMode: Codable, Equatable, Sendable {
    /// The `networks` of the service.
    case networks
    case none
    case host
    case service(String)
    case container(String)
}

/// A service's place on a network.
public struct NetworkAttachment: Codable, Equatable, Sendable {
    public var aliases: [String]
    public var ipv4Address: IPv4Address?
    public var macAddress: MACAddress?
    /// Higher first: which network gives the default route.
    public var priority: Int
    /// Names that this container alone has for others on its networks (`network connect --link`), by the name.
    public var links: [String: LinkedContainer]?

    public init(
        aliases: [String] = [], ipv4Address: IPv4Address? = nil, macAddress: MACAddress? = nil, priority: Int = 0
    ) {
        self.aliases = aliases
        self.ipv4Address = ipv4Address
        self.macAddress = macAddress
        self.priority = priority
    }
}

/// One published port. A range in the file becomes one value a port; a range of host ports for one container port
/// keeps its ends, and the first free one is taken.
public struct PublishedPort: Codable, Equatable, Hashable, Sendable {
    /// The host's address; `nil`: all.
    public var hostIP: IPAddress?
    /// `nil`: an ephemeral port chosen at the start.
    public var published: ClosedRange<UInt16>?
    public var target: UInt16
    public var `protocol`: TransportProtocol

    public init(
        hostIP: IPAddress? = nil, published: ClosedRange<UInt16>?, target: UInt16, protocol: TransportProtocol = .tcp
    ) {
        self.hostIP = hostIP
        self.published = published
        self.target = target
        self.protocol = `protocol`
    }
}
