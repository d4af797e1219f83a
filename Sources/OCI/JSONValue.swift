import FoundationEssentials

/// Any JSON: of some files only a few fields are Roost's business, and the others have to stay as they are.
package indirect enum JSONValue: Hashable, Sendable, Codable {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
            return
        }
        // `try?`: each form is tried, and the last one's reason is thrown.
        if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Int64.self) {
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([JSONValue].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .array(let values): try container.encode(values)
        case .object(let fields): try container.encode(fields)
        }
    }

    /// Reads an object; an empty text is an empty object.
    package static func object(json: [UInt8]) throws -> [String: JSONValue] {
        if json.allSatisfy({ $0 == 32 || (9...13).contains($0) }) { return [:] }
        return try JSONDecoder().decode([String: JSONValue].self, from: Data(json))
    }

    /// An object as people read it, with a stable order of keys.
    package static func text(_ object: [String: JSONValue]) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(object)) + [UInt8(ascii: "\n")]
    }

    package var fields: [String: JSONValue]? {
        if case .object(let fields) = self { fields } else { nil }
    }

    package var text: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// A field of an object.
    package subscript(key: String) -> JSONValue? { fields?[key] }
}
