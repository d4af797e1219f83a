import OrderedCollections

/// Leaves out of a merged tree what was reset, items named twice, and zeros that mean the same as nothing; puts in what is
/// always printed.
enum Pruning {
    static func prune(_ node: Node, _ shape: Shape) -> Node {
        switch node.value {
        case .list(let items): return node.with(.list(prune(items, shape)))
        case .map(let mapping):
            var result = prune(mapping, shape)
            if case .fields(let fields) = shape.parts {
                for (key, value) in fields.always where result[key] == nil { result.set(key, node.with(value)) }
            }
            return node.with(.map(result))
        case .null, .boolean, .integer, .float, .string: return node
        }
    }

    private static func prune(_ items: [Node], _ shape: Shape) -> [Node] {
        var items = items
        if case .unique(let key) = shape.merge { items = Merging.unique(items, by: key) }
        guard case .items(let inner) = shape.parts else { return items }
        return items.map { prune($0, inner) }
    }

    private static func prune(_ mapping: Mapping, _ shape: Shape) -> Mapping {
        var result = Mapping()
        for (key, entry) in mapping.entries where entry.node.override != .reset {
            switch shape.parts {
            case .fields(let fields):
                guard let field = fields[key] else {
                    result.set(key, Merging.cleared(entry.node), keyMark: entry.keyMark)
                    continue
                }
                let value = prune(entry.node, field.shape)
                if isPrinted(value, field) { result.set(key, value, keyMark: entry.keyMark) }
            case .values(let inner): result.set(key, prune(entry.node, inner), keyMark: entry.keyMark)
            case .none, .items: result.set(key, prune(entry.node, .anything), keyMark: entry.keyMark)
            }
        }
        return result
    }

    private static func isPrinted(_ value: Node, _ field: Attribute) -> Bool {
        if value.isNull { return false }
        return switch field.presence {
        case .asWritten, .always: true
        case .unlessZero: !isZero(value)
        case .unlessTrue: value.boolean != true
        }
    }

    static func isZero(_ node: Node) -> Bool {
        switch node.value {
        case .null: true
        case .boolean(let flag): !flag
        case .integer(let number): number == 0
        case .float(let number): number == 0
        case .string(let text): text.isEmpty
        case .list(let items): items.isEmpty
        case .map(let mapping): mapping.isEmpty
        }
    }
}
