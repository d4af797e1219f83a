import OrderedCollections

/// Copies of a tree with one place changed.
extension Node {
    /// Another text; what isn't text stays.
    func changed(_ change: (String) -> String) -> Node {
        guard case .string(let text) = value else { return self }
        return with(.string(change(text)))
    }

    /// Each item of a list changed; what isn't a list stays.
    func each(_ change: (Node) -> Node) -> Node {
        guard case .list(let items) = value else { return self }
        return with(.list(items.map(change)))
    }

    /// Each value of a mapping changed; what isn't a mapping stays.
    func eachValue(_ change: (Node) -> Node) -> Node {
        guard case .map(var mapping) = value else { return self }
        for (key, entry) in mapping.entries { mapping.set(key, change(entry.node)) }
        return with(.map(mapping))
    }

    /// The value of a key changed, where there is one.
    func inside(_ key: String, _ change: (Node) -> Node) -> Node {
        guard case .map(var mapping) = value, mapping[key] != nil else { return self }
        mapping.change(key, change)
        return with(.map(mapping))
    }

    /// Without a key.
    func without(_ key: String) -> Node {
        guard case .map(var mapping) = value, mapping[key] != nil else { return self }
        mapping.remove(key)
        return with(.map(mapping))
    }

    /// The key set, where the mapping has none.
    func completed(_ key: String, _ value: Node.Value) -> Node {
        guard case .map(var mapping) = self.value, mapping[key] == nil else { return self }
        mapping.set(key, with(value))
        return with(.map(mapping))
    }
}

extension Mapping {
    /// The value of a key changed, where there is one.
    mutating func change(_ key: String, _ change: (Node) -> Node) {
        guard let node = self[key] else { return }
        set(key, change(node))
    }
}
