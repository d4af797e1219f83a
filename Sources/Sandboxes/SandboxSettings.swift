public import Launching

/// What a launch needs beyond the bundle's `config.json`: places on the host, and the container's network.
public struct SandboxSettings: Sendable {
    /// The container's id.
    public var id: String
    /// The image's layers as directories, top first.
    public var layers: [String]
    /// The container's own writable layer, and overlayfs's scratch directory beside it.
    public var upper: String
    public var work: String
    /// The directory that the root file system is mounted on, inside the container's mount namespace only.
    public var mountPoint: String
    public var network: SandboxNetwork
    /// Ports of the host that are published to this container.
    public var heldPorts: [HeldPort]
    /// A finished filter; empty for none.
    public var seccomp: [UInt8]
    /// `init: true`.
    public var reaper: Bool
    public var openStandardInput: Bool
    /// Directories of the host that containers write to, of which only a part is bound: the way to that part must not
    /// lead out.
    public var sharedSources: [String]
    /// Files of the host of which the container gets copies of its own, with a bound to all that it writes to them; by
    /// their paths on the host. Bound themselves, they would be a way to fill the host's file system.
    public var ownFiles: [String: [UInt8]] = [:]
    /// How control groups are made on this host.
    public var cgroups: CgroupCompiler
    /// Every device of the host is usable, nothing is masked or read-only.
    public var privileged: Bool
    public var monitor: MonitorSettings
    /// A root file system that exists already, instead of layers.
    public var boundRoot: String?
    /// Who watches the container, if not the shim.
    public var handOver: HandOver?

    public init(
        id: String, layers: [String], upper: String, work: String, mountPoint: String, cgroups: CgroupCompiler,
        network: SandboxNetwork = .none, heldPorts: [HeldPort] = [], seccomp: [UInt8] = [], reaper: Bool = false,
        openStandardInput: Bool = false, sharedSources: [String] = [], privileged: Bool = false,
        monitor: MonitorSettings = .init()
    ) {
        self.id = id
        self.layers = layers
        self.upper = upper
        self.work = work
        self.mountPoint = mountPoint
        self.network = network
        self.heldPorts = heldPorts
        self.seccomp = seccomp
        self.reaper = reaper
        self.openStandardInput = openStandardInput
        self.sharedSources = sharedSources
        self.cgroups = cgroups
        self.privileged = privileged
        self.monitor = monitor
    }
}

/// The network that a container sees.
public enum SandboxNetwork: Sendable, Equatable {
    /// A namespace of its own with the loopback link only.
    case none
    /// The host's.
    case host
    /// Another container's, by the path of its namespace.
    case joined(path: String)
    /// A namespace of its own, attached to bridges; the first endpoint has the default route.
    case endpoints([SandboxEndpoint], SandboxNames)
}

/// Where a container's name service listens.
public struct SandboxNames: Sendable, Equatable {
    /// Of IPv4, in network order.
    public var address: [UInt8]
    public var port: UInt16
    /// What leads the container's questions there: a transaction of netfilter's netlink.
    public var redirection: [UInt8]

    public init(address: [UInt8], port: UInt16, redirection: [UInt8]) {
        self.address = address
        self.port = port
        self.redirection = redirection
    }
}

/// A container's place on one network.
public struct SandboxEndpoint: Sendable, Equatable {
    public var hostLink: String
    public var bridge: String
    /// `eth0`, `eth1`, …
    public var name: String
    public var mac: [UInt8]
    /// At most one of each family.
    public var addresses: [SandboxAddress]
    public var mtu: UInt32

    public init(
        hostLink: String, bridge: String, name: String, mac: [UInt8], addresses: [SandboxAddress], mtu: UInt32 = 1500
    ) {
        self.hostLink = hostLink
        self.bridge = bridge
        self.name = name
        self.mac = mac
        self.addresses = addresses
        self.mtu = mtu
    }
}

/// An address of a container. Addresses are 4 or 16 bytes in network order.
public struct SandboxAddress: Sendable, Equatable {
    public var address: [UInt8]
    public var prefixLength: UInt8
    /// `nil` on a network without a way out.
    public var gateway: [UInt8]?

    public init(address: [UInt8], prefixLength: UInt8, gateway: [UInt8]?) {
        self.address = address
        self.prefixLength = prefixLength
        self.gateway = gateway
    }
}

/// A port of the host that the shim holds.
public struct HeldPort: Sendable, Equatable {
    public var `protocol`: HeldProtocol
    public var address: [UInt8]
    public var port: UInt16
    /// Shims that hold it for the same service.
    public var sharers: [PortSharer]

    public init(protocol: HeldProtocol, address: [UInt8], port: UInt16, sharers: [PortSharer] = []) {
        self.protocol = `protocol`
        self.address = address
        self.port = port
        self.sharers = sharers
    }
}
