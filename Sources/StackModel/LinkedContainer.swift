public import Addressing

/// What a container reaches under a name of its own choice: `links` and `external_links`.
public enum LinkedContainer: Hashable, Sendable, TextCodable {
    /// Each container of a service of its stack.
    case service(String)
    /// A container of this name, whosever it is.
    case container(String)

    public init?(_ text: String) {
        guard let link = NamespaceMode(text)?.link else { return nil }
        self = link
    }

    public var description: String {
        switch self {
        case .service(let name): "service:" + name
        case .container(let name): "container:" + name
        }
    }
}

extension NamespaceMode {
    /// The container whose namespace it is.
    public var link: LinkedContainer? {
        switch self {
        case .own, .host, .isolated: nil
        case .service(let name): .service(name)
        case .container(let name): .container(name)
        }
    }
}

extension NetworkMode {
    /// The container whose network it is.
    public var link: LinkedContainer? {
        switch self {
        case .networks, .none, .host: nil
        case .service(let name): .service(name)
        case .container(let name): .container(name)
        }
    }
}

/// An entry of `volumes_from`: the container whose volumes another one sees, too.
public struct VolumeSource: Hashable, Sendable, TextCodable {
    public var container: LinkedContainer
    public var readOnly: Bool

    /// `service:NAME`, `container:NAME`, each with `:ro` or `:rw` after it.
    public init?(_ text: String) {
        readOnly = text.hasSuffix(":ro")
        let name = readOnly || text.hasSuffix(":rw") ? String(text.dropLast(3)) : text
        guard let container = LinkedContainer(name) else { return nil }
        self.container = container
    }

    public var description: String { container.description + (readOnly ? ":ro" : "") }
}
