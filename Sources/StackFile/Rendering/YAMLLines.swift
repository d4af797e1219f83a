/// YAML text in the making: its bytes, and the column, by which long texts are folded.
struct YAMLLines {
    private var bytes: [UInt8] = []
    private(set) var column = 0
    /// A text is continued on the next line at the first blank behind this column.
    private static let widest = 80

    var text: String { String(decoding: bytes, as: UTF8.self) }

    mutating func put(_ text: String) {
        bytes += text.utf8
        column += text.unicodeScalars.count
    }

    private mutating func put(_ scalar: Unicode.Scalar) {
        bytes += UTF8.encode(scalar).map { Array($0) } ?? []
        column += 1
    }

    mutating func indent(_ count: Int) {
        bytes += repeatElement(UInt8(ascii: " "), count: count)
        column += count
    }

    /// Once: a literal text ends its last line itself.
    mutating func endLine() {
        guard column > 0 else { return }
        bytes.append(UInt8(ascii: "\n"))
        column = 0
    }

    private mutating func breakLine() {
        bytes.append(UInt8(ascii: "\n"))
        column = 0
    }

    /// - Parameter indent: of the lines after the first.
    mutating func put(_ text: String, _ style: YAMLScalar.Style, indent: Int, folds: Bool) {
        switch style {
        case .plain: flow(text, indent: indent, folds: folds) { lines, scalar in lines.put(scalar) }
        case .single:
            put("'")
            flow(text, indent: indent, folds: folds) { lines, scalar in
                if scalar == "'" { lines.put("'") }
                lines.put(scalar)
            }
            put("'")
        case .double:
            put("\"")
            flow(text, indent: indent, folds: folds, escapesBlanks: true) { lines, scalar in lines.escape(scalar) }
            put("\"")
        case .literal: literal(text, indent: indent)
        }
    }

    private mutating func flow(
        _ text: String, indent: Int, folds: Bool, escapesBlanks: Bool = false,
        _ write: (inout YAMLLines, Unicode.Scalar) -> Void
    ) {
        guard folds, column + text.utf8.count > Self.widest else {
            for scalar in text.unicodeScalars { write(&self, scalar) }
            return
        }
        let scalars = Array(text.unicodeScalars)
        var follows = false
        for (place, scalar) in scalars.enumerated() {
            let isInside = place > 0 && place < scalars.count - 1
            let isFold = scalar == " " && !follows && column > Self.widest && isInside
            if isFold, escapesBlanks || scalars[place + 1] != " " {
                breakLine()
                self.indent(indent)
                if scalars[place + 1] == " " { put("\\") }
            } else {
                write(&self, scalar)
            }
            follows = scalar == " "
        }
    }

    private mutating func literal(_ text: String, indent: Int) {
        put("|")
        if text.utf8.first == UInt8(ascii: " ") { put("2") }
        if !text.hasSuffix("\n") {
            put("-")
        } else if text.hasSuffix("\n\n") {
            put("+")
        }
        breakLine()
        var rest = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        if text.hasSuffix("\n") { rest.removeLast() }
        for line in rest {
            if !line.isEmpty { self.indent(indent) }
            bytes += line
            breakLine()
        }
    }

    private mutating func escape(_ scalar: Unicode.Scalar) {
        switch scalar {
        case "\"", "\\": put("\\" + String(scalar))
        case "\0": put("\\0")
        case "\u{7}": put("\\a")
        case "\u{8}": put("\\b")
        case "\t": put("\\t")
        case "\n": put("\\n")
        case "\u{B}": put("\\v")
        case "\u{C}": put("\\f")
        case "\r": put("\\r")
        case "\u{1B}": put("\\e")
        case "\u{85}": put("\\N")
        case "\u{2028}": put("\\L")
        case "\u{2029}": put("\\P")
        case _ where YAMLScalar.isPrintable(scalar): put(scalar)
        default: hexadecimal(scalar.value)
        }
    }

    private mutating func hexadecimal(_ value: UInt32) {
        let (letter, width) = value <= 0xFF ? ("x", 2) : value <= 0xFFFF ? ("u", 4) : ("U", 8)
        let digits = String(value, radix: 16, uppercase: true)
        put("\\" + letter + String(repeating: "0", count: width - digits.count) + digits)
    }
}
