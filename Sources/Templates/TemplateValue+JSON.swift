extension TemplateValue {
    /// Reads JSON (RFC 8259), at most 200 levels deep.
    public init(json text: String) throws(TemplateError) {
        var reader = JSONReader(bytes: Array(text.utf8))
        self = try reader.value(depth: 0)
    }
}

private struct JSONReader {
    let bytes: [UInt8]
    private var index = 0
    private static let deepest = 200

    init(bytes: [UInt8]) { self.bytes = bytes }

    private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

    private var fault: TemplateError { TemplateError("byte \(index) of the JSON to format is not understood") }

    private mutating func skipBlanks() {
        while let byte = next, byte == 0x20 || (0x09...0x0D).contains(byte) { index += 1 }
    }

    private mutating func take(_ letter: Unicode.Scalar) -> Bool {
        skipBlanks()
        guard next == UInt8(ascii: letter) else { return false }
        index += 1
        return true
    }

    mutating func value(depth: Int) throws(TemplateError) -> TemplateValue {
        guard depth < Self.deepest else { throw fault }
        skipBlanks()
        switch next {
        case UInt8(ascii: "{"): return try object(depth)
        case UInt8(ascii: "["): return try list(depth)
        case UInt8(ascii: "\""): return .text(try string())
        default: return try word()
        }
    }

    private mutating func object(_ depth: Int) throws(TemplateError) -> TemplateValue {
        index += 1
        var fields: [TemplateField] = []
        if take("}") { return .object([]) }
        repeat {
            skipBlanks()
            let name = try string()
            guard take(":") else { throw fault }
            fields.append(TemplateField(name, try value(depth: depth + 1)))
        } while take(",")
        guard take("}") else { throw fault }
        return .object(fields)
    }

    private mutating func list(_ depth: Int) throws(TemplateError) -> TemplateValue {
        index += 1
        var values: [TemplateValue] = []
        if take("]") { return .list([]) }
        repeat { values.append(try value(depth: depth + 1)) } while take(",")
        guard take("]") else { throw fault }
        return .list(values)
    }

    private mutating func word() throws(TemplateError) -> TemplateValue {
        let start = index
        while let byte = next, !" \t\r\n,]}:".utf8.contains(byte) { index += 1 }
        let text = String(decoding: bytes[start..<index], as: UTF8.self)
        switch text {
        case "null": return .null
        case "true": return .boolean(true)
        case "false": return .boolean(false)
        default: break
        }
        if let number = Int64(text) { return .integer(number) }
        guard let number = Double(text) else { throw fault }
        return .decimal(number)
    }

    private mutating func string() throws(TemplateError) -> String {
        guard next == UInt8(ascii: "\"") else { throw fault }
        index += 1
        var units: [UInt8] = []
        while let byte = next {
            index += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: units, as: UTF8.self)
            case UInt8(ascii: "\\"): units += Array(String(Character(try escape())).utf8)
            default: units.append(byte)
            }
        }
        throw fault
    }

    private mutating func escape() throws(TemplateError) -> Unicode.Scalar {
        guard let letter = next else { throw fault }
        index += 1
        switch letter {
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "u"): return try unicode()
        default: return Unicode.Scalar(letter)
        }
    }

    private mutating func unicode() throws(TemplateError) -> Unicode.Scalar {
        let first = try hexadecimal()
        guard (0xD800..<0xDC00).contains(first), bytes[index...].starts(with: "\\u".utf8) else {
            return Unicode.Scalar(first) ?? "\u{FFFD}"
        }
        index += 2
        let second = try hexadecimal()
        guard (0xDC00..<0xE000).contains(second) else { return "\u{FFFD}" }
        return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)) ?? "\u{FFFD}"
    }

    private mutating func hexadecimal() throws(TemplateError) -> UInt32 {
        let digits = bytes[index...].prefix(4)
        guard digits.count == 4, let number = UInt32(String(decoding: digits, as: UTF8.self), radix: 16) else {
            throw fault
        }
        index += 4
        return number
    }
}
