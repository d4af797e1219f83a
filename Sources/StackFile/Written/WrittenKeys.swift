import OrderedCollections

/// Finds keys that the specification doesn't know, in a tree whose values can't be checked.
enum WrittenKeys {
    static func check(_ node: Node, _ shape: Shape, _ path: Path, _ findings: inout Findings) {
        switch (node.value, shape.parts) {
        case (.list(let items), .items(let inner)):
            for (index, item) in items.enumerated() { check(item, inner, path.index(index), &findings) }
        case (.map(let mapping), .values(let inner)):
            for (key, entry) in mapping.entries { check(entry.node, inner, path.key(key), &findings) }
        case (.map(let mapping), .fields(let fields)):
            for (key, entry) in mapping.entries {
                if let field = fields[key] {
                    check(entry.node, field.shape, path.key(key), &findings)
                } else if isUnknown(key, fields) {
                    findings.error(
                        "unknown key \"\(key)\"", at: entry.keyMark, path,
                        suggestion: Findings.suggestion(for: key, in: fields.all.lazy.map(\.key)))
                }
            }
        default: break
        }
    }

    private static func isUnknown(_ key: String, _ fields: Attributes) -> Bool {
        switch fields.others {
        case .extensions: !key.hasPrefix("x-")
        case .none: true
        case .ignored: false
        }
    }
}
