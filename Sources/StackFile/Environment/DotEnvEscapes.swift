/// The escapes inside double quotes of a `.env` file.
enum DotEnvEscapes {
    /// An escaped dollar stays one through the expansion of variables; what is no escape stays as it is.
    static func expand(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "\\")) else { return text }
        let scalars = Array(text.unicodeScalars)
        var result = String.UnicodeScalarView()
        var next = 0
        while next < scalars.count {
            let scalar = scalars[next]
            next += 1
            guard scalar == "\\", next < scalars.count else {
                result.append(scalar)
                continue
            }
            let escaped = scalars[next]
            next += 1
            if let known = named[escaped] {
                result.append(contentsOf: known.unicodeScalars)
            } else if escaped == "0" {
                var digits = ""
                while digits.count < 3, next < scalars.count, ("0"..."9").contains(scalars[next]) {
                    digits.unicodeScalars.append(scalars[next])
                    next += 1
                }
                result.append(contentsOf: octal(digits).unicodeScalars)
            } else {
                result.append("\\")
                result.append(escaped)
            }
        }
        return String(result)
    }

    private static let named: [Unicode.Scalar: String] = [
        "a": "\u{7}", "b": "\u{8}", "f": "\u{C}", "n": "\n", "r": "\r", "t": "\t", "v": "\u{B}", "$": "$$", "\"": "\"",
        "\\": "\\",
    ]

    /// Three octal digits up to 0377 are a character; otherwise Docker drops the zero only.
    private static func octal(_ digits: String) -> String {
        if digits.count == 3, let code = UInt8(digits, radix: 8) { return String(Unicode.Scalar(code)) }
        return "\\" + digits
    }
}
