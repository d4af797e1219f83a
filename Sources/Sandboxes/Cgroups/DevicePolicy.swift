import Launching
import OCI

/// One rule of a device cgroup; `nil` stands for all. The last rule that matches decides.
struct DeviceRule: Equatable, Sendable {
    /// The kernel's numbers (`BPF_DEVCG_DEV_…`).
    enum Kind: UInt32, Equatable, Sendable {
        case block = 1
        case character = 2
    }

    var allow: Bool
    var kind: Kind?
    var major: UInt32?
    var minor: UInt32?
    /// The kernel's bits (`BPF_DEVCG_ACC_…`): 1 to make a node, 2 to read, 4 to write.
    var access: UInt8

    init(allow: Bool, _ kind: Kind? = nil, major: UInt32? = nil, minor: UInt32? = nil, access: UInt8 = 7) {
        self.allow = allow
        self.kind = kind
        self.major = major
        self.minor = minor
        self.access = access
    }

    init(_ rule: RuntimeConfiguration.DeviceRule) throws(LaunchCompilerError) {
        let kind: Kind?
        switch rule.type ?? "a" {
        case "a", "": kind = nil
        // An unbuffered character device is a character device (`man 1 mknod`).
        case "c", "u": kind = .character
        case "b": kind = .block
        case let other: throw LaunchCompilerError(subject: "device rule", reason: "\"\(other)\" is no kind of device")
        }
        // -1 is how older bundles write "all".
        func number(_ value: Int64?) -> UInt32? { value.flatMap { $0 < 0 ? nil : UInt32(clamping: $0) } }
        let access = rule.access.map { $0.isEmpty ? 7 : Self.bits($0) } ?? 7
        self.init(allow: rule.allow, kind, major: number(rule.major), minor: number(rule.minor), access: access)
    }

    private static func bits(_ letters: String) -> UInt8 {
        letters.reduce(0) { $0 | ($1 == "m" ? 1 : $1 == "r" ? 2 : $1 == "w" ? 4 : 0) }
    }

    /// It concerns every device in every way.
    var isForAll: Bool { kind == nil && major == nil && minor == nil && access == 7 }

    /// As `devices.allow` and `devices.deny` want it (Documentation/admin-guide/cgroup-v1/devices.rst). Behind their
    /// letter for both kinds, `a`, numbers and access count for nothing, so both are named.
    var legacyTexts: [String] {
        let letters = kind.map { $0 == .block ? ["b"] : ["c"] } ?? ["b", "c"]
        return letters.map(text)
    }

    func text(_ letter: String) -> String {
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

    init(_ rules: [RuntimeConfiguration.DeviceRule]) throws(LaunchCompilerError) {
        var read: [DeviceRule] = []
        for rule in rules { read.append(try DeviceRule(rule)) }
        self.init(read)
    }

    /// Nothing to be enforced.
    var allowsEverything: Bool { allows && exceptions.allSatisfy(\.allow) }

    /// One rule a line: `allow c 1:3 rwm`.
    var texts: [String] {
        [allows ? "allow all" : "deny all"]
            + exceptions.flatMap { rule in
                (rule.kind == nil ? [rule.text("a")] : rule.legacyTexts).map { (rule.allow ? "allow " : "deny ") + $0 }
            }
    }

    /// Version 1 has only one verdict and a list of exceptions to it.
    var legacyWrites: [CgroupWrite] {
        func file(_ allow: Bool) -> String { allow ? "devices.allow" : "devices.deny" }
        return [CgroupWrite(file(allows), "a")]
            + exceptions.flatMap { rule in rule.legacyTexts.map { CgroupWrite(file(rule.allow), $0) } }
    }
}
