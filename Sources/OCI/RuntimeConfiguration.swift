/// A container's `config.json` (runtime-spec, config.md and config-linux.md), as far as Roost writes and reads it.
public struct RuntimeConfiguration: Codable, Equatable, Sendable {
    public var ociVersion = "1.2.0"
    public var process = Process()
    public var root = Root()
    public var hostname: String?
    public var domainname: String?
    public var mounts: [Mount] = []
    public var hooks: Hooks?
    public var annotations: [String: String]?
    public var linux = Linux()

    public init() {}

    public struct Root: Codable, Equatable, Sendable {
        public var path = "rootfs"
        public var readonly: Bool?

        public init() {}
    }

    public struct Process: Codable, Equatable, Sendable {
        public var terminal: Bool?
        public var consoleSize: ConsoleSize?
        public var user = User()
        public var args: [String] = []
        public var env: [String] = []
        public var cwd = "/"
        public var capabilities: Capabilities?
        public var rlimits: [ResourceLimit]?
        public var noNewPrivileges: Bool?
        public var oomScoreAdj: Int?
        public var apparmorProfile: String?
        public var selinuxLabel: String?
        public var scheduler: Scheduler?
        public var ioPriority: IOPriority?
        public var execCPUAffinity: ProcessorAffinity?

        public init() {}
    }

    /// In characters.
    public struct ConsoleSize: Codable, Equatable, Sendable {
        public var height: UInt32
        public var width: UInt32

        public init(height: UInt32, width: UInt32) {
            self.height = height
            self.width = width
        }
    }

    public struct User: Codable, Equatable, Sendable {
        public var uid: UInt32 = 0
        public var gid: UInt32 = 0
        public var umask: UInt32?
        public var additionalGids: [UInt32]?

        public init(uid: UInt32 = 0, gid: UInt32 = 0, umask: UInt32? = nil, additionalGids: [UInt32]? = nil) {
            self.uid = uid
            self.gid = gid
            self.umask = umask
            self.additionalGids = additionalGids
        }
    }

    /// `CAP_…` names.
    public struct Capabilities: Codable, Equatable, Sendable {
        public var bounding: [String]?
        public var effective: [String]?
        public var permitted: [String]?
        public var inheritable: [String]?
        public var ambient: [String]?

        public init(
            bounding: [String]? = nil, effective: [String]? = nil, permitted: [String]? = nil,
            inheritable: [String]? = nil, ambient: [String]? = nil
        ) {
            self.bounding = bounding
            self.effective = effective
            self.permitted = permitted
            self.inheritable = inheritable
            self.ambient = ambient
        }
    }

    /// `type` is `RLIMIT_…`.
    public struct ResourceLimit: Codable, Equatable, Sendable {
        public var type: String
        public var hard: UInt64
        public var soft: UInt64

        public init(type: String, hard: UInt64, soft: UInt64) {
            self.type = type
            self.hard = hard
            self.soft = soft
        }
    }

    public struct Mount: Codable, Equatable, Sendable {
        public var destination: String
        public var type: String?
        public var source: String?
        public var options: [String]?

        public init(destination: String, type: String? = nil, source: String? = nil, options: [String]? = nil) {
            self.destination = destination
            self.type = type
            self.source = source
            self.options = options
        }
    }

    public struct Hooks: Codable, Equatable, Sendable {
        public var prestart: [Hook]?
        public var createRuntime: [Hook]?
        public var createContainer: [Hook]?
        public var startContainer: [Hook]?
        public var poststart: [Hook]?
        public var poststop: [Hook]?

        public init() {}
    }

    /// `timeout` in seconds.
    public struct Hook: Codable, Equatable, Sendable {
        public var path: String
        public var args: [String]?
        public var env: [String]?
        public var timeout: UInt32?

        public init(path: String, args: [String]? = nil, env: [String]? = nil, timeout: UInt32? = nil) {
            self.path = path
            self.args = args
            self.env = env
            self.timeout = timeout
        }
    }

    public struct Linux: Codable, Equatable, Sendable {
        public var namespaces: [Namespace] = []
        public var resources: Resources?
        public var cgroupsPath: String?
        public var sysctl: [String: String]?
        public var maskedPaths: [String]?
        public var readonlyPaths: [String]?
        public var devices: [Device]?
        public var seccomp: Seccomp?
        public var rootfsPropagation: String?
        public var uidMappings: [IDMapping]?
        public var gidMappings: [IDMapping]?
        public var mountLabel: String?
        public var personality: Personality?
        /// By the clock's name, `monotonic` or `boottime`.
        public var timeOffsets: [String: TimeOffset]?

        public init() {}
    }

    /// `size` ids from `containerID` on are those from `hostID` on.
    public struct IDMapping: Codable, Equatable, Sendable {
        public var containerID: UInt32
        public var hostID: UInt32
        public var size: UInt32

        public init(containerID: UInt32, hostID: UInt32, size: UInt32) {
            self.containerID = containerID
            self.hostID = hostID
            self.size = size
        }
    }

    /// `defaultAction` and `action` are `SCMP_ACT_…`, `architectures` `SCMP_ARCH_…`.
    public struct Seccomp: Codable, Equatable, Sendable {
        public var defaultAction: String
        public var defaultErrnoRet: UInt32?
        public var architectures: [String]?
        public var flags: [String]?
        public var listenerPath: String?
        public var listenerMetadata: String?
        public var syscalls: [Rule]?

        public init(defaultAction: String, flags: [String]? = nil, listenerPath: String? = nil) {
            self.defaultAction = defaultAction
            self.flags = flags
            self.listenerPath = listenerPath
        }

        public struct Rule: Codable, Equatable, Sendable {
            public var names: [String]
            public var action: String
            public var errnoRet: UInt32?
            public var args: [Argument]?
        }

        /// `op` is `SCMP_CMP_…`.
        public struct Argument: Codable, Equatable, Sendable {
            public var index: UInt32
            public var value: UInt64
            public var valueTwo: UInt64?
            public var op: String
        }
    }

    /// `type` is `pid`, `network`, `mount`, `ipc`, `uts`, `user`, `cgroup` or `time`; with a path it is joined.
    public struct Namespace: Codable, Equatable, Sendable {
        public var type: String
        public var path: String?

        public init(type: String, path: String? = nil) {
            self.type = type
            self.path = path
        }
    }

    public struct Device: Codable, Equatable, Sendable {
        public var path: String
        public var type: String
        public var major: UInt32
        public var minor: UInt32
        public var fileMode: UInt32?
        public var uid: UInt32?
        public var gid: UInt32?

        public init(path: String, type: String = "c", major: UInt32, minor: UInt32, fileMode: UInt32? = nil) {
            self.path = path
            self.type = type
            self.major = major
            self.minor = minor
            self.fileMode = fileMode
        }
    }
}
