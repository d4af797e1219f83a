import OrderedCollections

/// `depends_on` and the `networks` of a service: lists of names, or mappings with details.
enum Dependencies {
    static let shape = Shape(parts: .values(dependency), merge: .deep) { node, path, findings in
        guard let items = node.list else {
            guard let read = Shape.map(of: dependency).read(node, path, &findings) else { return nil }
            return completed(read)
        }
        return names(items, node, path, &findings) { item in
            .map(
                [
                    ("condition", item.with(.string("service_started"))), ("required", item.with(.boolean(true))),
                ], item.mark)
        }
    }

    private static let dependency = Shape.object(
        Fields(
            required: ["condition"],
            [
                Field(
                    "condition", .choice("service_started", "service_healthy", "service_completed_successfully")),
                Field("restart", .boolean),
                Field("required", .boolean, keepsZero: true),
            ]))

    private static func completed(_ node: Node) -> Node {
        guard case .map(var mapping) = node.value else { return node }
        for (name, entry) in mapping.entries {
            guard case .map(var details) = entry.node.value, details["required"] == nil else { continue }
            details.set("required", entry.node.with(.boolean(true)))
            mapping.set(name, entry.node.with(.map(details)))
        }
        return node.with(.map(mapping))
    }

    /// A list of names as a mapping.
    static func names(
        _ items: [Node], _ node: Node, _ path: Path, _ findings: inout Findings, value: (Node) -> Node
    ) -> Node? {
        var mapping = Mapping()
        for (index, item) in items.enumerated() {
            guard case .string(let name) = item.value else {
                _ = findings.wrongType(item, path.index(index), "a name")
                continue
            }
            if mapping[name] != nil {
                findings.error("\"\(name)\" is in the list already", at: item.mark, path.index(index))
            }
            mapping.set(name, value(item))
        }
        return node.with(.map(mapping))
    }
}

/// The networks that a service is attached to.
enum Attachments {
    static let shape = Shape(parts: .values(attachment), merge: .deep) { node, path, findings in
        if node.isNull { return node.with(.map(Mapping())) }
        guard let items = node.list else { return Shape.map(of: attachment).read(node, path, &findings) }
        return Dependencies.names(items, node, path, &findings) { $0.with(.null) }
    }

    private static let attachment = Shape.object(
        Fields([
            Field("aliases", .distinctTexts),
            Field("ipv4_address", .text { IPText.isIPv4($0) ? nil : "is not an IPv4 address" }),
            Field("mac_address", .text),
            Field("priority", .integer()),
            Field.unsupported("interface_name"),
            Field.unsupported("ipv6_address"),
            Field.unsupported("link_local_ips"),
            Field.unsupported("driver_opts"),
            Field.unsupported("gw_priority"),
        ])
    ).orNull
}
