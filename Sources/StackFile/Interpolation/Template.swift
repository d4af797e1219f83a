/// A text with variables in it (Compose specification, "Interpolation"): `$NAME`, `${NAME}`, `${NAME:-default}`,
/// `${NAME-default}`, `${NAME:?message}`, `${NAME?message}`, `${NAME:+other}`, `${NAME+other}`, nested, and `$$`.
struct Template {
    /// Why a text could not be expanded.
    enum Failure: Error {
        /// The braces don't hold a variable in one of the forms above.
        case invalid
        /// `${NAME?message}` of a variable that isn't set.
        case required(name: String, message: String)
        case tooDeep
    }

    private static let deepest = 32

    private let bytes: [UInt8]
    private var next = 0
    private let lookup: (String) -> String?
    /// Called with the name of a variable that is neither set nor has a default.
    private let missing: (String) -> Void

    private init(_ text: String, _ lookup: @escaping (String) -> String?, _ missing: @escaping (String) -> Void) {
        bytes = Array(text.utf8)
        self.lookup = lookup
        self.missing = missing
    }

    static func expand(
        _ text: String, lookup: @escaping (String) -> String?, missing: @escaping (String) -> Void
    ) throws(Failure) -> String {
        guard text.utf8.contains(UInt8(ascii: "$")) else { return text }
        var template = Template(text, lookup, missing)
        return try template.text(untilBrace: false, depth: 0)
    }

    /// Text up to the end, or up to the brace that ends the variable that it stands in.
    private mutating func text(untilBrace: Bool, depth: Int) throws(Failure) -> String {
        guard depth < Self.deepest else { throw .tooDeep }
        var result: [UInt8] = []
        while next < bytes.count {
            let byte = bytes[next]
            if byte == UInt8(ascii: "}"), untilBrace { return String(decoding: result, as: UTF8.self) }
            next += 1
            guard byte == UInt8(ascii: "$"), next < bytes.count else {
                result.append(byte)
                continue
            }
            switch bytes[next] {
            case UInt8(ascii: "$"):
                next += 1
                result.append(byte)
            case UInt8(ascii: "{"):
                next += 1
                result += try braced(depth: depth).utf8
            case let first where Self.startsName(first):
                result += value(of: name()).utf8
            default:
                result.append(byte)
            }
        }
        if untilBrace { throw .invalid }
        return String(decoding: result, as: UTF8.self)
    }

    private mutating func braced(depth: Int) throws(Failure) -> String {
        guard next < bytes.count, Self.startsName(bytes[next]) else { throw .invalid }
        let name = name()
        guard next < bytes.count else { throw .invalid }
        if bytes[next] == UInt8(ascii: "}") {
            next += 1
            return value(of: name)
        }
        let emptyCounts = bytes[next] == UInt8(ascii: ":")
        if emptyCounts { next += 1 }
        guard next < bytes.count else { throw .invalid }
        let operation = bytes[next]
        next += 1
        let current = lookup(name)
        let isSet = current.map { !(emptyCounts && $0.isEmpty) } ?? false
        switch operation {
        case UInt8(ascii: "-"): return try operand(used: !isSet, depth: depth) ?? current ?? ""
        case UInt8(ascii: "+"): return try operand(used: isSet, depth: depth) ?? ""
        case UInt8(ascii: "?"):
            if let message = try operand(used: !isSet, depth: depth) { throw .required(name: name, message: message) }
            return current ?? ""
        default: throw .invalid
        }
    }

    /// The text up to the closing brace; one that isn't used gives neither warnings nor errors.
    private mutating func operand(used: Bool, depth: Int) throws(Failure) -> String? {
        if used {
            let text = try text(untilBrace: true, depth: depth + 1)
            next += 1
            return text
        }
        var silent = self
        silent = Template(copying: self)
        _ = try silent.text(untilBrace: true, depth: depth + 1)
        next = silent.next + 1
        return nil
    }

    /// The same place in the same text where every variable is set.
    private init(copying other: Template) {
        bytes = other.bytes
        next = other.next
        lookup = { _ in "set" }
        missing = { _ in }
    }

    private func value(of name: String) -> String {
        if let value = lookup(name) { return value }
        missing(name)
        return ""
    }

    private mutating func name() -> String {
        let start = next
        while next < bytes.count, Self.startsName(bytes[next]) || Self.isDigit(bytes[next]) { next += 1 }
        return String(decoding: bytes[start..<next], as: UTF8.self)
    }

    private static func startsName(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || (byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "z")
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
}
