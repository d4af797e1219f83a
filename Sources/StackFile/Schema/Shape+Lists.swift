import OrderedCollections

/// Lists and the short forms of mappings.
extension Shape {
    /// A list of items of one shape. `distinct`: the same item twice is an error.
    static func list(of item: Shape, distinct: Bool = false) -> Shape {
        Shape(merge: .append) { node, path, findings in
            guard case .list(let items) = node.value else { return findings.wrongType(node, path, "a list") }
            var result: [Node] = []
            result.reserveCapacity(items.count)
            var seen: Set<String> = []
            for (index, element) in items.enumerated() {
                let itemPath = path.index(index)
                if distinct, let text = element.scalarText, !seen.insert(text).inserted {
                    findings.error("\"\(text)\" is in the list already", at: element.mark, itemPath)
                }
                if let value = item.read(element, itemPath, &findings) { result.append(value) }
            }
            return node.with(.list(result))
        }
    }

    /// A list in which each item may become several.
    static func list(
        expanding read: @escaping @Sendable (Node, Path, inout Findings) -> [Node]
    ) -> Shape {
        Shape(merge: .append) { node, path, findings in
            guard case .list(let items) = node.value else { return findings.wrongType(node, path, "a list") }
            var result: [Node] = []
            for (index, element) in items.enumerated() {
                result += read(element, path.index(index), &findings)
            }
            return node.with(.list(result))
        }
    }

    static let texts = Shape.list(of: .text, distinct: true).merged(by: .append)
    /// What is named twice counts once.
    static let distinctTexts = Shape.list(of: .text).merged(by: .unique { $0.scalarText ?? "" })

    /// One text, or a list of them.
    static let textOrTexts = Shape(merge: .unique { $0.scalarText ?? "" }) { node, path, findings in
        if case .string(let text) = node.value { return node.with(.list(text.isEmpty ? [] : [node])) }
        guard node.list != nil else { return findings.wrongType(node, path, "a string or a list") }
        return distinctTexts.read(node, path, &findings)
    }

    /// `[A=1, B]` or `{A: 1, B: }`. A name without a value: nothing, for variables to come from outside.
    static let variables = assignments(missing: .null)

    /// The same, where a name without a value has an empty one.
    static let labels = assignments(missing: .string(""))

    private static func assignments(missing: Node.Value) -> Shape {
        Shape(parts: .values(.anything), merge: .deep) { node, path, findings in
            switch node.value {
            case .list(let items):
                var result = Mapping()
                for (index, item) in items.enumerated() {
                    guard case .string(let text) = item.value else {
                        _ = findings.wrongType(item, path.index(index), "NAME=VALUE")
                        continue
                    }
                    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                    let value = parts.count > 1 ? Node.Value.string(String(parts[1])) : missing
                    result.set(String(parts[0]), item.with(value))
                }
                return node.with(.map(result))
            case .map(let mapping): return node.with(.map(values(of: mapping, missing, path, &findings)))
            default: return findings.wrongType(node, path, "a mapping or a list")
            }
        }
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

    /// `command` and `entrypoint`: a list as it is, a string split as a shell would; null is the image's.
    static let command = Shape { node, path, findings in
        switch node.value {
        case .null: return node
        case .string(let text):
            do throws(ShellWords.Failure) {
                let words = try ShellWords.split(text)
                if let rest = words.ignored {
                    findings.warning(
                        "\"\(rest)\" and what follows is not part of the command: no shell reads it", at: node.mark,
                        path, suggestion: "write [\"sh\", \"-c\", \"…\"] to have one")
                }
                return node.with(.list(words.words.map { node.with(.string($0)) }))
            } catch {
                return findings.invalid(node, path, "can't be split into words: \(error.message)")
            }
        case .list: return list(of: .text).read(node, path, &findings)
        default: return findings.wrongType(node, path, "a string or a list")
        }
    }
}
