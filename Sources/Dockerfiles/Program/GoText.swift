/// A string as Go's `%q` prints it, which is how history entries have them.
public func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": result += "\\\""
        case "\\": result += "\\\\"
        case "\u{7}": result += "\\a"
        case "\u{8}": result += "\\b"
        case "\u{C}": result += "\\f"
        case "\n": result += "\\n"
        case "\r": result += "\\r"
        case "\t": result += "\\t"
        case "\u{B}": result += "\\v"
        case _ where scalar.value < 0x20 || scalar.value == 0x7F: result += "\\x" + hexadecimal(scalar, digits: 2)
        case _ where scalar.isPrintable: result.unicodeScalars.append(scalar)
        case _ where scalar.value < 0x10000: result += "\\u" + hexadecimal(scalar, digits: 4)
        default: result += "\\U" + hexadecimal(scalar, digits: 8)
        }
    }
    return result + "\""
}

private func hexadecimal(_ scalar: Unicode.Scalar, digits: Int) -> String {
    let text = String(scalar.value, radix: 16)
    return String(repeating: "0", count: max(0, digits - text.count)) + text
}

extension Unicode.Scalar {
    /// As Go's `unicode.IsPrint` has it.
    fileprivate var isPrintable: Bool {
        switch properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
        case .spaceSeparator: self == " "
        default: true
        }
    }
}

/// A list as `%q` prints it: `["a" "b"]`.
func quotedList(_ texts: [String]) -> String { "[" + texts.map(quoted).joined(separator: " ") + "]" }
/// A list as `%v` prints it: `[a b]`.
func plainList(_ texts: [String]) -> String { "[" + texts.joined(separator: " ") + "]" }
