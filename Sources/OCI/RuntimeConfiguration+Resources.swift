extension RuntimeConfiguration {
    /// What a container may use of the host (runtime-spec, config-linux.md#control-groups).
    public struct Resources: Codable, Equatable, Sendable {
        public var memory: Memory?
        public var cpu: CPU?
        public var pids: PIDs?
        public var devices: [DeviceRule]?
        public var blockIO: BlockIO?
        public var hugepageLimits: [HugepageLimit]?
        public var network: NetworkPriorities?
        /// By the device's name.
        public var rdma: [String: RDMA]?
        /// Files of version 2 and their values.
        public var unified: [String: String]?

        public init() {}
    }

    /// What the device cgroup allows; the last rule that matches decides. `type` is `a`, `b` or `c`, `access` of the
    /// letters `r`, `w` and `m`; what is absent stands for all.
    public struct DeviceRule: Codable, Equatable, Sendable {
        public var allow: Bool
        public var type: String?
        public var major: Int64?
        public var minor: Int64?
        public var access: String?

        public init(
            allow: Bool, type: String? = nil, major: Int64? = nil, minor: Int64? = nil, access: String? = "rwm"
        ) {
            self.allow = allow
            self.type = type
            self.major = major
            self.minor = minor
            self.access = access
        }
    }

    /// Bytes, -1 for no limit; `swap` is memory plus swap.
    public struct Memory: Codable, Equatable, Sendable {
        public var limit: Int64?
        public var swap: Int64?
        public var reservation: Int64?
        public var kernel: Int64?
        public var kernelTCP: Int64?
        /// 0 to 100.
        public var swappiness: UInt64?
        public var disableOOMKiller: Bool?
        public var useHierarchy: Bool?
        /// A limit below what is used already is refused.
        public var checkBeforeUpdate: Bool?

        public init(limit: Int64? = nil, swap: Int64? = nil, reservation: Int64? = nil) {
            self.limit = limit
            self.swap = swap
            self.reservation = reservation
        }
    }

    /// Times in microseconds.
    public struct CPU: Codable, Equatable, Sendable {
        public var shares: UInt64?
        public var quota: Int64?
        public var burst: UInt64?
        public var period: UInt64?
        public var realtimeRuntime: Int64?
        public var realtimePeriod: UInt64?
        /// Lists such as `0-2,5`.
        public var cpus: String?
        public var mems: String?
        public var idle: Int64?

        public init(shares: UInt64? = nil, quota: Int64? = nil, period: UInt64? = nil, cpus: String? = nil) {
            self.shares = shares
            self.quota = quota
            self.period = period
            self.cpus = cpus
        }
    }

    public struct PIDs: Codable, Equatable, Sendable {
        public var limit: Int64

        public init(limit: Int64) { self.limit = limit }
    }

    public struct BlockIO: Codable, Equatable, Sendable {
        /// 10 to 1000.
        public var weight: UInt16?
        public var leafWeight: UInt16?
        public var weightDevice: [WeightDevice]?
        public var throttleReadBpsDevice: [ThrottleDevice]?
        public var throttleWriteBpsDevice: [ThrottleDevice]?
        public var throttleReadIOPSDevice: [ThrottleDevice]?
        public var throttleWriteIOPSDevice: [ThrottleDevice]?

        public init() {}
    }

    public struct WeightDevice: Codable, Equatable, Sendable {
        public var major: Int64
        public var minor: Int64
        public var weight: UInt16?
        public var leafWeight: UInt16?

        public init(major: Int64, minor: Int64, weight: UInt16? = nil) {
            self.major = major
            self.minor = minor
            self.weight = weight
        }
    }

    /// Bytes or operations in a second.
    public struct ThrottleDevice: Codable, Equatable, Sendable {
        public var major: Int64
        public var minor: Int64
        public var rate: UInt64

        public init(major: Int64, minor: Int64, rate: UInt64) {
            self.major = major
            self.minor = minor
            self.rate = rate
        }
    }

    /// `pageSize` as the kernel's files have it (`2MB`), `limit` in bytes.
    public struct HugepageLimit: Codable, Equatable, Sendable {
        public var pageSize: String
        public var limit: UInt64

        public init(pageSize: String, limit: UInt64) {
            self.pageSize = pageSize
            self.limit = limit
        }
    }

    public struct NetworkPriorities: Codable, Equatable, Sendable {
        public var classID: UInt32?
        public var priorities: [Priority]?

        public init(classID: UInt32? = nil, priorities: [Priority]? = nil) {
            self.classID = classID
            self.priorities = priorities
        }

        public struct Priority: Codable, Equatable, Sendable {
            public var name: String
            public var priority: UInt32

            public init(name: String, priority: UInt32) {
                self.name = name
                self.priority = priority
            }
        }
    }

    public struct RDMA: Codable, Equatable, Sendable {
        public var hcaHandles: UInt32?
        public var hcaObjects: UInt32?

        public init(hcaHandles: UInt32? = nil, hcaObjects: UInt32? = nil) {
            self.hcaHandles = hcaHandles
            self.hcaObjects = hcaObjects
        }
    }
}
