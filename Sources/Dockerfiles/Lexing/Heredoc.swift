/// Text that stands behind an instruction, up to a line with its name.
public struct Heredoc: Equatable, Sendable {
    /// The word that ends it, without quotes.
    public var name: String
    /// Variables in it are expanded: no part of the word is quoted.
    public var expands: Bool
    /// `<<-`: tabs at the beginning of lines don't count.
    public var stripsTabs: Bool
    public var descriptor: UInt
    /// As it stands in the file, tabs included.
    public var content = ""

    /// The content as it is meant.
    public var text: String {
        guard stripsTabs else { return content }
        var result = ""
        var atStart = true
        for scalar in content.unicodeScalars {
            if atStart && scalar == "\t" { continue }
            atStart = scalar == "\n"
            result.unicodeScalars.append(scalar)
        }
        return result
    }

    /// Reads `3<<-"EOF"`; `nil` if the word is none.
    init?(_ word: String) throws(DockerfileError) {
        let scalars = Scalars(word.unicodeScalars)
        let digits = scalars.prefix { ("0"..."9").contains($0) }
        var rest = scalars[digits.endIndex...]
        guard rest.starts(with: ["<", "<"]) else { return nil }
        rest = rest.dropFirst(2)
        stripsTabs = rest.first == "-"
        if stripsTabs { rest = rest.dropFirst() }
        let delimiter = String(rest.drop(while: \.isBlankOrLineEnd))
        guard !delimiter.isEmpty, !delimiter.unicodeScalars.contains("<") else { return nil }
        // Read with quotes and without: what differs has quotes.
        let plain = try WordExpander(keepsUnset: true).words(delimiter) { _ in nil }
        guard plain.count == 1 else { return nil }
        let raw = try WordExpander(keepsQuotes: true, keepsUnset: true).words(delimiter) { _ in nil }
        name = plain[0]
        expands = Self.quotes(plain[0]) == Self.quotes(raw.first ?? "")
        descriptor = UInt(String(digits)) ?? 0
    }

    private static func quotes(_ text: String) -> Int { text.unicodeScalars.filter { $0 == "'" || $0 == "\"" }.count }

    /// All that an instruction's line announces.
    static func announced(in line: String) throws(DockerfileError) -> [Heredoc] {
        // `try?`: a line that isn't well-formed for a shell announces nothing; who executes it will complain.
        let expander = WordExpander(keepsQuotes: true, keepsEscapes: true, keepsUnset: true)
        guard let words = try? expander.words(line, { _ in nil }) else { return [] }
        var result: [Heredoc] = []
        for word in words {
            if let heredoc = try Heredoc(word) { result.append(heredoc) }
        }
        return result
    }
}

extension Unicode.Scalar {
    /// The white space of regular expressions.
    fileprivate var isBlankOrLineEnd: Bool {
        self == " " || self == "\t" || self == "\n" || self == "\r" || self == "\u{C}"
    }
}
