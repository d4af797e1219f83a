/// The way from the root of a file to a node.
struct Path: Sendable, CustomStringConvertible {
    enum Component: Sendable {
        case key(String)
        case index(Int)
    }

    var components: [Component] = []

    init() {}
    init(_ keys: String...) { components = keys.map(Component.key) }

    func key(_ key: String) -> Path {
        var path = self
        path.components.append(.key(key))
        return path
    }

    func index(_ index: Int) -> Path {
        var path = self
        path.components.append(.index(index))
        return path
    }

    /// `services.web.ports[0]`; a key with a dot in it is quoted.
    var description: String {
        var text = ""
        for component in components {
            switch component {
            case .index(let index): text += "[\(index)]"
            case .key(let key):
                if !text.isEmpty { text += "." }
                text += key.utf8.contains(UInt8(ascii: ".")) ? "\"\(key)\"" : key
            }
        }
        return text
    }
}

extension Path {
    /// Whether the way leads through a list.
    var isInsideList: Bool {
        components.contains {
            if case .index = $0 { true } else { false }
        }
    }
}
