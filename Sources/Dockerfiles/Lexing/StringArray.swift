/// The JSON form of an instruction's arguments: `["executable", "argument"]`.
enum StringArray {
    /// The strings; `nil` if the text is no JSON array, and so belongs to a shell.
    static func parse(_ text: String) throws(DockerfileError) -> [String]? {
        let scalars = Scalars(text.unicodeScalars.drop(while: \.isSpace))
        guard scalars.first == "[" else { return nil }
        var reader = JSONReader(scalars)
        guard case .array(let elements)? = reader.document() else { return nil }
        var strings: [String] = []
        for element in elements {
            guard case .string(let string) = element else {
                throw DockerfileError("when using JSON array syntax, arrays must be comprised of strings only")
            }
            strings.append(string)
        }
        return strings
    }
}

/// Reads JSON (RFC 8259) only to tell whether it is some, and what strings are in the outermost array.
private struct JSONReader {
    enum Value {
        case array([Value])
        case string(String)
        case other
    }

    private let scalars: Scalars
    private var place = 0
    private var depth = 0

    init(_ scalars: Scalars) { self.scalars = scalars }

    /// `nil` if it isn't JSON, or something follows.
    mutating func document() -> Value? {
        guard let value = value() else { return nil }
        skipSpace()
        return place == scalars.count ? value : nil
    }

    private var next: Unicode.Scalar? { place < scalars.count ? scalars[place] : nil }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        skipSpace()
        guard next == scalar else { return false }
        place += 1
        return true
    }

    private mutating func skipSpace() {
        while let scalar = next, scalar == " " || scalar == "\t" || scalar == "\n" || scalar == "\r" { place += 1 }
    }

    private mutating func value() -> Value? {
        skipSpace()
        guard let first = next, depth < 200 else { return nil }
        depth += 1
        defer { depth -= 1 }
        switch first {
        case "[": return array()
        case "{": return object()
        case "\"": return string().map { .string($0) }
        default: return number() || ["true", "false", "null"].contains(where: { literal($0) }) ? .other : nil
        }
    }

    private mutating func array() -> Value? {
        place += 1
        var elements: [Value] = []
        if take("]") { return .array([]) }
        repeat {
            guard let element = value() else { return nil }
            elements.append(element)
        } while take(",")
        return take("]") ? .array(elements) : nil
    }

    private mutating func object() -> Value? {
        place += 1
        if take("}") { return .other }
        repeat {
            skipSpace()
            guard next == "\"", string() != nil, take(":"), value() != nil else { return nil }
        } while take(",")
        return take("}") ? .other : nil
    }

    private mutating func literal(_ text: String) -> Bool {
        guard scalars[place...].starts(with: text.unicodeScalars) else { return false }
        place += text.unicodeScalars.count
        return true
    }

    private mutating func digits() -> Bool {
        let start = place
        while let scalar = next, ("0"..."9").contains(scalar) { place += 1 }
        return place > start
    }

    private mutating func number() -> Bool {
        let start = place
        if next == "-" { place += 1 }
        let first = place
        guard digits() else {
            place = start
            return false
        }
        if scalars[first] == "0" && place > first + 1 { return false }
        if next == "." {
            place += 1
            guard digits() else { return false }
        }
        if next == "e" || next == "E" {
            place += 1
            if next == "+" || next == "-" { place += 1 }
            return digits()
        }
        return true
    }

    private mutating func string() -> String? {
        place += 1
        var result: Scalars = []
        while let scalar = next {
            place += 1
            switch scalar {
            case "\"": return String(result)
            case "\\":
                guard let escaped = escape() else { return nil }
                result.append(escaped)
            case _ where scalar.value < 0x20: return nil
            default: result.append(scalar)
            }
        }
        return nil
    }

    private mutating func escape() -> Unicode.Scalar? {
        guard let scalar = next else { return nil }
        place += 1
        switch scalar {
        case "\"", "\\", "/": return scalar
        case "b": return "\u{8}"
        case "f": return "\u{C}"
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "u": return unicode()
        default: return nil
        }
    }

    /// `\uXXXX`, of which two make a character outside the first plane.
    private mutating func unicode() -> Unicode.Scalar? {
        guard let first = hexadecimal() else { return nil }
        guard (0xD800..<0xDC00).contains(first), scalars[place...].starts(with: ["\\", "u"]) else {
            return Unicode.Scalar(first) ?? "\u{FFFD}"
        }
        let start = place
        place += 2
        guard let second = hexadecimal() else { return nil }
        guard (0xDC00..<0xE000).contains(second) else {
            place = start
            return "\u{FFFD}"
        }
        return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    }

    private mutating func hexadecimal() -> UInt32? {
        let digits = scalars[place...].prefix(4)
        guard digits.count == 4, digits.allSatisfy({ $0.properties.isASCIIHexDigit }) else { return nil }
        place += 4
        return UInt32(String(digits), radix: 16)
    }
}
