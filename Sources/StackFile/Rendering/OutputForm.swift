import OrderedCollections

/// What Docker's output does with the objects of one kind: the order of their keys, and what its JSON shows otherwise
/// than its YAML. ``OutputForms`` is the table. The hash of a service is taken from the same JSON.
final class OutputForm: Sendable {
    private let ranks: [String: Int]
    private let inside: [String: OutputForm]
    /// The form of every value, where the keys are free.
    private let values: OutputForm?
    /// The other spelling of a key in JSON.
    private let namesInJSON: [String: String]
    /// What JSON shows even where there is nothing, in the order of the keys.
    private let alwaysInJSON: [(key: String, value: Node.Value)]
    private let onlyInYAML: Set<String>
    /// Keys that JSON leaves out where they are 0.
    private let zeroOnlyInYAML: Set<String>
    /// Keys that are left out where their text is empty.
    private let emptyNowhere: Set<String>
    /// JSON sorts the keys of this one and shows its extensions.
    private let isTop: Bool

    /// - Parameter order: the keys, blanks between them, in Docker's order. `x-…` come after them.
    init(
        _ order: String, _ inside: [String: OutputForm] = [:], alwaysInJSON: [(key: String, value: Node.Value)] = [],
        namesInJSON: [String: String] = [:], onlyInYAML: Set<String> = [], zeroOnlyInYAML: Set<String> = [],
        emptyNowhere: Set<String> = [],
        isTop: Bool = false
    ) {
        ranks = Dictionary(
            uniqueKeysWithValues: order.split { $0 == " " || $0 == "\n" }.enumerated().map { (String($1), $0) })
        self.inside = inside
        values = nil
        self.alwaysInJSON = alwaysInJSON
        self.namesInJSON = namesInJSON
        self.onlyInYAML = onlyInYAML
        self.zeroOnlyInYAML = zeroOnlyInYAML
        self.emptyNowhere = emptyNowhere
        self.isTop = isTop
    }

    /// A mapping with free keys, which are sorted.
    init(each values: OutputForm) {
        ranks = [:]
        inside = [:]
        self.values = values
        alwaysInJSON = []
        namesInJSON = [:]
        onlyInYAML = []
        zeroOnlyInYAML = []
        emptyNowhere = []
        isTop = false
    }

    /// One entry of a mapping on its way to the output.
    struct Entry {
        var key: String
        var value: Node.Value
        var form: OutputForm?
    }

    /// The keys that the form knows; empty where they are free.
    var keys: Set<String> { Set(ranks.keys) }

    func form(of key: String) -> OutputForm? { values ?? inside[key] }

    /// As Docker's YAML has them.
    static func yaml(_ mapping: Mapping, _ form: OutputForm?) -> [Entry] {
        let shown = mapping.entries.filter { !(form?.isNothing($0.key, $0.value.node) ?? false) }
        let entries = shown.map { Entry(key: $0.key, value: $0.value.node.value, form: form?.form(of: $0.key)) }
        let ranks = form?.ranks ?? [:]
        return entries.sorted { one, other in
            switch (ranks[one.key], ranks[other.key]) {
            case (let first?, let second?): first < second
            case (_?, nil): true
            case (nil, _?): false
            case (nil, nil): NaturalOrder.precedes(one.key, other.key)
            }
        }
    }

    /// As Docker's JSON has them.
    static func json(_ mapping: Mapping, _ form: OutputForm?) -> [Entry] {
        guard let form, form.values == nil else {
            return mapping.entries.map { Entry(key: $0.key, value: $0.value.node.value, form: form?.values) }
                .sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        }
        var entries: [(rank: Int, entry: Entry)] = []
        for (key, entry) in mapping.entries where form.showsInJSON(key, entry.node) {
            entries.append(
                (
                    form.ranks[key] ?? .max,
                    Entry(key: form.namesInJSON[key] ?? key, value: entry.node.value, form: form.inside[key])
                ))
        }
        for (key, value) in form.alwaysInJSON where mapping[key] == nil {
            entries.append((form.ranks[key] ?? .max, Entry(key: key, value: value, form: form.inside[key])))
        }
        return entries.sorted {
            $0.rank == $1.rank || form.isTop
                ? $0.entry.key.utf8.lexicographicallyPrecedes($1.entry.key.utf8) : $0.rank < $1.rank
        }.map(\.entry)
    }

    private func isNothing(_ key: String, _ node: Node) -> Bool {
        emptyNowhere.contains(key) && node.string?.isEmpty == true
    }

    private func showsInJSON(_ key: String, _ node: Node) -> Bool {
        if zeroOnlyInYAML.contains(key) && node.integer == 0 || isNothing(key, node) { return false }
        return (isTop || !key.hasPrefix("x-")) && !onlyInYAML.contains(key)
    }
}
