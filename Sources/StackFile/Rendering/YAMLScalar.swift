/// How a text has to be written so that it is read as the same text again (YAML 1.2, chapter 7), and as Docker's writer
/// would do it.
enum YAMLScalar {
    enum Style {
        case plain, single, double, literal
    }

    static func style(of text: String, isKey: Bool) -> Style {
        let facts = Facts(text)
        if text.utf8.contains(UInt8(ascii: "\n")) {
            let isBlank = text.unicodeScalars.allSatisfy { $0.properties.isWhitespace }
            return isKey || isBlank || facts.endsWithSpace || facts.hasSpaceBeforeBreak || facts.isSpecial
                ? .double : .literal
        }
        if facts.isSpecial || facts.hasTab { return .double }
        if isOldBoolean(text) || isSexagesimal(text) || text == "<<" { return .single }
        guard Scalars.isText(text), !isTime(text) else { return .double }
        if isKey, text.isEmpty { return .single }
        return facts.needsQuotes ? .single : .plain
    }

    /// Longer keys, and those of several lines, are written behind a question mark.
    static func fitsAsKey(_ text: String) -> Bool {
        text.utf8.count <= 128 && !text.utf8.contains(UInt8(ascii: "\n"))
    }

    /// YAML 1.1 took these for booleans.
    private static func isOldBoolean(_ text: String) -> Bool {
        switch text {
        case "y", "Y", "yes", "Yes", "YES", "on", "On", "ON", "n", "N", "no", "No", "NO", "off", "Off", "OFF": true
        default: false
        }
    }

    /// `12:30:45`, a number to YAML 1.1.
    private static func isSexagesimal(_ text: String) -> Bool {
        var rest = text.utf8[...]
        if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { rest.removeFirst() }
        let parts = rest.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count > 1, let first = parts[0].first, isDigit(first), parts[0].allSatisfy(isDigitOrBar) else {
            return false
        }
        for (index, part) in parts.enumerated().dropFirst() {
            let halves = part.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
            guard halves.count == 1 || index == parts.count - 1 && halves[1].allSatisfy(isDigitOrBar),
                let digits = halves.first, digits.count == 1 || digits.count == 2, digits.allSatisfy(isDigit)
            else { return false }
            if digits.count == 2, let first = digits.first, first > UInt8(ascii: "5") { return false }
        }
        return true
    }

    /// A date, or a date and a time, which a reader would take for one.
    private static func isTime(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count >= 8, bytes[..<4].allSatisfy(isDigit), bytes[4] == UInt8(ascii: "-") else { return false }
        let date = text.prefix { $0 != "T" && $0 != "t" && $0 != " " }
        let parts = date.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
        guard parts.count == 3, (1...12).contains(parts[1]), (1...31).contains(parts[2]) else { return false }
        let time = text.dropFirst(date.count + 1)
        return time.isEmpty
            ? date.count == text.count : time.prefix { $0 != "." && $0 != "Z" }.split(separator: ":").count >= 3
    }

    /// As it stands, without an escape.
    static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20...0x7E, 0xA0...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD: scalar != "\u{2028}" && scalar != "\u{2029}"
        default: false
        }
    }

    private static func isDigitOrBar(_ byte: UInt8) -> Bool { isDigit(byte) || byte == UInt8(ascii: "_") }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}

/// What the characters of a text say about how it may be written.
private struct Facts {
    /// Not possible without quotes: an indicator, or blanks at an end.
    private(set) var needsQuotes = false
    /// Needs escapes.
    private(set) var isSpecial = false
    private(set) var hasTab = false
    private(set) var endsWithSpace = false
    private(set) var hasSpaceBeforeBreak = false

    init(_ text: String) {
        needsQuotes = text.hasPrefix("---") || text.hasPrefix("...")
        var previous: Unicode.Scalar?
        var scalars = text.unicodeScalars.makeIterator()
        var next = scalars.next()
        while let scalar = next {
            next = scalars.next()
            look(at: scalar, after: previous, before: next)
            previous = scalar
        }
        endsWithSpace = previous == " "
        if endsWithSpace || text.unicodeScalars.first == " " { needsQuotes = true }
    }

    private mutating func look(at scalar: Unicode.Scalar, after previous: Unicode.Scalar?, before next: Unicode.Scalar?)
    {
        let isLast = next.map(Self.isBlank) ?? true
        switch scalar {
        case "#", ",", "[", "]", "{", "}", "&", "*", "!", "|", ">", "'", "\"", "%", "@", "`":
            if previous == nil || scalar == "#" && previous.map(Self.isBlank) ?? true { needsQuotes = true }
        case "?", "-": if previous == nil, isLast { needsQuotes = true }
        case ":": if isLast { needsQuotes = true }
        case "\t": hasTab = true
        case "\n": if previous == " " { hasSpaceBeforeBreak = true }
        default: if !YAMLScalar.isPrintable(scalar) { isSpecial = true }
        }
    }

    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case " ", "\t", "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}": true
        default: false
        }
    }
}
