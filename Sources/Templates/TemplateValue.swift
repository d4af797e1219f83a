import Diagnostics

/// What a template is filled with: JSON whose objects keep their order.
public indirect enum TemplateValue: Equatable, Sendable {
    case null
    case boolean(Bool)
    case integer(Int64)
    case decimal(Double)
    case text(String)
    case list([TemplateValue])
    case object([TemplateField])

    /// Whether `if` takes it for true: what is empty or zero isn't.
    var isTrue: Bool {
        switch self {
        case .null: false
        case .boolean(let value): value
        case .integer(let value): value != 0
        case .decimal(let value): value != 0
        case .text(let text): !text.isEmpty
        case .list(let values): !values.isEmpty
        case .object(let fields): !fields.isEmpty
        }
    }

    /// As Go prints it (`%v`).
    var printed: String {
        switch self {
        case .null: "<no value>"
        case .boolean(let value): value ? "true" : "false"
        case .integer(let value): String(value)
        case .decimal(let value): Self.printed(value)
        case .text(let text): text
        case .list(let values): "[" + values.map(\.printed).joined(separator: " ") + "]"
        case .object(let fields):
            "map[" + Self.sorted(fields).map { "\($0.name):\($0.value.printed)" }.joined(separator: " ") + "]"
        }
    }

    private static func printed(_ value: Double) -> String {
        let text = String(value)
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    /// As JSON on one line.
    var json: String {
        switch self {
        case .null: "null"
        case .boolean, .integer, .decimal: printed
        case .text(let text): quotedJSON(text)
        case .list(let values): "[" + values.map(\.json).joined(separator: ",") + "]"
        case .object(let fields):
            "{" + fields.map { quotedJSON($0.name) + ":" + $0.value.json }.joined(separator: ",") + "}"
        }
    }

    /// Maps are walked by the order of their keys' bytes.
    static func sorted(_ fields: [TemplateField]) -> [TemplateField] {
        fields.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    subscript(name: String) -> TemplateValue? {
        guard case .object(let fields) = self else { return nil }
        return fields.first { $0.name == name }?.value
    }
}

/// One entry of an object.
public struct TemplateField: Equatable, Sendable {
    public var name: String
    public var value: TemplateValue

    public init(_ name: String, _ value: TemplateValue) {
        self.name = name
        self.value = value
    }
}

/// A template that can't be read or carried out, in one line.
public struct TemplateError: Error, Equatable, CustomStringConvertible {
    public var description: String

    init(_ description: String) { self.description = description }
}
