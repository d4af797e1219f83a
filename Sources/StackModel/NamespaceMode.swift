public import Addressing

/// Whose namespace of a kind a container is in: `pid`, `ipc`, `uts` and `cgroup` of a service. Without one it has its own.
public enum NamespaceMode: Hashable, Sendable, TextCodable {
    /// One of its own; others may join it (`shareable` of `ipc` says only that).
    case own
    case host
    /// Of `ipc`: one of its own, without memory to share.
    case isolated
    case service(String)
    case container(String)

    public init?(_ text: String) {
        switch text {
        case "private", "shareable": self = .own
        case "host": self = .host
        case "none": self = .isolated
        default:
            let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { return nil }
            switch parts[0] {
            case "service": self = .service(parts[1])
            case "container": self = .container(parts[1])
            default: return nil
            }
        }
    }

    public var description: String {
        switch self {
        case .own: "private"
        case .host: "host"
        case .isolated: "none"
        case .service(let name): "service:" + name
        case .container(let name): "container:" + name
        }
    }
}
