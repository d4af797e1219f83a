import ControlAPI
import NIOHTTP1

/// A request to the supervisor, as a value.
struct ControlRequest: Equatable, Sendable {
    var method: HTTPMethod
    /// With its query.
    var path: String
    /// JSON; empty for none.
    var body: [UInt8] = []

    /// `GET /v1/stacks`, for messages.
    var name: String { "\(method.rawValue) \(path.prefix { $0 != "?" })" }

    static func get(_ segments: String..., query: [(String, String)] = []) -> ControlRequest {
        ControlRequest(method: .GET, path: path(segments, query: query))
    }

    static func post(_ segments: String..., body: some Encodable) throws -> ControlRequest {
        ControlRequest(method: .POST, path: path(segments, query: []), body: try JSON.encode(body))
    }

    private static func path(_ segments: [String], query: [(String, String)]) -> String {
        let path = "/v1/" + segments.map(percentEncoded).joined(separator: "/")
        guard !query.isEmpty else { return path }
        return path + "?" + query.map { "\(percentEncoded($0.0))=\(percentEncoded($0.1))" }.joined(separator: "&")
    }

    /// Everything but the unreserved characters of RFC 3986 is escaped.
    private static func percentEncoded(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            let scalar = Unicode.Scalar(byte)
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", "-", ".", "_", "~": result.unicodeScalars.append(scalar)
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                result += "%" + (digits.count == 1 ? "0" + digits : digits)
            }
        }
        return result
    }
}
