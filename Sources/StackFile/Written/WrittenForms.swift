import OrderedCollections

/// The long forms of what a file writes short, for a tree whose variables stay as they are written
/// (`config --no-interpolate`).
///
/// Nothing is typed and little is checked: a text with a variable in it can't be. Only lists and mappings take the
/// shape that merging needs; a short form that a variable hides stays short.
enum WrittenForms {
    /// - Returns: `nil` after it has reported that the top isn't a mapping.
    static func project(_ tree: Node, _ findings: inout Findings) -> Node? {
        guard case .map = tree.value else { return findings.wrongType(tree, Path(), "a mapping") }
        var result = tree
        result = WrittenTree.changing(result, "services") { services in
            WrittenTree.each(services) { service($0) }
        }
        for key in ["networks", "volumes", "secrets", "configs"] {
            result = WrittenTree.changing(result, key) { WrittenTree.each($0, external) }
        }
        return result
    }

    static func service(_ node: Node) -> Node {
        guard case .map = node.value else { return node }
        var result = node
        for (key, change) in changes { result = WrittenTree.changing(result, key, change) }
        return result
    }

    private static let changes: [(String, @Sendable (Node) -> Node)] = [
        ("build", build), ("configs", { WrittenTree.items($0, grant) }),
        ("depends_on", dependencies), ("devices", { WrittenTree.items($0, device) }),
        ("dns", list), ("env_file", { WrittenTree.items(list($0), environmentFile) }), ("gpus", gpus),
        ("label_file", list), ("models", { names($0) { $0.with(.null) } }),
        ("networks", { names($0) { $0.with(.null) } }), ("ports", ports),
        ("secrets", { WrittenTree.items($0, grant) }), ("volumes", { WrittenTree.items($0, volume) }),
    ]

    private static func list(_ node: Node) -> Node { node.string == nil ? node : node.with(.list([node])) }

    /// A list of names as a mapping.
    private static func names(_ node: Node, _ value: (Node) -> Node) -> Node {
        guard let items = node.list else { return node }
        var mapping = Mapping()
        for item in items { if let name = item.string { mapping.set(name, value(item)) } }
        return node.with(.map(mapping))
    }

    private static func dependencies(_ node: Node) -> Node {
        guard node.list == nil else { return names(node, dependency) }
        return WrittenTree.each(node) { WrittenTree.adding("required", .boolean(true), to: $0) }
    }

    private static func dependency(_ node: Node) -> Node {
        .map(
            [("condition", node.with(.string("service_started"))), ("required", node.with(.boolean(true)))], node.mark)
    }

    private static func grant(_ node: Node) -> Node {
        node.string == nil ? node : .map([("source", node)], node.mark)
    }

    private static func environmentFile(_ node: Node) -> Node {
        let file = node.string == nil ? node : .map([("path", node)], node.mark)
        return WrittenTree.adding("required", .boolean(true), to: file)
    }

    private static func gpus(_ node: Node) -> Node {
        node.string == nil ? node : node.with(.list([.map([("count", node.with(.string("all")))], node.mark)]))
    }

    private static func device(_ node: Node) -> Node {
        guard let text = node.string else { return node }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        let target = parts.count > 1 && !parts[1].isEmpty ? parts[1] : parts[0]
        return .map(
            [
                ("source", node.with(.string(parts[0]))), ("target", node.with(.string(target))),
                ("permissions", node.with(.string(parts.count == 3 ? parts[2] : "rwm"))),
            ], node.mark)
    }

    // MARK: what the schema's own readers split

    private static func ports(_ node: Node) -> Node {
        guard let items = node.list else { return node }
        var result: [Node] = []
        for item in items {
            guard item.mapping == nil else {
                result.append(item)
                continue
            }
            guard let read = parsed(item, Ports.form.shape) else { return node }
            result += read
        }
        return node.with(.list(result))
    }

    private static func volume(_ node: Node) -> Node {
        guard node.string != nil, let mount = parsed(node, Mounts.form.shape)?.first else { return node }
        return WrittenTree.changing(mount, "bind") { WrittenTree.adding("create_host_path", .boolean(true), to: $0) }
    }

    private static func parsed(_ node: Node, _ shape: Shape?) -> [Node]? {
        var unheard = Findings()
        let read = shape?.read(node.with(.list([node])), Path(), &unheard)?.list
        return unheard.hasErrors ? nil : read
    }

    private static func build(_ node: Node) -> Node {
        if node.string != nil { return .map([("context", node)], node.mark) }
        var result = WrittenTree.changing(node, "additional_contexts", assignments)
        result = WrittenTree.changing(result, "ssh", assignments)
        result = WrittenTree.changing(result, "secrets") { WrittenTree.items($0, grant) }
        for key in ["provenance", "sbom"] {
            result = WrittenTree.changing(result, key) { $0.with(.string($0.scalarText ?? "")) }
        }
        return result
    }

    private static func assignments(_ node: Node) -> Node {
        guard let items = node.list else { return node }
        var mapping = Mapping()
        for item in items {
            let parts = (item.string ?? "").split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let value = parts.count > 1 ? Node.Value.string(String(parts[1])) : .null
            mapping.set(parts.first.map(String.init) ?? "", item.with(value))
        }
        return node.with(.map(mapping))
    }

    /// `external: {name: …}`, the old form.
    private static func external(_ node: Node) -> Node {
        guard case .map(var mapping) = node.value, let external = mapping["external"], external.mapping != nil else {
            return node
        }
        mapping.set("external", external.with(.boolean(true)))
        if let name = external["name"], mapping["name"] == nil { mapping.set("name", name) }
        return node.with(.map(mapping))
    }
}

/// Changes in a tree of which only a part is known.
enum WrittenTree {
    static func changing(_ node: Node, _ key: String, _ change: (Node) -> Node) -> Node {
        guard case .map(var mapping) = node.value, let value = mapping[key], value.override != .reset else {
            return node
        }
        mapping.set(key, change(value))
        return node.with(.map(mapping))
    }

    static func each(_ node: Node, _ change: (Node) -> Node) -> Node {
        guard case .map(var mapping) = node.value else { return node }
        for (key, entry) in mapping.entries { mapping.entries[key]?.node = change(entry.node) }
        return node.with(.map(mapping))
    }

    static func items(_ node: Node, _ change: (Node) -> Node) -> Node {
        guard let items = node.list else { return node }
        return node.with(.list(items.map(change)))
    }

    /// Where it isn't there yet.
    static func adding(_ key: String, _ value: Node.Value, to node: Node) -> Node {
        guard case .map(var mapping) = node.value, mapping[key] == nil else { return node }
        mapping.set(key, node.with(value))
        return node.with(.map(mapping))
    }
}
