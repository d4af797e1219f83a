import OrderedCollections

/// What no single file shows: attributes that are missing when all files are combined, nulls that stand for nothing,
/// and items that two files name.
enum Completeness {
    static func check(_ node: Node, _ shape: Shape, _ path: Path, _ findings: inout Findings) {
        switch (node.value, shape.parts) {
        case (.map(let mapping), .fields(let fields)):
            // Items of lists have been looked at when they were read.
            if !path.isInsideList { Shape.missing(of: fields, in: mapping, node, path, &findings) }
            for (key, entry) in mapping.entries where entry.node.override != .reset {
                guard let field = fields[key] else { continue }
                check(entry.node, orNull: field.shape, path.key(key), &findings)
            }
        case (.map(let mapping), .values(let inner)):
            for (key, entry) in mapping.entries where entry.node.override != .reset {
                check(entry.node, orNull: inner, path.key(key), &findings)
            }
        case (.list(let items), .items(let inner)):
            if shape.isDistinct { distinct(items, path, &findings) }
            for (index, item) in items.enumerated() { check(item, inner, path.index(index), &findings) }
        default: break
        }
    }

    private static func check(_ node: Node, orNull shape: Shape, _ path: Path, _ findings: inout Findings) {
        if node.isNull {
            // The shape itself says what it wants instead.
            _ = shape.read(node, path, &findings)
        } else {
            check(node, shape, path, &findings)
        }
    }

    private static func distinct(_ items: [Node], _ path: Path, _ findings: inout Findings) {
        var seen: Set<String> = []
        for (index, item) in items.enumerated() {
            guard let text = item.scalarText, !seen.insert(text).inserted else { continue }
            findings.error("\"\(text)\" is in the list already", at: item.mark, path.index(index))
        }
    }
}
