/// A volume, bind or tmpfs in a container. `volumes` and `tmpfs` of the file both end here.
public struct VolumeMount: Codable, Equatable, Sendable {
    /// What is mounted.
    public enum Source: Codable, Equatable, Sendable {
        /// A key of ``Stack/volumes``.
        case named(String)
        /// A new volume a container, kept over a recreation and removed with `down -v`.
        case anonymous
        /// An absolute path of the host. `create`: a missing directory is made.
        case bind(path: String, create: Bool, propagation: String?)
        /// Size in bytes and mode, where said.
        case tmpfs(size: Int64?, mode: UInt32?)
    }

    public var source: Source
    /// The path in the container.
    public var target: String
    public var readOnly: Bool
    /// An empty named volume isn't filled from the image.
    public var noCopy: Bool
    /// A directory inside the volume.
    public var subpath: String?
    /// Further tmpfs options as written (`uid=1000`, `noexec`).
    public var options: [String]

    public init(
        source: Source, target: String, readOnly: Bool = false, noCopy: Bool = false, subpath: String? = nil,
        options: [String] = []
    ) {
        self.source = source
        self.target = target
        self.readOnly = readOnly
        self.noCopy = noCopy
        self.subpath = subpath
        self.options = options
    }
}

/// `healthcheck`; what isn't said comes from the image, then from Docker's defaults (30 s, 30 s, 3, 0 s, 5 s).
public struct HealthCheck: Codable, Equatable, Sendable {
    /// `CMD …` and `CMD-SHELL …` as written, `["NONE"]` switched off; `nil`: the image's.
    public var test: [String]?
    public var interval: TimeSpan?
    public var timeout: TimeSpan?
    public var retries: Int?
    public var startPeriod: TimeSpan?
    public var startInterval: TimeSpan?

    public init(
        test: [String]? = nil, interval: TimeSpan? = nil, timeout: TimeSpan? = nil, retries: Int? = nil,
        startPeriod: TimeSpan? = nil, startInterval: TimeSpan? = nil
    ) {
        self.test = test
        self.interval = interval
        self.timeout = timeout
        self.retries = retries
        self.startPeriod = startPeriod
        self.startInterval = startInterval
    }
}

/// Limits and reservations, from `deploy.resources` and the service's own short attributes.
public struct Resources: Codable, Equatable, Sendable {
    /// Bytes; `nil`: none.
    public var memLimit: Int64?
    /// Bytes of memory plus swap, -1 for no limit.
    public var memswapLimit: Int64?
    public var memReservation: Int64?
    /// Thousandths of a CPU.
    public var milliCPUs: Int64?
    public var cpuShares: Int64?
    /// Microseconds of CPU time in each period; not beside ``milliCPUs``.
    public var cpuQuota: Int64?
    /// Microseconds.
    public var cpuPeriod: Int64?
    public var cpuset: String?
    public var pidsLimit: Int64?
    public var oomScoreAdj: Int?
    public var oomKillDisable: Bool?
    /// 0 to 100.
    public var memSwappiness: Int64?
    /// Microseconds of real-time CPU time in each ``cpuRtPeriod``.
    public var cpuRtRuntime: Int64?
    public var cpuRtPeriod: Int64?
    public var blkioConfig: BlockIOLimits?

    public init() {}
}

/// `blkio_config`: limits of reading and writing block devices.
public struct BlockIOLimits: Codable, Equatable, Sendable {
    /// 10 to 1000.
    public var weight: Int64?
    public var weightDevice: [DeviceLimit] = []
    public var deviceReadBps: [DeviceLimit] = []
    public var deviceReadIops: [DeviceLimit] = []
    public var deviceWriteBps: [DeviceLimit] = []
    public var deviceWriteIops: [DeviceLimit] = []

    public init() {}
}

/// The weight of one device, or the most that is read or written there in a second.
public struct DeviceLimit: Codable, Equatable, Sendable {
    /// An absolute path of the host.
    public var path: String
    public var limit: Int64

    public init(path: String, limit: Int64) {
        self.path = path
        self.limit = limit
    }
}

/// A device of the host that a container gets.
public struct DeviceMapping: Codable, Equatable, Sendable {
    /// An absolute path of the host: a device, or a directory with devices.
    public var source: String
    public var target: String
    /// Of the letters `r`, `w` and `m`.
    public var permissions: String

    public init(source: String, target: String, permissions: String = "rwm") {
        self.source = source
        self.target = target
        self.permissions = permissions
    }
}

/// A rule of the device cgroup, as `c 1:3 rwm`: which devices may be used how. `nil` stands for all.
public struct DeviceCgroupRule: Codable, Equatable, Sendable, LosslessStringConvertible {
    /// `a`, `b` or `c`.
    public var kind: String
    public var major: UInt32?
    public var minor: UInt32?
    public var permissions: String

    public init?(_ text: String) {
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 3, ["a", "b", "c"].contains(words[0]), (1...3).contains(words[2].count),
            words[2].allSatisfy({ "rwm".contains($0) })
        else { return nil }
        let numbers = words[1].split(separator: ":", omittingEmptySubsequences: false)
        guard numbers.count == 2, numbers.allSatisfy({ $0 == "*" || UInt32($0) != nil }) else { return nil }
        kind = String(words[0])
        major = UInt32(numbers[0])
        minor = UInt32(numbers[1])
        permissions = String(words[2])
    }

    public var description: String {
        "\(kind) \(major.map { "\($0)" } ?? "*"):\(minor.map { "\($0)" } ?? "*") \(permissions)"
    }
}

/// Soft and hard limit of a ulimit; -1 for none.
public struct ResourceLimitRange: Codable, Equatable, Sendable {
    public var soft: Int64
    public var hard: Int64

    public init(soft: Int64, hard: Int64) {
        self.soft = soft
        self.hard = hard
    }
}

/// A secret or config as a container sees it.
public struct FileGrant: Codable, Equatable, Sendable {
    /// Where the content comes from.
    public enum Content: Codable, Equatable, Sendable {
        /// An absolute path of the host, read when the container starts.
        case file(String)
        /// `environment` and `content`, resolved when the file was read.
        case inline(String)
    }

    /// The key in the file's `secrets` or `configs`.
    public var source: String
    public var content: Content
    /// The absolute path in the container.
    public var target: String
    /// `nil`: 0.
    public var uid: NumericID?
    public var gid: NumericID?
    /// `nil`: 0444.
    public var mode: UInt32?

    public init(
        source: String, content: Content, target: String, uid: NumericID? = nil, gid: NumericID? = nil,
        mode: UInt32? = nil
    ) {
        self.source = source
        self.content = content
        self.target = target
        self.uid = uid
        self.gid = gid
        self.mode = mode
    }
}

/// `logging`: `json-file` (also for `local`) and `none`.
public struct LogSettings: Codable, Equatable, Sendable {
    public var driver: String
    /// Bytes a file; 0: where nothing is said, -1: without bound.
    public var maximumSize: Int64
    public var maximumFiles: Int

    public init(driver: String = "json-file", maximumSize: Int64 = 0, maximumFiles: Int = 1) {
        self.driver = driver
        self.maximumSize = maximumSize
        self.maximumFiles = maximumFiles
    }
}

extension LogSettings {
    /// Where nothing is said: five files of 20 MiB, as much as Docker's `local` driver keeps. Its json-file keeps
    /// everything, until the disk is full.
    public static let standardSize: UInt64 = 20 << 20
    public static let standardFiles: UInt32 = 5

    /// The bound of one file in bytes, 0 for none, and how many there are.
    public var bound: (size: UInt64, files: UInt32) {
        if maximumSize != 0 { return (UInt64(max(0, maximumSize)), UInt32(clamping: max(1, maximumFiles))) }
        return (Self.standardSize, maximumFiles > 1 ? UInt32(clamping: maximumFiles) : Self.standardFiles)
    }
}

/// A program of the host that runs at a stage of a container's life (runtime-spec, config.md#posix-platform-hooks).
/// Written in the stack file as `x-oci-hooks: {createRuntime: [{path: …, args: […], env: […], timeout: 5}]}`.
public struct LifecycleHook: Codable, Equatable, Sendable {
    public enum Stage: String, Codable, CaseIterable, Sendable {
        case createRuntime, createContainer, startContainer, poststop
    }

    public var stage: Stage
    /// An absolute path; of the container for `startContainer`, otherwise of the host.
    public var path: String
    /// With the program's own name first; empty for only that.
    public var args: [String]
    /// `KEY=value`.
    public var environment: [String]
    /// Seconds.
    public var timeout: UInt32?

    public init(stage: Stage, path: String, args: [String] = [], environment: [String] = [], timeout: UInt32? = nil) {
        self.stage = stage
        self.path = path
        self.args = args
        self.environment = environment
        self.timeout = timeout
    }
}
