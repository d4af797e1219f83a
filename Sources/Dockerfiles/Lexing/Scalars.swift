/// Text as the lexers walk it. Characters would join what they must tell apart, such as `\r\n`.
typealias Scalars = [Unicode.Scalar]

extension Unicode.Scalar {
    /// Unicode's White_Space.
    var isSpace: Bool { properties.isWhitespace }
    /// What separates the words of an instruction: a line's end isn't among it.
    var isBlank: Bool { self == " " || self == "\t" || self == "\r" || self == "\u{B}" || self == "\u{C}" }
    var isDigit: Bool { properties.generalCategory == .decimalNumber }
    var isLetter: Bool {
        switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
        default: false
        }
    }
}

extension String {
    init(_ scalars: some Sequence<Unicode.Scalar>) {
        self.init()
        unicodeScalars.append(contentsOf: scalars)
    }

    /// Without white space at both ends.
    var trimmed: String {
        String(String.UnicodeScalarView(unicodeScalars.drop(while: \.isSpace)).trimmingEnd(where: \.isSpace))
    }

    /// Without white space at the beginning.
    var trimmedStart: String { String(unicodeScalars.drop(while: \.isSpace)) }

    /// Up to the first run of blanks, and behind it; the second is `nil` if there is none.
    var splitAtBlanks: (first: String, rest: String?) {
        let scalars = unicodeScalars
        guard let end = scalars.firstIndex(where: \.isBlank) else { return (self, nil) }
        return (String(scalars[..<end]), String(scalars[end...].drop(while: \.isBlank)))
    }

    /// What runs of blanks separate; blanks at an end separate an empty word.
    var blankSeparated: [String] {
        var words: [String] = []
        var rest = self
        while true {
            let (first, next) = rest.splitAtBlanks
            words.append(first)
            guard let next else { return words }
            rest = next
        }
    }

    /// Before and behind the first `separator`.
    func cut(_ separator: Character) -> (before: String, behind: String)? {
        firstIndex(of: separator).map { (String(self[..<$0]), String(self[index(after: $0)...])) }
    }
}

extension BidirectionalCollection where SubSequence: BidirectionalCollection {
    /// Without the elements at the end for which the condition holds.
    func trimmingEnd(where condition: (Element) -> Bool) -> SubSequence {
        var end = endIndex
        while end > startIndex, condition(self[index(before: end)]) { end = index(before: end) }
        return self[..<end]
    }
}
