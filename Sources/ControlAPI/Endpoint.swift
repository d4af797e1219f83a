/// One request of the control API: where it goes, what it carries, and what comes back. Both sides speak of it by this
/// value: the command line sends it, and a route of the supervisor answers it.
public struct Endpoint<Body, Answer>: Sendable {
    public let address: EndpointAddress

    init(_ method: EndpointAddress.Method, _ path: String, _ answer: EndpointAddress.AnswerForm) {
        address = EndpointAddress(method: method, path: path, answer: answer)
    }
}

/// An ``Endpoint`` without its types.
public struct EndpointAddress: Hashable, Sendable, CustomStringConvertible {
    /// Of HTTP; what changes something is a `POST`.
    public enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
    }

    /// How the answer comes.
    public enum AnswerForm: Sendable {
        /// One JSON document.
        case document
        /// One JSON document a line, each as it happens (NDJSON), until the work is through or the client goes away.
        case lines
    }

    public let method: Method
    /// `/v1/stacks/{stack}/up`: what stands in braces is a name that the request fills in.
    public let path: String
    public let answer: AnswerForm

    /// What it asks for can be gone on with, so that it may be sent once more with the ``resumedHeader``.
    public var isResumable: Bool {
        let names = ["up", "apply", "down", "stop", "start", "restart"]
        return path.hasPrefix("/v1/stacks/{stack}/") && names.contains { path.hasSuffix("/" + $0) }
    }

    /// `POST /v1/stacks/{stack}/up`.
    public var description: String { "\(method.rawValue) \(path)" }

    /// The path with names for what stands in braces, in their order.
    public func path(_ names: [String]) -> String {
        var names = names[...]
        return path.split(separator: "/").reduce(into: "") { result, segment in
            let isName = segment.hasPrefix("{")
            result += "/" + (isName ? PercentEncoding.encode(names.popFirst() ?? "") : String(segment))
        }
    }

    /// The names in a request's path, not yet decoded; `nil` if the path is another endpoint's.
    public func names(in segments: [Substring]) -> [String]? {
        let pattern = path.split(separator: "/")
        guard pattern.count == segments.count else { return nil }
        var names: [String] = []
        for (expected, segment) in zip(pattern, segments) {
            if expected.hasPrefix("{") {
                names.append(PercentEncoding.decode(segment))
            } else if expected != segment {
                return nil
            }
        }
        return names
    }
}

/// The header of a request that names the state directory that it is about, percent-encoded: two instances may share
/// a run directory by mistake.
public let rootHeader = "Roost-Root"

/// The header of a request that is sent once more, because the supervisor ended before it was through: the next one goes
/// on with it, and does nothing twice.
public let resumedHeader = "Roost-Resumed"

/// The body of a request that carries none.
public struct NoBody: Codable, Sendable {
    public init() {}
}

/// An answer that is handed on to the user as it is.
public struct JSONDocument: Sendable {
    public var bytes: [UInt8]

    public init(bytes: [UInt8]) { self.bytes = bytes }
}

/// Percent-encoding (RFC 3986, section 2.1).
public enum PercentEncoding {
    /// Escapes everything but the unreserved characters (section 2.3).
    public static func encode(_ text: String) -> String {
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

    /// What is no escape stays as it is.
    public static func decode(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2).map { Character(UnicodeScalar($0)) }
            if byte == UInt8(ascii: "%"), digits.count == 2, digits.allSatisfy(\.isHexDigit),
                let value = UInt8(String(digits), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
