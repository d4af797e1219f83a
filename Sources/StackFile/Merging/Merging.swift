import OrderedCollections

/// Combines the canonical trees of several files, each attribute by the rule of its shape (Compose specification, "Merge").
enum Merging {
    static func merge(_ base: Node, _ over: Node, _ shape: Shape) -> Node {
        switch over.override {
        case .reset, .replace: return over
        case .none: break
        }
        // A null says nothing, save where it means the image's own.
        if over.isNull, !shape.isReplacedByNull { return base }
        if base.override == .reset { return over }
        switch shape.merge {
        case .replace: return over
        case .deep: return deep(base, over, shape.parts)
        case .append: return lists(base, over, appending)
        case .unique(let key): return lists(base, over) { unique($0 + $1, by: key) }
        case .custom(let rule): return rule(base, over)
        }
    }

    static func deep(_ base: Node, _ over: Node, _ parts: Shape.Parts) -> Node {
        if over.isNull { return base }
        guard case .map(var result) = base.value, case .map(let other) = over.value else {
            if case .none = parts { return lists(base, over, appending) }
            return over
        }
        for (key, entry) in other.entries {
            guard let old = result[key] else {
                result.set(key, entry.node, keyMark: entry.keyMark)
                continue
            }
            result.set(key, merge(old, entry.node, shape(of: key, in: parts)))
        }
        return base.with(.map(result))
    }

    /// What a service says to those that extend it, or a file to those that include it: what was reset isn't there,
    /// and what replaces has done so.
    static func cleared(_ node: Node) -> Node {
        var result = node
        result.override = .none
        switch node.value {
        case .map(var mapping):
            for (key, entry) in mapping.entries {
                if entry.node.override == .reset {
                    mapping.remove(key)
                } else if entry.node.mapping != nil || entry.node.list != nil || entry.node.override != .none {
                    mapping.entries[key]?.node = cleared(entry.node)
                }
            }
            result.value = .map(mapping)
        case .list(let items): result.value = .list(items.map(cleared))
        default: break
        }
        return result
    }

    /// What the later list has and the earlier one doesn't, once.
    private static func appending(_ first: [Node], _ second: [Node]) -> [Node] {
        let writer = JSONWriter(isIndented: false)
        var known = Set(first.map { writer.text(of: $0) })
        return first + second.filter { known.insert(writer.text(of: $0)).inserted }
    }

    /// Items that a list of one file names twice.
    static func unique(_ items: [Node], by key: (Node) -> String) -> [Node] {
        var places: [String: Int] = [:]
        var result: [Node] = []
        for item in items {
            let name = key(item)
            if let place = places[name] {
                result[place] = item
            } else {
                places[name] = result.count
                result.append(item)
            }
        }
        return result
    }

    private static func shape(of key: String, in parts: Shape.Parts) -> Shape {
        switch parts {
        case .fields(let fields): fields[key]?.shape ?? .anything
        case .values(let shape): shape
        case .none, .items: .anything
        }
    }

    private static func lists(_ base: Node, _ over: Node, _ combine: ([Node], [Node]) -> [Node]) -> Node {
        guard let first = base.list else { return over }
        guard let second = over.list else { return over.isNull ? base : over }
        return base.with(.list(combine(first, second)))
    }
}
