/// One rule of a device cgroup; `nil` stands for all. The last rule that matches decides.
public struct DeviceRule: Equatable, Sendable {
    /// The kernel's numbers (`BPF_DEVCG_DEV_…`).
    public enum Kind: UInt32, Equatable, Sendable {
        case block = 1
        case character = 2
    }

    public var allow: Bool
    public var kind: Kind?
    public var major: UInt32?
    public var minor: UInt32?
    /// The kernel's bits (`BPF_DEVCG_ACC_…`): 1 to make a node, 2 to read, 4 to write.
    public var access: UInt8

    public init(allow: Bool, _ kind: Kind? = nil, major: UInt32? = nil, minor: UInt32? = nil, access: UInt8 = 7) {
        self.allow = allow
        self.kind = kind
        self.major = major
        self.minor = minor
        self.access = access
    }

    /// It concerns every device in every way.
    var isForAll: Bool { kind == nil && major == nil && minor == nil && access == 7 }

    /// As `devices.allow` and `devices.deny` want it (Documentation/admin-guide/cgroup-v1/devices.rst). Behind their
    /// letter for both kinds, `a`, numbers and access count for nothing, so both are named.
    var legacyTexts: [String] {
        let letters = kind.map { $0 == .block ? ["b"] : ["c"] } ?? ["b", "c"]
        return letters.map(text)
    }

    private func text(_ letter: String) -> String {
        let numbers = [major, minor].map { number in number.map { String($0) } ?? "*" }.joined(separator: ":")
        let letters = (access & 2 != 0 ? "r" : "") + (access & 4 != 0 ? "w" : "") + (access & 1 != 0 ? "m" : "")
        return "\(letter) \(numbers) \(letters)"
    }
}

/// What rules come to: one verdict for all devices, and the rules after it that differ from it in places. The last
/// match decides, so what stands before a rule for everything counts for nothing.
struct DevicePolicy: Equatable, Sendable {
    /// The verdict where no exception matches.
    private(set) var allows = true
    private(set) var exceptions: [DeviceRule] = []

    init(_ rules: [DeviceRule]) {
        for rule in rules {
            if rule.isForAll {
                allows = rule.allow
                exceptions = []
            } else {
                exceptions.append(rule)
            }
        }
    }

    /// Nothing to be enforced.
    var allowsEverything: Bool { allows && exceptions.allSatisfy(\.allow) }

    /// Version 1 has only one verdict and a list of exceptions to it; the file and the content, in order.
    var legacySettings: [CgroupLimits.Setting] {
        let first = CgroupLimits.Setting(limit: "devices", file: allows ? "devices.allow" : "devices.deny", value: "a")
        return [first]
            + exceptions.flatMap { rule in
                rule.legacyTexts.map {
                    CgroupLimits.Setting(
                        limit: "devices", file: rule.allow ? "devices.allow" : "devices.deny", value: $0)
                }
            }
    }
}
