/// One attribute, and the value that it is bound to.
///
/// A new attribute is one line of a table of these. One that is bound to nothing isn't carried out: a warning says so,
/// with its place.
struct Field<Root>: Sendable {
    /// Puts what a node says into the value.
    typealias Binding = @Sendable (Node, Place, inout Root, inout Resolution) -> Void

    /// Who does what an attribute says, where no value carries it.
    enum Doer: Sendable {
        /// An earlier stage of the loader, or another attribute's binding.
        case loader
        /// Nobody has to: it tells people something, or the thing is so anyway.
        case nobody
    }

    let attribute: Attribute
    let bind: Binding?

    private init(
        _ key: String, _ shape: Shape, _ about: String, _ presence: Attribute.Presence, bind: Binding?
    ) {
        attribute = Attribute(key: key, shape: shape, about: about, presence: presence)
        self.bind = bind
    }

    /// Bound to nothing.
    init(_ key: String, _ shape: Shape, _ about: String, _ presence: Attribute.Presence = .unlessZero) {
        self.init(key, shape, about, presence, bind: nil)
    }

    init(
        _ key: String, _ shape: Shape, _ about: String, _ presence: Attribute.Presence = .unlessZero, doneBy _: Doer
    ) {
        self.init(key, shape, about, presence) { _, _, _, _ in }
    }

    /// These words say what is so anyway; others aren't carried out.
    init(
        _ key: String, _ shape: Shape, _ about: String, _ presence: Attribute.Presence = .unlessZero,
        only words: String...
    ) {
        self.init(key, shape, about, presence) { node, place, _, resolution in
            if !words.contains(node.string ?? "") { resolution.unsupported(place) }
        }
    }

    /// The flag says what is so anyway; the other one isn't carried out.
    init(
        _ key: String, _ shape: Shape, _ about: String, _ presence: Attribute.Presence = .unlessZero, only flag: Bool
    ) {
        self.init(key, shape, about, presence) { node, place, _, resolution in
            if node.boolean != flag { resolution.unsupported(place) }
        }
    }

    /// Can't be carried out here: a start is refused with the reason.
    init(
        _ key: String, _ shape: Shape, _ about: String, _ presence: Attribute.Presence = .unlessZero,
        refused reason: String, unless words: String..., suggestion: String? = nil
    ) {
        self.init(key, shape, about, presence) { node, place, _, resolution in
            if node.saysNothing || words.contains(node.string ?? "") { return }
            resolution.fault("can't be carried out: \(reason)", at: place.keyMark, place, suggestion: suggestion)
        }
    }

    /// Bound to one property.
    init<Value>(
        _ key: String, _ form: Form<Value>, _ about: String, _ presence: Attribute.Presence = .unlessZero,
        to path: any WritableKeyPath<Root, Value> & Sendable
    ) {
        self.init(key, form, about, presence) { $0[keyPath: path] = $1 }
    }

    init<Value>(
        _ key: String, _ form: Form<Value>, _ about: String, _ presence: Attribute.Presence = .unlessZero,
        to path: any WritableKeyPath<Root, Value?> & Sendable
    ) {
        self.init(key, form, about, presence) { $0[keyPath: path] = $1 }
    }

    /// Bound by a rule.
    init<Value>(
        _ key: String, _ form: Form<Value>, _ about: String, _ presence: Attribute.Presence = .unlessZero,
        set: @escaping @Sendable (inout Root, Value) -> Void
    ) {
        self.init(key, form, about, presence) { root, value, _, _ in set(&root, value) }
    }

    /// Bound by a rule that the value may not fit.
    init<Value>(
        _ key: String, _ form: Form<Value>, _ about: String, _ presence: Attribute.Presence = .unlessZero,
        trying set: @escaping @Sendable (inout Root, Value, Place, inout Resolution) -> Void
    ) {
        self.init(key, form.shape, about, presence) { node, place, root, resolution in
            if let value = form.value(node, place, &resolution) { set(&root, value, place, &resolution) }
        }
    }

    /// Kept for the attributes of other objects.
    init<Value>(
        _ key: String, _ form: Form<Value>, _ about: String, _ presence: Attribute.Presence = .unlessZero,
        kept path: any WritableKeyPath<Resolution, Value> & Sendable
    ) {
        self.init(key, form.shape, about, presence) { node, place, _, resolution in
            if let value = form.value(node, place, &resolution) { resolution[keyPath: path] = value }
        }
    }

    /// An object whose own fields are bound to parts of the value.
    init<Part>(
        _ key: String, _ fields: Fields<Part>, shape: Shape? = nil, _ about: String,
        _ presence: Attribute.Presence = .unlessZero, in path: any WritableKeyPath<Root, Part> & Sendable
    ) {
        self.init(key, shape ?? .object(fields), about, presence) { node, place, root, resolution in
            fields.bind(node, place, to: &root[keyPath: path], &resolution)
        }
    }

    /// The same field for whatever the value is a part of.
    func inside<Whole>(_ path: any WritableKeyPath<Whole, Root> & Sendable) -> Field<Whole> {
        var outer: Field<Whole>.Binding?
        if let bind {
            outer = { node, place, whole, resolution in bind(node, place, &whole[keyPath: path], &resolution) }
        }
        return Field<Whole>(attribute.key, attribute.shape, attribute.about, attribute.presence, bind: outer)
    }
}

extension Node {
    /// `false`, 0 and what is empty ask for nothing.
    fileprivate var saysNothing: Bool {
        boolean == false || integer == 0 || string?.isEmpty == true || list?.isEmpty == true || mapping?.isEmpty == true
    }
}

/// The fields of one object of the specification.
final class Fields<Root>: Sendable {
    let attributes: Attributes
    private let bindings: [Field<Root>.Binding?]

    init(required: [String] = [], others: Attributes.Others = .extensions, _ fields: [Field<Root>]) {
        attributes = Attributes(required: required, others: others, fields.map(\.attribute))
        bindings = fields.map(\.bind)
    }

    /// Puts what an object says into the value, in the order of the table: of two fields that are bound to one property,
    /// the later one counts.
    func bind(_ node: Node, _ place: Place, to root: inout Root, _ resolution: inout Resolution) {
        guard case .map(let mapping) = node.value else { return }
        let said = mapping.entries.compactMap { key, entry in
            attributes.ranks[key].map { (rank: $0, key: key, entry: entry) }
        }
        for (rank, key, entry) in said.sorted(by: { $0.rank < $1.rank }) {
            let place = place.key(key, entry.keyMark)
            if let bind = bindings[rank] {
                bind(entry.node, place, &root, &resolution)
            } else {
                resolution.unsupported(place)
            }
        }
    }
}

extension Shape {
    static func object<Root>(_ fields: Fields<Root>) -> Shape { .object(fields.attributes) }
}
