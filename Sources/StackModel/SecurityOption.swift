public import Addressing

/// One entry of `security_opt` (Compose specification; Docker's `--security-opt`), written `NAME=VALUE` or `NAME:VALUE`.
public enum SecurityOption: Hashable, Sendable {
    /// Whether a program may gain rights when it is executed (`man 2 prctl`, PR_SET_NO_NEW_PRIVS).
    case noNewPrivileges(Bool)
    case seccomp(SeccompChoice)
    /// /proc and /sys are not masked.
    case systemPathsUnconfined
    /// AppArmor's profile. Roost sets none, so `unconfined` is what a container has.
    case appArmor(String)
    /// A label of SELinux. Roost sets none, so `disable` is what a container has.
    case label(String)
    /// Not known to this version. No file brings one in; a start refuses it.
    case unknown(String)

    public enum SeccompChoice: Hashable, Sendable {
        case unconfined
        /// The profile that containers have where none is named.
        case builtin
        /// A file with a profile in Docker's JSON form; a relative path starts at the project's directory.
        case profile(String)
    }

    /// Whether a container gets what the option asks for.
    public var hasEffect: Bool {
        switch self {
        case .noNewPrivileges, .seccomp, .systemPathsUnconfined: true
        case .appArmor(let profile): profile == "unconfined"
        case .label(let label): label == "disable"
        case .unknown: false
        }
    }
}

extension SecurityOption: TextCodable {
    public init(_ description: String) {
        let separator = description.firstIndex { $0 == "=" || $0 == ":" }
        let name = description[..<(separator ?? description.endIndex)]
        let value = separator.map { String(description[description.index(after: $0)...]) } ?? ""
        switch (name, value) {
        case ("no-new-privileges", "") where separator == nil: self = .noNewPrivileges(true)
        case ("no-new-privileges", "true"): self = .noNewPrivileges(true)
        case ("no-new-privileges", "false"): self = .noNewPrivileges(false)
        case ("seccomp", "unconfined"): self = .seccomp(.unconfined)
        case ("seccomp", "builtin"): self = .seccomp(.builtin)
        case ("seccomp", _) where !value.isEmpty: self = .seccomp(.profile(value))
        case ("systempaths", "unconfined"): self = .systemPathsUnconfined
        case ("apparmor", _) where !value.isEmpty: self = .appArmor(value)
        case ("label", _) where !value.isEmpty: self = .label(value)
        default: self = .unknown(description)
        }
    }

    public var description: String {
        switch self {
        case .noNewPrivileges(let flag): "no-new-privileges=\(flag)"
        case .seccomp(.unconfined): "seccomp=unconfined"
        case .seccomp(.builtin): "seccomp=builtin"
        case .seccomp(.profile(let path)): "seccomp=\(path)"
        case .systemPathsUnconfined: "systempaths=unconfined"
        case .appArmor(let profile): "apparmor=\(profile)"
        case .label(let label): "label=\(label)"
        case .unknown(let text): text
        }
    }
}
