/// Reads JSON of one known shape, a key after the other. What has another shape is left to the general decoder: this one
/// is for lines that come by the hundred thousand.
public struct FlatJSONReader {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0

    /// Reads the bytes while `body` runs.
    public static func read<Value>(
        _ bytes: ArraySlice<UInt8>, _ body: (inout FlatJSONReader) -> Value?
    ) -> Value? {
        bytes.withUnsafeBufferPointer { buffer in
            var reader = FlatJSONReader(bytes: buffer)
            return body(&reader)
        }
    }

    private init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    public var isAtEnd: Bool { position == bytes.count }

    /// Whether the text comes next; it is then behind.
    public mutating func skip(_ text: StaticString) -> Bool {
        let end = position + text.utf8CodeUnitCount
        guard end <= bytes.count else { return false }
        for index in 0..<text.utf8CodeUnitCount where bytes[position + index] != text.utf8Start[index] { return false }
        position = end
        return true
    }

    /// The rest of a string whose opening quote is behind, up to its closing one; `nil` for an escape that is none.
    public mutating func string() -> String? {
        let start = position
        while position < bytes.count, bytes[position] != UInt8(ascii: "\""), bytes[position] != UInt8(ascii: "\\") {
            position += 1
        }
        guard position < bytes.count else { return nil }
        if bytes[position] == UInt8(ascii: "\"") {
            defer { position += 1 }
            return String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<position]), as: UTF8.self)
        }
        return escapedString(from: start)
    }

    private mutating func escapedString(from start: Int) -> String? {
        var text = Array(bytes[start..<position])
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"): guard appendEscape(to: &text) else { return nil }
            default: text.append(byte)
            }
        }
        return nil
    }

    private mutating func appendEscape(to text: inout [UInt8]) -> Bool {
        guard position < bytes.count else { return false }
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "n"): text.append(0x0a)
        case UInt8(ascii: "r"): text.append(0x0d)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0c)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "u"): return appendScalar(to: &text)
        default: return false
        }
        return true
    }

    /// Halves of a pair (RFC 8259, section 7) are left to the general decoder.
    private mutating func appendScalar(to text: inout [UInt8]) -> Bool {
        guard position + 4 <= bytes.count else { return false }
        var value: UInt32 = 0
        for index in position..<position + 4 {
            guard let digit = Character(Unicode.Scalar(bytes[index])).hexDigitValue else { return false }
            value = value << 4 | UInt32(digit)
        }
        position += 4
        guard let scalar = Unicode.Scalar(value) else { return false }
        text.append(contentsOf: String(Character(scalar)).utf8)
        return true
    }

    /// A whole number without a sign.
    public mutating func number() -> Int? {
        let start = position
        var value = 0
        while position < bytes.count, (0x30...0x39).contains(bytes[position]), position - start < 18 {
            value = value * 10 + Int(bytes[position] - 0x30)
            position += 1
        }
        return position > start ? value : nil
    }
}

/// Writes JSON of one known shape.
public struct FlatJSONWriter {
    public private(set) var bytes: [UInt8] = []

    public init() {}

    public mutating func literal(_ text: StaticString) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    public mutating func number(_ number: Int) { bytes.append(contentsOf: String(number).utf8) }

    /// What stands between the quotes.
    public mutating func string(_ text: String) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0x0a: literal("\\n")
            case 0x0d: literal("\\r")
            case 0x09: literal("\\t")
            case 0..<0x20:
                literal("\\u00")
                let digits: StaticString = "0123456789abcdef"
                bytes.append(digits.utf8Start[Int(byte >> 4)])
                bytes.append(digits.utf8Start[Int(byte & 15)])
            default: bytes.append(byte)
            }
        }
    }
}
