import OrderedCollections

/// `[A=1, B]` or `{A: 1, B: }`.
extension Shape {
    /// A name without a value: nothing, for variables to come from outside.
    static let variables: Shape = {
        var value = Shape { node, _, _ in node }
        value.isReplacedByNull = true
        return assignments(missing: .null, refusesBlanks: true, of: value)
    }()

    /// A name without a value has an empty one.
    static let labels = assignments(missing: .string(""))

    /// The same, where a list may not name anything twice.
    static let distinctLabels = assignments(missing: .string(""), isDistinct: true)

    /// `build.additional_contexts`: each has a value.
    static let contexts = assignments(missing: nil, isDistinct: true)

    private static func assignments(
        missing: Node.Value?, refusesBlanks: Bool = false, isDistinct: Bool = false, of value: Shape = .anything
    ) -> Shape {
        Shape(parts: .values(value), merge: .deep) { node, path, findings in
            switch node.value {
            case .list(let items):
                var result = Mapping()
                var seen: Set<String> = []
                for (index, item) in items.enumerated() {
                    let place = path.index(index)
                    if isDistinct, let text = item.string, !seen.insert(text).inserted {
                        findings.error("\"\(text)\" is in the list already", at: item.mark, place)
                    }
                    assignment(item, missing, refusesBlanks, place, into: &result, &findings)
                }
                return node.with(.map(result))
            case .map(let mapping):
                return node.with(.map(values(of: mapping, missing ?? .string(""), path, &findings)))
            default: return findings.wrongType(node, path, "a mapping or a list")
            }
        }
    }

    private static func assignment(
        _ item: Node, _ missing: Node.Value?, _ refusesBlanks: Bool, _ path: Path, into result: inout Mapping,
        _ findings: inout Findings
    ) {
        guard case .string(let text) = item.value, !item.isTime else {
            _ = findings.wrongType(item, path, "NAME=VALUE")
            return
        }
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        if refusesBlanks, parts[0].last?.isWhitespace == true {
            findings.error("the name \"\(parts[0])\" ends in a blank", at: item.mark, path)
            return
        }
        guard let value = parts.count > 1 ? Node.Value.string(String(parts[1])) : missing else {
            _ = findings.invalid(item, path, "\"\(text)\" must be written NAME=VALUE")
            return
        }
        result.set(String(parts[0]), item.with(value))
    }

    private static func values(
        of mapping: Mapping, _ missing: Node.Value, _ path: Path, _ findings: inout Findings
    ) -> Mapping {
        var result = Mapping()
        for (key, entry) in mapping.entries {
            let node = entry.node
            if node.override == .reset {
                result.set(key, node, keyMark: entry.keyMark)
            } else if node.isNull {
                result.set(key, node.with(missing), keyMark: entry.keyMark)
            } else if let text = node.scalarText {
                result.set(key, node.with(.string(text)), keyMark: entry.keyMark)
            } else {
                _ = findings.wrongType(node, path.key(key), "a string, a number, a boolean or null")
            }
        }
        return result
    }

    /// Options for something outside of Compose: texts and numbers become texts. A null is empty where one may be.
    static func options(orNull: Bool = false, orBoolean: Bool = false) -> Shape {
        .map(
            of: Shape { node, path, findings in
                if node.isNull, orNull { return node }
                if node.boolean != nil, orBoolean { return node.with(.string(node.scalarText ?? "")) }
                return textOrNumber.read(node, path, &findings)
            })
    }
}
