/// JSON strings, written without a library (RFC 8259, section 7).
public enum JSONText {
    /// The string in quotes.
    public static func quoted(_ string: String) -> String {
        var bytes: [UInt8] = [quote]
        var copy = string
        copy.withUTF8 { appendEscaped($0, to: &bytes) }
        bytes.append(quote)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends text with escapes; bytes that aren't UTF-8 become U+FFFD, one for each bad byte.
    static func appendEscaped(_ text: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]) {
        var index = 0
        while index < text.count {
            let byte = text[index]
            if byte < 0x80 {
                appendEscaped(byte, to: &bytes)
                index += 1
                continue
            }
            let length = sequenceLength(text, at: index)
            if length == 0 {
                bytes.append(contentsOf: [0xef, 0xbf, 0xbd])
                index += 1
            } else {
                bytes.append(contentsOf: text[index..<(index + length)])
                index += length
            }
        }
    }

    private static func appendEscaped(_ byte: UInt8, to bytes: inout [UInt8]) {
        switch byte {
        case quote, backslash: bytes.append(contentsOf: [backslash, byte])
        case 0x0a: bytes.append(contentsOf: [backslash, UInt8(ascii: "n")])
        case 0x0d: bytes.append(contentsOf: [backslash, UInt8(ascii: "r")])
        case 0x09: bytes.append(contentsOf: [backslash, UInt8(ascii: "t")])
        case 0..<0x20, 0x7f:
            bytes.append(contentsOf: [backslash, UInt8(ascii: "u"), 0x30, 0x30, hex(byte >> 4), hex(byte & 15)])
        default: bytes.append(byte)
        }
    }

    /// The length of the well-formed UTF-8 sequence at a lead byte, or 0 (Unicode 15, table 3-7).
    private static func sequenceLength(_ text: UnsafeBufferPointer<UInt8>, at index: Int) -> Int {
        let lead = text[index]
        let second: ClosedRange<UInt8> =
            switch lead {
            case 0xe0: 0xa0...0xbf
            case 0xed: 0x80...0x9f
            case 0xf0: 0x90...0xbf
            case 0xf4: 0x80...0x8f
            default: 0x80...0xbf
            }
        let length =
            switch lead {
            case 0xc2...0xdf: 2
            case 0xe0...0xef: 3
            case 0xf0...0xf4: 4
            default: 0
            }
        guard length > 0, index + length <= text.count, second.contains(text[index + 1]) else { return 0 }
        for offset in 2..<Swift.max(2, length) where text[index + offset] & 0xc0 != 0x80 { return 0 }
        return length
    }

    private static func hex(_ digit: UInt8) -> UInt8 {
        digit < 10 ? 48 + digit : 87 + digit
    }

    private static let quote = UInt8(ascii: "\"")
    private static let backslash = UInt8(ascii: "\\")
}
