import Foundation

/// A JSON document that tests look into by key and index; what is absent is `.null`.
@dynamicMemberLookup
enum JSON: Decodable, Sendable, Equatable, CustomStringConvertible {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSON])
    case object([String: JSON])

    init(_ text: String) throws {
        self = try JSONDecoder().decode(JSON.self, from: Data(text.utf8))
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {  // a JSON value is of exactly one of these types,
            self = .bool(value)
        } else if let value = try? container.decode(Double.self) {  // so a failure only says: try the next
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([JSON].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: JSON].self))
        }
    }

    subscript(key: String) -> JSON {
        if case .object(let members) = self { members[key] ?? .null } else { .null }
    }

    subscript(index: Int) -> JSON {
        if case .array(let elements) = self, elements.indices.contains(index) { elements[index] } else { .null }
    }

    subscript(dynamicMember key: String) -> JSON { self[key] }

    var string: String? { if case .string(let value) = self { value } else { nil } }
    var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    var int: Int? { if case .number(let value) = self { Int(value) } else { nil } }
    var elements: [JSON] { if case .array(let value) = self { value } else { [] } }
    var members: [String: JSON] { if case .object(let value) = self { value } else { [:] } }

    /// A time in RFC 3339's form and in UTC, with nine digits of the second, so that times order as text.
    var time: String? {
        guard let parts = string?.split(separator: "Z").first?.split(separator: "."), let seconds = parts.first else {
            return nil
        }
        let fraction = parts.count > 1 ? String(parts[1]) : ""
        return "\(seconds).\(fraction.padding(toLength: 9, withPad: "0", startingAt: 0))"
    }

    /// The elements as text, for a list of strings.
    var strings: [String] { elements.compactMap(\.string) }

    var description: String {
        switch self {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .number(let value): "\(value)"
        case .string(let value): "\"\(value)\""
        case .array(let value): "[" + value.map(\.description).joined(separator: ", ") + "]"
        case .object(let value):
            "{" + value.sorted { $0.key < $1.key }.map { "\"\($0.key)\": \($0.value)" }.joined(separator: ", ") + "}"
        }
    }
}
