import OrderedCollections

/// How a value may be written, the one form that it is brought into, and how those of two files combine.
///
/// A new attribute is one line of a table of ``Field``s: its key, its shape or form, its documentation, and what it is
/// bound to.
struct Shape: Sendable {
    /// Brings a node into its canonical form; `nil` after it has reported what is wrong.
    typealias Reader = @Sendable (Node, Path, inout Findings) -> Node?

    /// What is inside, for everything that walks a tree by its shape.
    indirect enum Parts: Sendable {
        case none
        case fields(Attributes)
        /// The values of a mapping with free keys.
        case values(Shape)
        /// The items of a list.
        case items(Shape)
    }

    var read: Reader
    var parts: Parts = .none
    var merge: MergeRule = .replace
    /// A null of a later file counts, where it otherwise leaves what an earlier one says.
    var isReplacedByNull = false
    /// The same item twice is an error, also where two files say it.
    var isDistinct = false

    init(parts: Parts = .none, merge: MergeRule = .replace, read: @escaping Reader) {
        self.read = read
        self.parts = parts
        self.merge = merge
    }

    /// The same, combined by another rule.
    func merged(by rule: MergeRule) -> Shape {
        var shape = self
        shape.merge = rule
        return shape
    }

    /// The same, where no item may be there twice.
    var distinct: Shape {
        var shape = self
        shape.isDistinct = true
        return shape
    }

    /// The same, or null, which is not an error. Where it stands for a key of the specification it is as if it hadn't
    /// been said; the entries of a mapping with free keys keep it.
    var orNull: Shape {
        let read = read
        var shape = self
        shape.read = { node, path, findings in node.isNull ? node : read(node, path, &findings) }
        return shape
    }
}

/// How the values of two files combine (Compose specification, "Merge").
enum MergeRule: Sendable {
    /// The later one counts.
    case replace
    /// Key by key, each by the rule of its own shape.
    case deep
    /// The later list's items after the earlier one's; an item with the same key takes the earlier one's place.
    case unique(by: @Sendable (Node) -> String)
    /// One list after the other.
    case append
    case custom(@Sendable (Node, Node) -> Node)
}

extension Shape {
    /// An object with the given attributes and, usually, `x-…`. A null is left to the stages after the merge: what an
    /// earlier file says may stand behind it.
    static func object(_ fields: Attributes) -> Shape {
        Shape(parts: .fields(fields), merge: .deep) { node, path, findings in
            guard case .map(let mapping) = node.value else {
                return findings.wrongType(node, path, "a mapping")
            }
            var result = Mapping()
            for (key, entry) in mapping.entries {
                guard let field = fields[key] else {
                    other(key, entry, fields, path, into: &result, &findings)
                    continue
                }
                if entry.node.override == .reset || entry.node.isNull {
                    result.set(key, entry.node, keyMark: entry.keyMark)
                } else if let value = field.shape.read(entry.node, path.key(key), &findings) {
                    result.set(key, value, keyMark: entry.keyMark)
                }
            }
            // The items of lists are never combined: what is missing in one is missing for good.
            if path.isInsideList { missing(of: fields, in: mapping, node, path, &findings) }
            return node.with(.map(result))
        }
    }

    static func missing(
        of fields: Attributes, in mapping: Mapping, _ node: Node, _ path: Path, _ findings: inout Findings
    ) {
        for key in fields.required where mapping[key] == nil {
            findings.error("\"\(key)\" is missing", at: node.mark, path)
        }
    }

    private static func other(
        _ key: String, _ entry: Mapping.Entry, _ fields: Attributes, _ path: Path, into result: inout Mapping,
        _ findings: inout Findings
    ) {
        if fields.others == .extensions, key.hasPrefix("x-") {
            result.set(key, entry.node, keyMark: entry.keyMark)
        } else if fields.others != .ignored {
            findings.error(
                "unknown key \"\(key)\"", at: entry.keyMark, path,
                suggestion: Findings.suggestion(for: key, in: fields.all.lazy.map(\.key)))
        }
    }

    /// A mapping with free keys and values of one shape.
    static func map(
        of shape: Shape, named keyRule: @escaping @Sendable (String) -> String? = { _ in nil }
    ) -> Shape {
        Shape(parts: .values(shape), merge: .deep) { node, path, findings in
            guard case .map(let mapping) = node.value else {
                return findings.wrongType(node, path, "a mapping")
            }
            var result = Mapping()
            for (key, entry) in mapping.entries {
                if let problem = keyRule(key) {
                    findings.error("\"\(key)\" \(problem)", at: entry.keyMark, path)
                } else if entry.node.override == .reset || entry.node.isNull {
                    result.set(key, entry.node, keyMark: entry.keyMark)
                } else if let value = shape.read(entry.node, path.key(key), &findings) {
                    result.set(key, value, keyMark: entry.keyMark)
                }
            }
            return node.with(.map(result))
        }
    }
}
