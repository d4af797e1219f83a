import OCI

/// The text, filled up with blanks on the right.
func padded(_ text: String, to width: Int) -> String {
    let length = text.unicodeScalars.count
    return length < width ? text + String(repeating: " ", count: width - length) : text
}

/// The text, filled up on the left.
func leftPadded(_ text: String, to width: Int, with filler: Character = " ") -> String {
    let length = text.unicodeScalars.count
    return length < width ? String(repeating: filler, count: width - length) + text : text
}

/// At most `limit` characters, the last one `…` if some were left out.
func ellipsized(_ text: String, to limit: Int) -> String {
    guard text.unicodeScalars.count > limit, limit > 0 else { return text }
    return String(String.UnicodeScalarView(text.unicodeScalars.prefix(limit - 1))) + "…"
}

/// In double quotes, as Docker shows commands.
func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": result += "\\\""
        case "\\": result += "\\\\"
        case "\n": result += "\\n"
        case "\t": result += "\\t"
        case "\r": result += "\\r"
        case _ where scalar.value < 0x20 || scalar.value == 0x7F:
            let digits = String(scalar.value, radix: 16)
            result += "\\x" + leftPadded(digits, to: 2, with: "0")
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result + "\""
}

/// A word that a shell takes for one and does nothing else with, as is where that needs no quotes.
func shellWord(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy { byte in
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
            || "-._/:=@%+,".utf8.contains(byte)
    }
    if isPlain, !text.isEmpty { return text }
    return "'" + oneLine(text).split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
}
