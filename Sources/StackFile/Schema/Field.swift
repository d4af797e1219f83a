/// One attribute: its key, how it may be written, what it is for, and what is special about it.
struct Field: Sendable {
    /// Whether Roost does at run time what the attribute says.
    enum Support: Sendable {
        case full
        /// Known to Compose, not to Roost yet: a warning with its place.
        case none
        /// Only some values mean something: the others get the warning.
        case partial(@Sendable (Node) -> Bool)
    }

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
    var runtime: Support
    /// What a start stumbles over and Compose's `config` accepts: returns the message.
    var start: (@Sendable (Node) -> String?)?

    init(
        _ key: String, _ shape: Shape, _ about: String, _ presence: Presence = .unlessZero, runtime: Support = .full,
        start: (@Sendable (Node) -> String?)? = nil
    ) {
        self.key = key
        self.shape = shape
        self.about = about
        self.presence = presence
        self.runtime = runtime
        self.start = start
    }

    /// Whether Roost does what this value says.
    func isSupported(_ value: Node) -> Bool {
        switch runtime {
        case .full: true
        case .none: false
        case .partial(let accepts): accepts(value)
        }
    }
}

/// The attributes of one object of the specification.
final class Fields: Sendable {
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
    let all: [Field]
    let byKey: [String: Field]
    let required: [String]
    let others: Others
    /// What is printed where nothing is said.
    let always: [(key: String, value: Node.Value)]

    init(required: [String] = [], others: Others = .extensions, _ fields: [Field]) {
        all = fields
        byKey = Dictionary(fields.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        self.required = required
        self.others = others
        always = fields.compactMap { field in
            if case .always(let value) = field.presence { (field.key, value) } else { nil }
        }
    }
}
