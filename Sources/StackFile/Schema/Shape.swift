import OrderedCollections

/// How a value may be written, the one form that it is brought into, and how those of two files combine.
///
/// A new attribute is one line of a table of ``Field``s: its key, its shape, and the rule where it isn't the shape's own.
struct Shape: Sendable {
    /// Brings a node into its canonical form; `nil` after it has reported what is wrong.
    typealias Reader = @Sendable (Node, Path, inout Findings) -> Node?

    /// What is inside, for everything that walks a tree by its shape.
    indirect enum Parts: Sendable {
        case none
        case fields(Fields)
        /// The values of a mapping with free keys.
        case values(Shape)
    }

    var read: Reader
    var parts: Parts = .none
    var merge: MergeRule = .replace

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

    /// The same, or null, which stays null.
    var orNull: Shape {
        let read = read
        return Shape(parts: parts, merge: merge) { node, path, findings in
            node.isNull ? node : read(node, path, &findings)
        }
    }

    /// The same, or null, which is as if it hadn't been said.
    var orNothing: Shape {
        let read = read
        return Shape(parts: parts, merge: merge) { node, path, findings in
            node.isNull ? nil : read(node, path, &findings)
        }
    }

    /// The same, or null, which is an empty mapping.
    var orEmpty: Shape {
        let read = read
        return Shape(parts: parts, merge: merge) { node, path, findings in
            node.isNull ? node.with(.map(Mapping())) : read(node, path, &findings)
        }
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

/// One attribute.
struct Field: Sendable {
    enum Support: Sendable {
        case full
        /// Known to Compose, not to Roost yet: a warning with its place.
        case none
        /// Only some values mean something: the others get the warning.
        case partial(@Sendable (Node) -> Bool)
    }

    var key: String
    var shape: Shape
    var support: Support = .full
    /// `false`, 0 and "" are left out of `config`'s output unless the difference from nothing matters.
    var keepsZero = false

    init(_ key: String, _ shape: Shape, _ support: Support = .full, keepsZero: Bool = false) {
        self.key = key
        self.shape = shape
        self.support = support
        self.keepsZero = keepsZero
    }

    /// An attribute that Roost doesn't support yet; its value is kept for `config`, unread.
    static func unsupported(_ key: String, merge: MergeRule = .deep) -> Field {
        Field(key, .anything.merged(by: merge), .none)
    }
}

/// The attributes of one object of the specification.
final class Fields: Sendable {
    let byKey: [String: Field]
    let required: [String]

    init(required: [String] = [], _ fields: [Field]) {
        byKey = Dictionary(fields.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        self.required = required
    }
}

extension Shape {
    /// An object with the given attributes and `x-…`.
    static func object(_ fields: Fields) -> Shape {
        Shape(parts: .fields(fields), merge: .deep) { node, path, findings in
            guard case .map(let mapping) = node.value else {
                return findings.wrongType(node, path, "a mapping")
            }
            var result = Mapping()
            for (key, entry) in mapping.entries {
                let keyPath = path.key(key)
                guard let field = fields.byKey[key] else {
                    if key.hasPrefix("x-") {
                        result.set(key, entry.node, keyMark: entry.keyMark)
                    } else {
                        findings.error(
                            "unknown key \"\(key)\"", at: entry.keyMark, path,
                            suggestion: Findings.suggestion(for: key, in: fields.byKey.keys))
                    }
                    continue
                }
                if entry.node.override == .reset {
                    result.set(key, entry.node, keyMark: entry.keyMark)
                } else if let value = field.shape.read(entry.node, keyPath, &findings) {
                    findings.note(field, value, entry.keyMark, keyPath)
                    result.set(key, value, keyMark: entry.keyMark)
                }
            }
            for key in fields.required where result[key] == nil && mapping[key] == nil {
                findings.error("\"\(key)\" is missing", at: node.mark, path)
            }
            return node.with(.map(result))
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
                } else if entry.node.override == .reset {
                    result.set(key, entry.node, keyMark: entry.keyMark)
                } else if key.hasPrefix("x-"), path.components.count == 1 {
                    continue
                } else if let value = shape.read(entry.node, path.key(key), &findings) {
                    result.set(key, value, keyMark: entry.keyMark)
                }
            }
            return node.with(.map(result))
        }
    }
}
