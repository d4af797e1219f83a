import OrderedCollections

/// Where a node began.
struct Mark: Equatable, Hashable, Sendable {
    /// The number of the file among those read.
    var file: UInt16
    /// From 1.
    var line: UInt32
    /// From 1.
    var column: UInt32
}

/// The value of a YAML node in the core schema of YAML 1.2, with its place.
struct Node: Sendable {
    enum Value: Sendable {
        case null
        case boolean(Bool)
        case integer(Int64)
        case float(Double)
        case string(String)
        case list([Node])
        case map(Mapping)
    }

    /// What a file says about how the node combines with that of an earlier file (Compose specification, "Merge").
    enum Override: Sendable {
        case none
        /// `!reset`: as if it had never been said.
        case reset
        /// `!override`: replaces instead of being combined.
        case replace
    }

    var value: Value
    var mark: Mark
    var override: Override = .none
    /// A plain scalar that YAML takes for a time: it fits where any value may stand as text, but not where a text is
    /// wanted.
    var isTime = false

    init(_ value: Value, _ mark: Mark) {
        self.value = value
        self.mark = mark
    }

    static func string(_ text: String, _ mark: Mark) -> Node { Node(.string(text), mark) }
    static func map(_ entries: [(String, Node)], _ mark: Mark) -> Node {
        var mapping = Mapping()
        for (key, node) in entries { mapping.set(key, node) }
        return Node(.map(mapping), mark)
    }

    /// A value that no file says, at the place of one that made it necessary.
    func with(_ value: Value) -> Node {
        var node = Node(value, mark)
        node.override = override
        return node
    }
}

/// A mapping in the order of the file.
struct Mapping: Sendable {
    struct Entry: Sendable {
        var keyMark: Mark
        var node: Node
    }

    var entries: OrderedDictionary<String, Entry> = [:]

    subscript(key: String) -> Node? { entries[key]?.node }
    var keys: [String] { Array(entries.keys) }
    var isEmpty: Bool { entries.isEmpty }
    var count: Int { entries.count }

    /// Keeps the place of a key that is there already.
    mutating func set(_ key: String, _ node: Node, keyMark: Mark? = nil) {
        if entries[key] != nil {
            entries[key]?.node = node
        } else {
            entries[key] = Entry(keyMark: keyMark ?? node.mark, node: node)
        }
    }

    mutating func remove(_ key: String) { entries.removeValue(forKey: key) }
}

/// What a node is, as read by code that knows its form.
///
/// The optimiser of Swift 6.3.1 stops with an internal error where it inlines `integer` behind a chain of optionals.
extension Node {
    var isNull: Bool {
        if case .null = value { return true }
        return false
    }
    var mapping: Mapping? {
        if case .map(let mapping) = value { return mapping }
        return nil
    }
    var list: [Node]? {
        if case .list(let list) = value { return list }
        return nil
    }
    var string: String? {
        if case .string(let text) = value { return text }
        return nil
    }
    @inline(never)
    var integer: Int64? {
        if case .integer(let number) = value { return number }
        return nil
    }
    var boolean: Bool? {
        if case .boolean(let flag) = value { return flag }
        return nil
    }
    /// Integers count as numbers.
    var number: Double? {
        switch value {
        case .float(let number): number
        case .integer(let number): Double(number)
        default: nil
        }
    }
    /// The texts of a list of strings; anything else in it is left out.
    var strings: [String] { list?.compactMap(\.string) ?? [] }

    subscript(key: String) -> Node? { mapping?[key] }

    /// For messages: "a list", "a string".
    var kind: String {
        switch value {
        case .null: "null"
        case .boolean: "a boolean"
        case .integer: "an integer"
        case .float: "a number"
        case .string: isTime ? "a time" : "a string"
        case .list: "a list"
        case .map: "a mapping"
        }
    }

    /// A scalar as text, numbers in the form that Docker writes; `nil` for null, lists and mappings.
    var scalarText: String? {
        switch value {
        case .string(let text): text
        case .integer(let number): String(number)
        case .float(let number): FloatText.format(number)
        case .boolean(let flag): flag ? "true" : "false"
        case .null, .list, .map: nil
        }
    }
}
