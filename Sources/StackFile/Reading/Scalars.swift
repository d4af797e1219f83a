/// What a scalar means: YAML 1.2's core schema, with the further spellings that Docker Compose's reader takes (`0755` is
/// octal, `1_000` has a separator, `2024-05-01` is a time).
enum Scalars {
    /// A tag that the text doesn't fit.
    struct Failure: Error {
        var message: String
    }

    static func value(of text: String, isPlain: Bool, tag: String?) throws(Failure) -> Node.Value {
        guard let tag, !tag.isEmpty else { return isPlain ? try resolve(text) : .string(text) }
        guard tag.hasPrefix(standard) else { return .string(text) }
        let kind = tag.dropFirst(standard.count)
        switch kind {
        case "binary": return .string(try base64(text))
        case "int", "float", "bool", "null": break
        case "timestamp":
            guard let time = Timestamp(text) else { throw Failure(message: "\"\(text)\" is no !!timestamp") }
            return .string(time.text)
        default: return .string(text)
        }
        let value = text.isEmpty ? .null : try resolve(text)
        switch (kind, value) {
        case ("int", .integer), ("float", .integer), ("float", .float), ("bool", .boolean), ("null", .null):
            return value
        default: throw Failure(message: "\"\(text)\" is no !!\(kind)")
        }
    }

    /// Whether a plain scalar is a text, and this one.
    static func isText(_ text: String) -> Bool {
        do throws(Failure) {
            guard case .string(let read) = try resolve(text) else { return false }
            return read == text
        } catch {
            return false
        }
    }

    /// What `!!` stands for.
    private static let standard = "tag:yaml.org,2002:"

    private static func resolve(_ text: String) throws(Failure) -> Node.Value {
        guard let first = text.utf8.first else { return .null }
        switch first {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."):
            return try number(text)
        case UInt8(ascii: "n"), UInt8(ascii: "N"), UInt8(ascii: "~"):
            if ["~", "null", "Null", "NULL"].contains(text) { return .null }
        case UInt8(ascii: "t"), UInt8(ascii: "T"):
            if ["true", "True", "TRUE"].contains(text) { return .boolean(true) }
        case UInt8(ascii: "f"), UInt8(ascii: "F"):
            if ["false", "False", "FALSE"].contains(text) { return .boolean(false) }
        default: break
        }
        return .string(text)
    }

    private static func number(_ text: String) throws(Failure) -> Node.Value {
        if text == "-0" { return .float(-0.0) }
        if let time = Timestamp(text) { return .string(time.text) }
        let bare = text.utf8.contains(UInt8(ascii: "_")) ? text.filter { $0 != "_" } : text
        if let integer = integer(bare) { return .integer(integer) }
        if let number = float(bare) { return .float(number) }
        let unsigned = text.first == "-" || text.first == "+" ? text.dropFirst() : text[...]
        if [".inf", ".Inf", ".INF", ".nan", ".NaN", ".NAN"].contains(unsigned) {
            throw Failure(message: "\"\(text)\" is a number that JSON doesn't have")
        }
        return .string(text)
    }

    private static func integer(_ text: String) -> Int64? {
        var digits = Substring(text)
        var sign = ""
        if let first = digits.first, first == "-" || first == "+" {
            sign = String(first)
            digits = digits.dropFirst()
        }
        guard let lead = digits.utf8.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(lead) else { return nil }
        guard digits.utf8.count > 1, lead == UInt8(ascii: "0") else { return Int64(sign + digits) }
        let rest = digits.dropFirst(2)
        switch digits.utf8.dropFirst().first {
        case UInt8(ascii: "x"), UInt8(ascii: "X"): return signed(sign, rest, radix: 16)
        case UInt8(ascii: "o"), UInt8(ascii: "O"): return signed(sign, rest, radix: 8)
        case UInt8(ascii: "b"), UInt8(ascii: "B"): return signed(sign, rest, radix: 2)
        default: return signed(sign, digits.dropFirst(), radix: 8)
        }
    }

    private static func signed(_ sign: String, _ digits: Substring, radix: Int) -> Int64? {
        guard let first = digits.first, first.isHexDigit else { return nil }
        return Int64(sign + digits, radix: radix)
    }

    /// Digits with a point, an exponent or both; Swift's own conversion takes more than that.
    private static func float(_ text: String) -> Double? {
        var hasDigit = false
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): hasDigit = true
            case UInt8(ascii: "e"), UInt8(ascii: "E"): if !hasDigit { return nil }
            case UInt8(ascii: "."), UInt8(ascii: "+"), UInt8(ascii: "-"): break
            default: return nil
            }
        }
        guard hasDigit else { return nil }
        // "1." and "1.e3" need a digit after the point.
        let number = Double(text) ?? Double(withDigit(text))
        return number.flatMap { $0.isFinite ? $0 : nil }
    }

    private static func withDigit(_ text: String) -> String {
        guard let point = text.firstIndex(of: ".") else { return text }
        return text[...point] + "0" + text[text.index(after: point)...]
    }

    private static func base64(_ text: String) throws(Failure) -> String {
        var bytes: [UInt8] = []
        var (bits, count, padding) = (UInt32(0), 0, 0)
        for byte in text.utf8 where byte != UInt8(ascii: "\n") && byte != UInt8(ascii: "\r") {
            if byte == UInt8(ascii: "=") {
                padding += 1
                continue
            }
            guard padding == 0, let digit = alphabet.firstIndex(of: byte) else {
                throw Failure(message: "the text of !!binary is not base64")
            }
            bits = bits << 6 | UInt32(digit)
            count += 1
            if count % 4 == 0 { bytes += [UInt8(bits >> 16 & 0xFF), UInt8(bits >> 8 & 0xFF), UInt8(bits & 0xFF)] }
        }
        guard (count + padding) % 4 == 0, padding < 3 else {
            throw Failure(message: "the text of !!binary is not base64")
        }
        if padding == 1 { bytes += [UInt8(bits >> 10 & 0xFF), UInt8(bits >> 2 & 0xFF)] }
        if padding == 2 { bytes.append(UInt8(bits >> 4 & 0xFF)) }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
}
