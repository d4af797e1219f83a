/// One attribute as the files have it: its key, how it may be written, what it is for, and when it is printed.
struct Attribute: Sendable {
    /// When `config` prints the attribute.
    enum Presence: Sendable {
        /// `false`, 0, "" and empty lists and mappings are the same as nothing.
        case unlessZero
        /// The difference between zero and nothing matters.
        case asWritten
        /// `true` is the same as nothing.
        case unlessTrue
        /// This value where nothing is said.
        case always(Node.Value)
    }

    var key: String
    var shape: Shape
    /// One sentence for people: the schema for editors and messages show it.
    var about: String
    var presence: Presence
}

/// The attributes of one object of the specification.
final class Attributes: Sendable {
    /// Keys that aren't in the table.
    enum Others: Sendable {
        /// `x-…` is kept, anything else is an error.
        case extensions
        /// An error, `x-…` too.
        case none
        /// Passed over, as Docker does where its schema forgets to forbid them.
        case ignored
    }

    /// In the order of the table.
    let all: [Attribute]
    /// The place of each in the table.
    let ranks: [String: Int]
    let required: [String]
    let others: Others
    /// What is printed where nothing is said.
    let always: [(key: String, value: Node.Value)]

    init(required: [String], others: Others, _ attributes: [Attribute]) {
        all = attributes
        ranks = Dictionary(attributes.enumerated().map { ($1.key, $0) }, uniquingKeysWith: { first, _ in first })
        self.required = required
        self.others = others
        always = attributes.compactMap { attribute in
            if case .always(let value) = attribute.presence { (attribute.key, value) } else { nil }
        }
    }

    subscript(key: String) -> Attribute? { ranks[key].map { all[$0] } }
}
