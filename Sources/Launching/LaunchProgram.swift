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
    public var cgroup: CgroupSettings
    /// Steps inside the new namespaces, before the image's command is executed.
    public var inside: [InsideStep]
    /// The command and the rights it has.
    public var process: ProcessSettings
    /// What the shim does while the container runs.
    public var monitor: MonitorSettings

    public init(
        container: String, outside: [OutsideStep] = [], namespaces: NamespaceSettings = .init(),
        cgroup: CgroupSettings = .init(), inside: [InsideStep] = [], process: ProcessSettings = .init(),
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

/// A transport-layer protocol of a held port.
public enum HeldProtocol: UInt8, Equatable, Sendable {
    case tcp = 6
    case udp = 17
}

/// A step that the shim performs in the host's namespaces, in the given order, before it clones the container's
/// first process. The steps that speak of the container's network namespace run in it through a socket that was
/// opened while the shim was there.
public enum OutsideStep: Equatable, Sendable {
    /// Binds the host's port and keeps the socket as long as the container lives, so that nothing else takes it
    /// while nftables forwards it. `address` is 4 or 16 bytes in network order.
    case holdPort(HeldProtocol, address: [UInt8], port: UInt16)
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

    public init(new: [NamespaceKind] = [.mount, .uts, .ipc, .pid, .cgroup], joined: [JoinedNamespace] = []) {
        self.new = new
        self.joined = joined
    }
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

/// The container's control groups.
public struct CgroupSettings: Equatable, Sendable {
    /// Below the root of each hierarchy, for example `roost/3f2a…`. Empty: no cgroup.
    public var path: String
    /// Memory limit in bytes; 0 for none.
    public var memory: UInt64
    /// Memory plus swap in bytes (v1's meaning); 0 for none.
    public var memorySwap: UInt64
    /// Soft limit in bytes (`memory.low`, `memory.soft_limit_in_bytes`); 0 for none.
    public var memoryReservation: UInt64
    /// Microseconds of CPU time a period; 0 for none.
    public var cpuQuota: UInt64
    /// The period in microseconds.
    public var cpuPeriod: UInt64
    /// Relative weight as in v1 (`cpu.shares`, 2…262144); 0 for the default.
    public var cpuShares: UInt64
    /// `cpuset.cpus`; empty for all.
    public var cpus: String
    /// Highest number of processes; 0 for none.
    public var pids: UInt64

    public init(
        path: String = "", memory: UInt64 = 0, memorySwap: UInt64 = 0, memoryReservation: UInt64 = 0,
        cpuQuota: UInt64 = 0, cpuPeriod: UInt64 = 100_000, cpuShares: UInt64 = 0, cpus: String = "", pids: UInt64 = 0
    ) {
        self.path = path
        self.memory = memory
        self.memorySwap = memorySwap
        self.memoryReservation = memoryReservation
        self.cpuQuota = cpuQuota
        self.cpuPeriod = cpuPeriod
        self.cpuShares = cpuShares
        self.cpus = cpus
        self.pids = pids
    }
}

/// A step inside the container's namespaces. Paths of mounts are those that the container will see; the shim puts the
/// root file system's place before them and resolves every component inside it (no symbolic link of the image leads
/// out).
public enum InsideStep: Equatable, Sendable {
    /// Stops mounts from spreading to the host.
    case privatePropagation
    /// The root file system as an overlay. `lower` is top first. Paths are the host's.
    case overlayRoot(lower: [String], upper: String, work: String, target: String, noDevices: Bool)
    /// A root file system that exists already; it is bound on itself.
    case bindRoot(source: String, target: String)
    /// A new file system instance, made with the new mount API where the kernel has it. The target is made if missing.
    case mount(type: String, source: String, target: String, flags: MountFlags, data: String)
    /// A file or directory of the host. The target (a file or a directory, as the source is) is made if missing.
    case bind(source: String, target: String, flags: MountFlags, recursive: Bool)
    /// A device node of the host, bound on a file, or made where that is allowed.
    case device(path: String, major: UInt32, minor: UInt32, mode: UInt32)
    case symbolicLink(target: String, path: String)
    /// A file with the content, in the container.
    case file(path: String, content: [UInt8], mode: UInt32, user: UInt32, group: UInt32)
    /// A directory in the container, made if missing; ownership and mode are set only when it was made.
    case directory(path: String, mode: UInt32, user: UInt32, group: UInt32)
    /// Hides a path: `/dev/null` over a file, an empty read-only tmpfs over a directory. Missing paths are skipped.
    case mask(String)
    /// A read-only bind of a path on itself. Missing paths are skipped.
    case readOnly(String)
    /// The root file system becomes `/`, and the old root is detached.
    case pivotRoot
    /// After the pivot: the root mount becomes read-only.
    case readOnlyRoot
    /// After the pivot, with /proc mounted: writes the dotted name under /proc/sys.
    case sysctl(name: String, value: String)
    case hostname(String)
    case domainname(String)
    /// An OCI `createContainer` or `startContainer` hook, in the container's namespaces.
    case hook(HookSettings)
}

/// Mount flags as the kernel's `MS_…` numbers (`man 2 mount`).
public struct MountFlags: OptionSet, Equatable, Sendable {
    public let rawValue: UInt64
    public init(rawValue: UInt64) { self.rawValue = rawValue }
    public static let readOnly = MountFlags(rawValue: 1)
    public static let noSUID = MountFlags(rawValue: 2)
    public static let noDevices = MountFlags(rawValue: 4)
    public static let noExecute = MountFlags(rawValue: 8)
    public static let strictAccessTime = MountFlags(rawValue: 1 << 24)
    public static let noAccessTime = MountFlags(rawValue: 1024)
    public static let relativeAccessTime = MountFlags(rawValue: 1 << 21)
}

/// A resource limit (`man 2 getrlimit`); `kind` is the kernel's `RLIMIT_…` number.
public struct ResourceLimit: Equatable, Sendable {
    public var kind: UInt32
    public var soft: UInt64
    public var hard: UInt64

    public init(kind: UInt32, soft: UInt64, hard: UInt64) {
        self.kind = kind
        self.soft = soft
        self.hard = hard
    }
}

/// Capability sets as bit masks, bit N for capability number N (`man 7 capabilities`).
public struct CapabilitySets: Equatable, Sendable {
    public var bounding: UInt64
    public var effective: UInt64
    public var permitted: UInt64
    public var inheritable: UInt64
    public var ambient: UInt64

    public init(
        bounding: UInt64 = 0, effective: UInt64 = 0, permitted: UInt64 = 0, inheritable: UInt64 = 0, ambient: UInt64 = 0
    ) {
        self.bounding = bounding
        self.effective = effective
        self.permitted = permitted
        self.inheritable = inheritable
        self.ambient = ambient
    }
}

/// The command and its rights.
public struct ProcessSettings: Equatable, Sendable {
    /// At least one. The first is looked up in the environment's PATH when it has no slash.
    public var arguments: [String]
    /// `KEY=value`.
    public var environment: [String]
    public var workingDirectory: String
    public var user: UInt32
    public var group: UInt32
    public var additionalGroups: [UInt32]
    /// `nil`: the default of the process that launches.
    public var umask: UInt32?
    public var capabilities: CapabilitySets
    public var limits: [ResourceLimit]
    public var noNewPrivileges: Bool
    /// A finished classic BPF program: `struct sock_filter` one after the other, 8 bytes each. Empty: no filter.
    public var seccomp: [UInt8]
    /// -1000…1000; 0 leaves it.
    public var oomScoreAdjustment: Int32
    /// A pseudo-terminal instead of pipes.
    public var terminal: Bool
    /// Standard input stays open (the shim holds its other end); otherwise it is /dev/null.
    public var openStandardInput: Bool
    /// PID 1 is the shim's own reaper, which forwards signals, and the command is its child.
    public var reaper: Bool

    public init(
        arguments: [String] = [], environment: [String] = [], workingDirectory: String = "/", user: UInt32 = 0,
        group: UInt32 = 0, additionalGroups: [UInt32] = [], umask: UInt32? = nil,
        capabilities: CapabilitySets = .init(),
        limits: [ResourceLimit] = [], noNewPrivileges: Bool = false, seccomp: [UInt8] = [],
        oomScoreAdjustment: Int32 = 0, terminal: Bool = false, openStandardInput: Bool = false, reaper: Bool = false
    ) {
        self.arguments = arguments
        self.environment = environment
        self.workingDirectory = workingDirectory
        self.user = user
        self.group = group
        self.additionalGroups = additionalGroups
        self.umask = umask
        self.capabilities = capabilities
        self.limits = limits
        self.noNewPrivileges = noNewPrivileges
        self.seccomp = seccomp
        self.oomScoreAdjustment = oomScoreAdjustment
        self.terminal = terminal
        self.openStandardInput = openStandardInput
        self.reaper = reaper
    }
}

/// What the shim does while the container runs. All paths are the host's.
public struct MonitorSettings: Equatable, Sendable {
    /// The descriptors under which the shim holds the name service's sockets, UDP then TCP.
    public static let nameSocketDescriptors: (datagram: Int32, stream: Int32) = (60, 61)

    /// The container's run directory: the shim writes `state.json` and `exit` there, each by rename.
    public var runDirectory: String
    /// The json-file log; empty for none.
    public var logPath: String
    /// Bytes after which the log is rotated; 0 for never.
    public var logMaximumSize: UInt64
    /// How many files are kept, the current one included.
    public var logMaximumFiles: UInt32
    /// A FIFO that the supervisor holds open for writing while it lives; empty for none.
    public var supervisorFIFO: String
    /// What brings the supervisor back: executable and arguments; empty for nothing.
    public var supervisorCommand: [String]
    /// A lock file that makes one shim alone start the supervisor.
    public var supervisorLock: String
    /// OCI `poststop` hooks.
    public var poststopHooks: [HookSettings]
    /// The bundle directory, named in `state.json`.
    public var bundle: String
    /// Links of the host to delete when the container has ended. Usually none: the host's end of a pair goes with the
    /// container's network namespace, and deleting it by hand takes the kernel many milliseconds.
    public var links: [String]

    public init(
        runDirectory: String = "", logPath: String = "", logMaximumSize: UInt64 = 0, logMaximumFiles: UInt32 = 1,
        supervisorFIFO: String = "", supervisorCommand: [String] = [], supervisorLock: String = "",
        poststopHooks: [HookSettings] = [], bundle: String = "", links: [String] = []
    ) {
        self.runDirectory = runDirectory
        self.logPath = logPath
        self.logMaximumSize = logMaximumSize
        self.logMaximumFiles = logMaximumFiles
        self.supervisorFIFO = supervisorFIFO
        self.supervisorCommand = supervisorCommand
        self.supervisorLock = supervisorLock
        self.poststopHooks = poststopHooks
        self.bundle = bundle
        self.links = links
    }
}
