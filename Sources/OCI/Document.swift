import FoundationEssentials

/// A JSON document that isn't what it should be.
public struct DocumentError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was read or written: `image manifest`.
    public let what: String
    /// Why it can't be used.
    public let reason: String

    public init(what: String, reason: String) {
        self.what = what
        self.reason = reason
    }

    public var description: String { oneLine("the \(what) can't be used: \(reason)") }
}

/// JSON in and out, with errors that name the field.
enum Document {
    static func decode<Value: Decodable>(
        _ type: Value.Type, from json: [UInt8], what: String
    ) throws(DocumentError) -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(json))
        } catch {
            throw DocumentError(what: what, reason: describe(error))
        }
    }

    static func encode(_ value: some Encodable, what: String) throws(DocumentError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return Array(try encoder.encode(value))
        } catch {
            throw DocumentError(what: what, reason: "it can't be written as JSON")
        }
    }

    private static func describe(_ error: any Error) -> String {
        guard let error = error as? DecodingError else { return "it isn't JSON" }
        return switch error {
        case .keyNotFound(let key, let context): "\(path(context.codingPath + [key])) is missing"
        case .typeMismatch(_, let context): "\(path(context.codingPath)) has the wrong type"
        case .valueNotFound(_, let context): "\(path(context.codingPath)) is null"
        case .dataCorrupted(let context):
            context.codingPath.isEmpty
                ? "it isn't JSON" : "\(path(context.codingPath)): \(context.debugDescription)"
        @unknown default: "it has an unexpected form"
        }
    }

    private static func path(_ keys: [any CodingKey]) -> String {
        keys.isEmpty
            ? "the document"
            : keys.reduce(into: "") { text, key in
                if let index = key.intValue {
                    text += "[\(index)]"
                } else {
                    text += text.isEmpty ? key.stringValue : ".\(key.stringValue)"
                }
            }
    }
}
