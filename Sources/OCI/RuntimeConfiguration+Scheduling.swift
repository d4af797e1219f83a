extension RuntimeConfiguration {
    /// `man 2 sched_setattr`: `policy` is `SCHED_…`, `flags` are `SCHED_FLAG_…`; times in nanoseconds.
    public struct Scheduler: Codable, Equatable, Sendable {
        public var policy: String
        public var nice: Int32?
        public var priority: Int32?
        public var flags: [String]?
        public var runtime: UInt64?
        public var deadline: UInt64?
        public var period: UInt64?

        public init(policy: String) { self.policy = policy }
    }

    /// `class` is `IOPRIO_CLASS_…`, `priority` 0 to 7.
    public struct IOPriority: Codable, Equatable, Sendable {
        public var `class`: String
        public var priority: Int?

        public init(class: String, priority: Int? = nil) {
            self.class = `class`
            self.priority = priority
        }
    }

    /// Processors of further processes, lists such as `0-2,5`: before they are in the container's groups, and in them.
    public struct ProcessorAffinity: Codable, Equatable, Sendable {
        public var initial: String?
        public var final: String?

        public init(initial: String? = nil, final: String? = nil) {
            self.initial = initial
            self.final = final
        }
    }

    /// `domain` is `LINUX` or `LINUX32`.
    public struct Personality: Codable, Equatable, Sendable {
        public var domain: String
        public var flags: [String]?

        public init(domain: String, flags: [String]? = nil) {
            self.domain = domain
            self.flags = flags
        }
    }

    /// What a clock of a time namespace is ahead of the host's.
    public struct TimeOffset: Codable, Equatable, Sendable {
        public var secs: Int64?
        public var nanosecs: UInt32?

        public init(secs: Int64? = nil, nanosecs: UInt32? = nil) {
            self.secs = secs
            self.nanosecs = nanosecs
        }
    }
}
