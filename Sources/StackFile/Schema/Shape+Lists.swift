import OrderedCollections

/// Lists.
extension Shape {
    /// A list of items of one shape.
    static func list(of item: Shape) -> Shape {
        Shape(parts: .items(item), merge: .append) { node, path, findings in
            guard case .list(let items) = node.value else { return findings.wrongType(node, path, "a list") }
            var result: [Node] = []
            result.reserveCapacity(items.count)
            for (index, element) in items.enumerated() {
                if let value = item.read(element, path.index(index), &findings) { result.append(value) }
            }
            return node.with(.list(result))
        }
    }

    /// A list in which each item may become several.
    static func list(
        parts item: Shape, expanding read: @escaping @Sendable (Node, Path, inout Findings) -> [Node]
    ) -> Shape {
        Shape(parts: .items(item), merge: .append) { node, path, findings in
            guard case .list(let items) = node.value else { return findings.wrongType(node, path, "a list") }
            var result: [Node] = []
            for (index, element) in items.enumerated() {
                result += read(element, path.index(index), &findings)
            }
            return node.with(.list(result))
        }
    }

    static let texts = Shape.list(of: .text)
    /// What is named twice is an error.
    static let distinctTexts = texts.distinct
    /// What is named twice counts once, by what stands before a "=".
    static let uniqueTexts = Shape.list(of: .text).merged(by: .unique(by: Shape.name))

    /// What names an item of a list like `[NAME=VALUE, NAME]`.
    @Sendable static func name(_ item: Node) -> String {
        guard let text = item.scalarText else { return "" }
        return text.firstIndex(of: "=").map { String(text[..<$0]) } ?? text
    }

    /// One text, or a list of them, each once.
    static let textOrTexts = oneOrSeveral(uniqueTexts)
    /// One text, or a list in which none may be twice.
    static let textOrDistinctTexts = oneOrSeveral(distinctTexts)

    static func oneOrSeveral(_ list: Shape) -> Shape {
        var shape = list
        shape.read = { node, path, findings in
            if case .string = node.value { return node.with(.list([node])) }
            guard node.list != nil else { return findings.wrongType(node, path, "a string or a list") }
            return list.read(node, path, &findings)
        }
        return shape
    }

    /// `command` and `entrypoint`: a list as it is, a string split as a shell would; null is the image's.
    static let command: Shape = {
        var shape = Shape { node, path, findings in
            switch node.value {
            case .null: return node
            case .string(let text): return words(text, node, path, &findings)
            case .list: return texts.read(node, path, &findings)
            default: return findings.wrongType(node, path, "a string or a list")
            }
        }
        shape.isReplacedByNull = true
        return shape
    }()

    private static func words(_ text: String, _ node: Node, _ path: Path, _ findings: inout Findings) -> Node? {
        do throws(ShellWords.Failure) {
            let words = try ShellWords.split(text)
            guard findings.allows(words.words.count, at: node.mark, path) else { return nil }
            if let rest = words.ignored {
                findings.warning(
                    "\"\(rest)\" and what follows is not part of the command: no shell reads it", at: node.mark,
                    path, suggestion: "write [\"sh\", \"-c\", \"…\"] to have one")
            }
            return node.with(.list(words.words.map { node.with(.string($0)) }))
        } catch {
            return findings.invalid(node, path, "can't be split into words: \(error.message)")
        }
    }
}
