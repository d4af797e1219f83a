public import Addressing

/// The desired state of one project, resolved: nothing in it refers to a file's syntax, to the shell's environment or
/// to the host it runs on. Property names are the Compose Specification's in camel case, so that a path in this
/// tree (`environment.LOG_LEVEL`) is the path that a user knows.
public struct Stack: Codable, Equatable, Sendable {
    /// The project's name (Compose specification, chapter "Version and name").
    public var name: String
    /// The absolute directory that relative paths were resolved against.
    public var workingDirectory: String
    /// Absolute paths of the files that it was read from.
    public var files: [String]
    /// The services that are enabled, by name.
    public var services: [String: Service]
    /// Services that profiles disable; named in messages, and not orphans.
    public var disabledServices: [String]
    /// The networks that an enabled service uses, by their key in the file.
    public var networks: [String: StackNetwork]
    /// The named volumes that an enabled service uses, by their key in the file.
    public var volumes: [String: StackVolume]

    public init(
        name: String, workingDirectory: String, files: [String] = [], services: [String: Service] = [:],
        disabledServices: [String] = [], networks: [String: StackNetwork] = [:], volumes: [String: StackVolume] = [:]
    ) {
        self.name = name
        self.workingDirectory = workingDirectory
        self.files = files
        self.services = services
        self.disabledServices = disabledServices
        self.networks = networks
        self.volumes = volumes
    }
}

/// A network of the stack.
public struct StackNetwork: Codable, Equatable, Sendable {
    /// The name on the host: `project_key`, or what the file says.
    public var name: String
    /// It must exist already and is never made or removed.
    public var external: Bool
    /// `bridge`, the only driver so far.
    public var driver: String
    public var driverOpts: [String: String]
    /// No way out to other networks.
    public var isInternal: Bool
    public var ipam: [AddressRange]
    public var labels: [String: String]

    public init(
        name: String, external: Bool = false, driver: String = "bridge", driverOpts: [String: String] = [:],
        isInternal: Bool = false, ipam: [AddressRange] = [], labels: [String: String] = [:]
    ) {
        self.name = name
        self.external = external
        self.driver = driver
        self.driverOpts = driverOpts
        self.isInternal = isInternal
        self.ipam = ipam
        self.labels = labels
    }
}

/// One entry of `ipam.config`.
public struct AddressRange: Codable, Equatable, Sendable {
    public var subnet: Prefix?
    public var gateway: IPAddress?
    public var ipRange: Prefix?
    /// Addresses of the subnet that others than containers have, by a name that only people read. Records of before have
    /// none.
    public var auxAddresses: [String: IPAddress]?

    public init(
        subnet: Prefix? = nil, gateway: IPAddress? = nil, ipRange: Prefix? = nil,
        auxAddresses: [String: IPAddress]? = nil
    ) {
        self.subnet = subnet
        self.gateway = gateway
        self.ipRange = ipRange
        self.auxAddresses = auxAddresses
    }

    /// `nil` where a text is none of what it should be.
    public init?(subnet: String?, gateway: String?, ipRange: String?) {
        self.init()
        if let subnet {
            guard let prefix = Prefix(subnet) else { return nil }
            self.subnet = prefix
        }
        if let gateway {
            guard let address = IPAddress(gateway) else { return nil }
            self.gateway = address
        }
        if let ipRange {
            guard let prefix = Prefix(ipRange) else { return nil }
            self.ipRange = prefix
        }
    }
}

/// A named volume of the stack.
public struct StackVolume: Codable, Equatable, Sendable {
    /// The name on the host: `project_key`, or what the file says.
    public var name: String
    /// It must exist already and is never made or removed.
    public var external: Bool
    public var driver: String
    public var driverOpts: [String: String]
    public var labels: [String: String]

    public init(
        name: String, external: Bool = false, driver: String = "local", driverOpts: [String: String] = [:],
        labels: [String: String] = [:]
    ) {
        self.name = name
        self.external = external
        self.driver = driver
        self.driverOpts = driverOpts
        self.labels = labels
    }
}
