import OrderedCollections

/// A shape, and the value that its canonical form stands for.
struct Form<Value>: Sendable {
    /// `nil` where a node stands for nothing, or after it has been told what is wrong with it.
    typealias Reader = @Sendable (Node, Place, inout Resolution) -> Value?

    let shape: Shape
    let value: Reader

    init(_ shape: Shape, value: @escaping Reader) {
        self.shape = shape
        self.value = value
    }

    /// What is wrong with a text: the end of a sentence that begins with it.
    struct Problem: ExpressibleByStringInterpolation {
        var message: String
        var suggestion: String?

        init(_ message: String, suggestion: String? = nil) {
            self.message = message
            self.suggestion = suggestion
        }

        init(stringLiteral message: String) { self.init(message) }
    }

    /// A text. What can't be read is told, as no start could carry it out.
    init(
        _ shape: Shape, _ read: @escaping @Sendable (String) -> Value?,
        else problem: @escaping @Sendable (String) -> Problem
    ) {
        self.init(shape) { node, place, resolution in
            guard let text = node.string else { return nil }
            if let value = read(text) { return value }
            let problem = problem(text)
            resolution.fault("\"\(text)\" \(problem.message)", at: node.mark, place, suggestion: problem.suggestion)
            return nil
        }
    }

    /// An object. `finish` makes the value of what its fields have put together.
    init<Part>(
        _ fields: Fields<Part>, shape: Shape? = nil, from start: @escaping @Sendable @autoclosure () -> Part,
        finish: @escaping @Sendable (Part, Node, Place, inout Resolution) -> Value?
    ) {
        self.init(shape ?? .object(fields)) { node, place, resolution in
            var part = start()
            fields.bind(node, place, to: &part, &resolution)
            return finish(part, node, place, &resolution)
        }
    }

    init(_ fields: Fields<Value>, shape: Shape? = nil, from start: @escaping @Sendable @autoclosure () -> Value) {
        self.init(fields, shape: shape, from: start()) { value, _, _, _ in value }
    }

    /// A list.
    init<Item>(_ shape: Shape, items form: Form<Item>) where Value == [Item] {
        self.init(shape) { node, place, resolution in
            var values: [Item] = []
            for (index, item) in (node.list ?? []).enumerated() {
                if let value = form.value(item, place.index(index, item.mark), &resolution) { values.append(value) }
            }
            return values
        }
    }

    /// A mapping with free keys.
    init<Item>(_ shape: Shape, values form: Form<Item>) where Value == [String: Item] {
        self.init(shape) { node, place, resolution in
            var values: [String: Item] = [:]
            for (key, entry) in node.mapping?.entries ?? [:] {
                values[key] = form.value(entry.node, place.key(key, entry.keyMark), &resolution)
            }
            return values
        }
    }

    static func list<Item>(of form: Form<Item>) -> Form where Value == [Item] {
        Form(.list(of: form.shape), items: form)
    }

    static func map<Item>(
        of form: Form<Item>, named rule: @escaping @Sendable (String) -> String? = { _ in nil }
    ) -> Form where Value == [String: Item] {
        Form(.map(of: form.shape, named: rule), values: form)
    }

    /// The same, where no start could carry some values out: the rule tells how the sentence ends that begins with the
    /// value.
    func unless(_ problem: @escaping @Sendable (Value) -> String?) -> Form {
        Form(shape) { [read = value] node, place, resolution in
            guard let value = read(node, place, &resolution) else { return nil }
            guard let problem = problem(value) else { return value }
            resolution.fault("\(node.scalarText ?? "") \(problem)", at: node.mark, place)
            return nil
        }
    }
}
