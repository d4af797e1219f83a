/// What a plain scalar means: YAML 1.2's core schema, with the further spellings of integers that Docker's reader takes
/// (`0755` is octal, `1_000` has a separator).
enum Scalars {
    static func value(of text: String, isPlain: Bool, tag: String?) -> Node.Value {
        switch tag {
        case "!!str", "tag:yaml.org,2002:str", "!": return .string(text)
        case "tag:yaml.org,2002:null": return .null
        case "tag:yaml.org,2002:int", "tag:yaml.org,2002:float", "tag:yaml.org,2002:bool": return resolve(text)
        default: return isPlain ? resolve(text) : .string(text)
        }
    }

    private static func resolve(_ text: String) -> Node.Value {
        guard let first = text.utf8.first else { return .null }
        switch first {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."):
            if text == "-0" { return .float(-0.0) }
            if let integer = integer(text) { return .integer(integer) }
            if let number = float(text) { return .float(number) }
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

    private static func integer(_ text: String) -> Int64? {
        var digits = Substring(text)
        var sign = ""
        if let first = digits.first, first == "-" || first == "+" {
            sign = String(first)
            digits = digits.dropFirst()
        }
        guard let lead = digits.utf8.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(lead) else { return nil }
        let bare = digits.utf8.contains(UInt8(ascii: "_")) ? digits.filter { $0 != "_" } : String(digits)
        guard bare.utf8.count > 1, bare.utf8.first == UInt8(ascii: "0") else { return Int64(sign + bare) }
        let rest = bare.dropFirst(2)
        switch bare.utf8.dropFirst().first {
        case UInt8(ascii: "x"), UInt8(ascii: "X"): return signed(sign, rest, radix: 16)
        case UInt8(ascii: "o"), UInt8(ascii: "O"): return signed(sign, rest, radix: 8)
        case UInt8(ascii: "b"), UInt8(ascii: "B"): return signed(sign, rest, radix: 2)
        default: return signed(sign, bare.dropFirst(), radix: 8)
        }
    }

    private static func signed(_ sign: String, _ digits: Substring, radix: Int) -> Int64? {
        guard let first = digits.first, first.isHexDigit else { return nil }
        return Int64(sign + digits, radix: radix)
    }

    private static func float(_ text: String) -> Double? {
        switch text {
        case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF": return .infinity
        case "-.inf", "-.Inf", "-.INF": return -.infinity
        case ".nan", ".NaN", ".NAN": return .nan
        default: break
        }
        // Swift's own conversion also takes "0x1p3", "inf" and "nan"; YAML's form has only these characters.
        var hasDigit = false
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): hasDigit = true
            case UInt8(ascii: "."), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "e"), UInt8(ascii: "E"): break
            default: return nil
            }
        }
        guard hasDigit else { return nil }
        if let number = Double(text) { return number }
        // "1." and ".5e3" need a digit on each side of the point.
        return Double(text.hasSuffix(".") ? text + "0" : text)
    }
}
