/// One rule of a device cgroup (runtime-spec, config-linux.md#allowed-device-list). The last rule that matches decides.
public struct DeviceRule: Equatable, Sendable {
    public var allow: Bool
    public var kind: DeviceKind
    /// `nil` stands for all.
    public var major: UInt32?
    public var minor: UInt32?
    public var access: DeviceAccess

    public init(
        allow: Bool, _ kind: DeviceKind = .all, major: UInt32? = nil, minor: UInt32? = nil, access: DeviceAccess = .all
    ) {
        self.allow = allow
        self.kind = kind
        self.major = major
        self.minor = minor
        self.access = access
    }

    /// As cgroup v1 writes it: `allow c 1:3 rwm`.
    var text: String {
        let numbers = [major, minor].map { number in number.map { String($0) } ?? "*" }.joined(separator: ":")
        return "\(allow ? "allow" : "deny") \(kind.letter) \(numbers) \(access.letters)"
    }
}

public enum DeviceKind: UInt8, Equatable, Sendable {
    case all, character, block

    /// As cgroup v1 and the runtime specification write it.
    public var letter: String {
        switch self {
        case .all: "a"
        case .character: "c"
        case .block: "b"
        }
    }
}

/// What may be done with a device; the kernel's `BPF_DEVCG_ACC_…` bits.
public struct DeviceAccess: OptionSet, Equatable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    public static let makeNode = DeviceAccess(rawValue: 1)
    public static let read = DeviceAccess(rawValue: 2)
    public static let write = DeviceAccess(rawValue: 4)
    public static let all: DeviceAccess = [.makeNode, .read, .write]

    /// Of the letters `r`, `w` and `m`; others count for nothing.
    public init(letters: String) {
        self = letters.reduce(into: []) { access, letter in
            switch letter {
            case "r": access.insert(.read)
            case "w": access.insert(.write)
            case "m": access.insert(.makeNode)
            default: break
            }
        }
    }

    /// The letters in their usual order.
    public var letters: String {
        (contains(.read) ? "r" : "") + (contains(.write) ? "w" : "") + (contains(.makeNode) ? "m" : "")
    }
}
