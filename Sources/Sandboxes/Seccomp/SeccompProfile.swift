/// A seccomp profile in the JSON form that Docker and Podman use (moby's `profiles/seccomp`), so that users bring
/// their own (`security_opt: seccomp=FILE`).
public struct SeccompProfile: Codable, Equatable, Sendable {
    public var defaultAction: String
    /// The errno of `SCMP_ACT_ERRNO`; `nil`: EPERM.
    public var defaultErrnoRet: UInt32?
    public var archMap: [Architecture]?
    public var syscalls: [Rule]

    /// A native architecture and those that the same kernel also runs.
    public struct Architecture: Codable, Equatable, Sendable {
        public var architecture: String
        public var subArchitectures: [String]?
    }

    /// An action for some system calls, under conditions.
    public struct Rule: Codable, Equatable, Sendable {
        public var names: [String]
        public var action: String
        public var errnoRet: UInt32?
        public var args: [Argument]?
        public var includes: Condition?
        public var excludes: Condition?

        public init(
            names: [String], action: String = "SCMP_ACT_ALLOW", errnoRet: UInt32? = nil, args: [Argument]? = nil,
            includes: Condition? = nil, excludes: Condition? = nil
        ) {
            self.names = names
            self.action = action
            self.errnoRet = errnoRet
            self.args = args
            self.includes = includes
            self.excludes = excludes
        }
    }

    /// A comparison of one argument; `valueTwo` is the datum of `SCMP_CMP_MASKED_EQ`.
    public struct Argument: Codable, Equatable, Sendable {
        public var index: UInt32
        public var value: UInt64
        public var valueTwo: UInt64?
        public var op: String

        public init(index: UInt32, value: UInt64, valueTwo: UInt64? = nil, op: String) {
            self.index = index
            self.value = value
            self.valueTwo = valueTwo
            self.op = op
        }
    }

    /// When a rule counts: all that is said must hold.
    public struct Condition: Codable, Equatable, Sendable {
        public var arches: [String]?
        public var caps: [String]?
        public var minKernel: String?

        public init(arches: [String]? = nil, caps: [String]? = nil, minKernel: String? = nil) {
            self.arches = arches
            self.caps = caps
            self.minKernel = minKernel
        }
    }

    /// The rules that count for a container with these capabilities (`CAP_…` names) on this host.
    ///
    /// An `includes` needs every condition, an `excludes` needs none, as moby reads them.
    public func rules(capabilities: Set<String>, architecture: String, kernel: KernelVersion) -> [Rule] {
        syscalls.filter { rule in
            if let includes = rule.includes {
                if let arches = includes.arches, !arches.contains(architecture) { return false }
                if let caps = includes.caps, !caps.allSatisfy(capabilities.contains) { return false }
                if let minimum = includes.minKernel.flatMap(KernelVersion.init), kernel < minimum { return false }
            }
            if let excludes = rule.excludes {
                if let arches = excludes.arches, arches.contains(architecture) { return false }
                if let caps = excludes.caps, caps.contains(where: capabilities.contains) { return false }
                if let minimum = excludes.minKernel.flatMap(KernelVersion.init), kernel >= minimum { return false }
            }
            return true
        }
    }
}

/// The first two numbers of `uname -r`.
public struct KernelVersion: Comparable, Sendable {
    public var major: Int
    public var minor: Int

    public init?(_ text: String) {
        let parts = text.split(separator: ".", maxSplits: 2)
        guard parts.count >= 2, let major = Int(parts[0]), let minor = Int(parts[1].prefix(while: \.isNumber)) else {
            return nil
        }
        self.major = major
        self.minor = minor
    }

    public init(major: Int, minor: Int) {
        self.major = major
        self.minor = minor
    }

    /// The new mount API that launches rely on came with it.
    public static let oldestSupported = KernelVersion(major: 5, minor: 11)

    public static func < (left: KernelVersion, right: KernelVersion) -> Bool {
        (left.major, left.minor) < (right.major, right.minor)
    }
}
