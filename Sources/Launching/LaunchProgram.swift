/// Everything `roost-shim` does to turn a bundle into a running container, in order, as a value.
///
/// The program is computed without side effects (`Sandboxes`), printed by ``LaunchProgram/text`` and carried to the
/// shim in ``LaunchProgram/wire``. The shim decides nothing: it performs the steps one after the other, and on the
/// first failure reports the step's number, the errno and leaves what it made to be undone.
public struct LaunchProgram: Equatable, Sendable {
    /// The container's id, used in messages.
    public var container: String
    /// Steps in the host's namespaces, before the container's process exists.
    public var outside: [OutsideStep]
    /// The namespaces that the container's first process gets, and those that it joins.
    public var namespaces: NamespaceSettings
    /// Where the process is counted and limited. Applied before the process runs anything of the image.
    public var cgroup: CgroupProgram
    /// Steps inside the new namespaces, before the image's command is executed.
    public var inside: [InsideStep]
    /// The command and the rights it has.
    public var process: ProcessSettings
    /// What the shim does while the container runs.
    public var monitor: MonitorSettings

    public init(
        container: String, outside: [OutsideStep] = [], namespaces: NamespaceSettings = .init(),
        cgroup: CgroupProgram = .init(), inside: [InsideStep] = [], process: ProcessSettings = .init(),
        monitor: MonitorSettings = .init()
    ) {
        self.container = container
        self.outside = outside
        self.namespaces = namespaces
        self.cgroup = cgroup
        self.inside = inside
        self.process = process
        self.monitor = monitor
    }
}

/// A transport-layer protocol of a held port, with its number in the IP header.
public enum HeldProtocol: UInt8, Equatable, Sendable {
    case tcp = 6
    case udp = 17
    case sctp = 132

    /// The lower-case name.
    public var name: String {
        switch self {
        case .tcp: "tcp"
        case .udp: "udp"
        case .sctp: "sctp"
        }
    }
}

/// A shim that may have a port already and shares it: that of another container of the same service.
public struct PortSharer: Equatable, Sendable {
    public var pid: Int32
    /// Clock ticks since boot (`/proc/PID/stat`, field 22): the pid alone could be another process's by now.
    public var startTime: UInt64

    public init(pid: Int32, startTime: UInt64) {
        self.pid = pid
        self.startTime = startTime
    }
}

/// A step that the shim performs in the host's namespaces, in the given order, before it clones the container's
/// first process. The steps that speak of the container's network namespace run in it through a socket that was
/// opened while the shim was there.
public enum OutsideStep: Equatable, Sendable {
    /// Binds the host's port and keeps the socket as long as the container lives, so that nothing else takes it
    /// while nftables forwards it. `address` is 4 or 16 bytes in network order. Where one of the sharers has the port,
    /// its socket is taken part in: the port is free when the last of them has ended.
    case holdPort(HeldProtocol, address: [UInt8], port: UInt16, sharers: [PortSharer] = [])
    /// Makes a new network namespace, with its loopback link up. Everything below happens to it.
    case newNetwork
    /// One pair of links: `host` in the host's namespace, attached to `bridge` and up; `name` in the container's.
    case link(host: String, bridge: String, name: String, mac: [UInt8], mtu: UInt32)
    /// An address (4 or 16 bytes, network order) on a link of the container, which is brought up.
    case address(link: String, address: [UInt8], prefixLength: UInt8)
    /// A route of the container; an empty destination is the default route.
    case route(destination: [UInt8], prefixLength: UInt8, gateway: [UInt8])
    /// UDP and TCP sockets bound in the container's network namespace, held open by the shim under the
    /// descriptor numbers ``MonitorSettings/nameSocketDescriptors``, served by the supervisor.
    case nameSockets(address: [UInt8], port: UInt16)
    /// Sends a transaction of netfilter's netlink in the container's network namespace; the name is for people.
    case packetFilter(name: String, transaction: [UInt8])
    /// Runs an OCI hook (runtime-spec, config.md#posix-platform-hooks) with the container's state on its standard
    /// input; a failure ends the launch.
    case hook(HookSettings)
    /// Makes a directory with the mode, if it is missing.
    case directory(path: String, mode: UInt32)
}

/// An OCI hook. `timeout` is in seconds, 0 for the shim's own bound.
public struct HookSettings: Equatable, Sendable {
    public var path: String
    public var arguments: [String]
    public var environment: [String]
    public var timeout: UInt32
    /// The runtime-spec state as JSON, with `%PID%` where the process's id belongs.
    public var state: String

    public init(path: String, arguments: [String], environment: [String], timeout: UInt32, state: String) {
        self.path = path
        self.arguments = arguments
        self.environment = environment
        self.timeout = timeout
        self.state = state
    }
}

/// The kinds of namespaces (`man 7 namespaces`).
public enum NamespaceKind: UInt8, CaseIterable, Equatable, Sendable {
    case mount, uts, ipc, pid, network, cgroup, user, time
}

/// New namespaces and joined ones.
public struct NamespaceSettings: Equatable, Sendable {
    /// Made by `clone3` (the network namespace is made earlier, by ``OutsideStep/newNetwork``, and is not in this list).
    public var new: [NamespaceKind]
    /// Joined before the clone, by path (`/proc/PID/ns/net`).
    public var joined: [JoinedNamespace]
    /// Lines for `/proc/PID/timens_offsets` of a new time namespace: a clock, seconds and nanoseconds.
    public var timeOffsets: [String] = []
    /// What ids of a new user namespace are outside of it.
    public var userMappings: [IDMapping] = []
    public var groupMappings: [IDMapping] = []

    public init(new: [NamespaceKind] = [.mount, .uts, .ipc, .pid, .cgroup], joined: [JoinedNamespace] = []) {
        self.new = new
        self.joined = joined
    }
}

/// Ids of a user namespace, from `inside` on, and those that they are outside, from `outside` on.
public struct IDMapping: Equatable, Sendable {
    public var inside: UInt32
    public var outside: UInt32
    public var count: UInt32

    public init(inside: UInt32, outside: UInt32, count: UInt32) {
        self.inside = inside
        self.outside = outside
        self.count = count
    }

    /// As a line of `/proc/PID/uid_map` (`man 7 user_namespaces`).
    public var text: String { "\(inside) \(outside) \(count)" }
}

/// A namespace of another process.
public struct JoinedNamespace: Equatable, Sendable {
    public var kind: NamespaceKind
    public var path: String

    public init(kind: NamespaceKind, path: String) {
        self.kind = kind
        self.path = path
    }
}
