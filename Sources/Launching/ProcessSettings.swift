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
    /// The terminal's size at first; 0 where nobody knows.
    public var terminalRows: UInt32 = 0
    public var terminalColumns: UInt32 = 0
    /// PID 1 is the shim's own reaper, which forwards signals, and the command is its child.
    public var reaper: Bool
    /// OCI `startContainer` hooks, in the container and before the process gives its rights up.
    public var startHooks: [HookSettings]
    public var traits = ProcessTraits()
    /// For a command that is somebody else's to watch; `nil` for one that the shim watches.
    public var handOver: HandOver?

    public init(
        arguments: [String] = [], environment: [String] = [], workingDirectory: String = "/", user: UInt32 = 0,
        group: UInt32 = 0, additionalGroups: [UInt32] = [], umask: UInt32? = nil,
        capabilities: CapabilitySets = .init(),
        limits: [ResourceLimit] = [], noNewPrivileges: Bool = false, seccomp: [UInt8] = [],
        oomScoreAdjustment: Int32 = 0, terminal: Bool = false, openStandardInput: Bool = false, reaper: Bool = false,
        startHooks: [HookSettings] = [], handOver: HandOver? = nil
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
        self.startHooks = startHooks
        self.handOver = handOver
    }
}

/// How a process is made for whoever asked for it, as an OCI runtime does: it has the asker's standard streams, and the
/// shim leaves when it stands. It then belongs to the next ancestor that takes in orphans.
public struct HandOver: Equatable, Sendable {
    /// A FIFO of the host: the process has everything but its command, and waits until a byte comes. Empty: it begins at
    /// once.
    public var startFIFO: String
    /// A unix socket of the host to which a terminal's master goes; empty for none.
    public var consoleSocket: String
    /// How many of the shim's descriptors, from 3 on, the process gets.
    public var descriptors: UInt32

    public init(
        startFIFO: String = "", consoleSocket: String = "", descriptors: UInt32 = 0
    ) {
        self.startFIFO = startFIFO
        self.consoleSocket = consoleSocket
        self.descriptors = descriptors
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
    /// Whether programs of the host can see what the container writes and write to it: through a socket `attach` in the
    /// run directory (``AttachMessage``).
    public var isAttachable = false
    /// Somebody is about to attach: nothing is read of what the container writes before that, for a while.
    public var awaitsAttachment = false

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
