/// The language of `.env` files, `env_file` and `label_file` as Docker Compose reads it: `NAME=value`,
/// `export NAME=value`, `NAME: value`, comments, single quotes without and double quotes with escapes and variables,
/// values over several lines in quotes, several assignments on a line after a quote.
struct DotEnv {
    /// A line that isn't an assignment.
    struct Failure: Error {
        var line: Int
        var message: String
    }

    /// One assignment; `value` is `nil` for a name alone that the surroundings don't know.
    struct Assignment {
        var name: String
        var value: String?
        var line: Int
    }

    /// Where variables come from, apart from the file itself.
    struct Surroundings {
        /// Wins over the file's own assignments.
        var stronger: (String) -> String?
        /// Gives way to them.
        var weaker: (String) -> String? = { _ in nil }
        /// Told of each variable that has no value.
        var missing: (String) -> Void = { _ in }
    }

    private let scalars: [Unicode.Scalar]
    private var next = 0
    private var line = 1
    private let surroundings: Surroundings
    private var values: [String: String] = [:]
    /// What expansions may still add up to, in bytes.
    private var budget = 16 << 20

    private init(_ bytes: [UInt8], _ surroundings: Surroundings) {
        scalars = Array(String(decoding: Self.withoutMark(bytes[...]), as: UTF8.self).unicodeScalars)
        self.surroundings = surroundings
    }

    private static func withoutMark(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes
    }

    /// The assignments in the file's order.
    static func parse(_ bytes: [UInt8], _ surroundings: Surroundings) throws(Failure) -> [Assignment] {
        var file = DotEnv(bytes, surroundings)
        var assignments: [Assignment] = []
        while file.skipToStatement() {
            let assignment = try file.assignment()
            if let value = assignment.value { file.values[assignment.name] = value }
            assignments.append(assignment)
        }
        return assignments
    }

    /// `format: raw`: `NAME=value` up to the end of the line, nothing means anything.
    static func parseRaw(_ bytes: [UInt8], lookup: (String) -> String?) throws(Failure) -> [Assignment] {
        var assignments: [Assignment] = []
        let lines = withoutMark(bytes[...]).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            var text = String(decoding: line, as: UTF8.self)[...]
            if text.utf8.last == UInt8(ascii: "\r") { text = Substring(text.unicodeScalars.dropLast()) }
            text = Substring(text.unicodeScalars.drop { $0.properties.isWhitespace })
            if text.isEmpty || text.hasPrefix("#") { continue }
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts[0])
            guard !name.isEmpty, !name.unicodeScalars.contains(where: \.properties.isWhitespace) else {
                throw Failure(line: index + 1, message: "\"\(name)\" is not a variable name")
            }
            let value = parts.count > 1 ? String(parts[1]) : lookup(name)
            assignments.append(Assignment(name: name, value: value, line: index + 1))
        }
        return assignments
    }

    // MARK: the text

    private var current: Unicode.Scalar? { next < scalars.count ? scalars[next] : nil }

    private mutating func advance() {
        if scalars[next] == "\n" { line += 1 }
        next += 1
    }

    private mutating func skip(while condition: (Unicode.Scalar) -> Bool) {
        while let scalar = current, condition(scalar) { advance() }
    }

    /// Blanks within a line.
    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "\t", "\u{B}", "\u{C}", "\r", " ", "\u{85}", "\u{A0}": true
        default: false
        }
    }

    private func text(_ range: Range<Int>) -> String {
        var text = ""
        text.unicodeScalars.append(contentsOf: scalars[range])
        return text
    }

    private mutating func skipToStatement() -> Bool {
        while true {
            skip { $0.properties.isWhitespace }
            guard let scalar = current else { return false }
            if scalar != "#" { return true }
            skip { $0 != "\n" }
        }
    }

    // MARK: assignments

    private mutating func assignment() throws(Failure) -> Assignment {
        skipExport()
        let start = line
        let first = next
        var end: Int?
        search: while let scalar = current {
            switch scalar {
            case "=", ":", "\n":
                end = next
                break search
            case "_", ".", "-", "[", "]": break
            default:
                guard Self.isBlank(scalar) || Self.isLetterOrNumber(scalar) else {
                    let rest = text(first..<(scalars[first...].firstIndex(of: "\n") ?? scalars.count))
                    throw Failure(
                        line: start, message: "unexpected character \"\(scalar)\" in the variable name \"\(rest)\"")
                }
            }
            advance()
        }
        // A file that ends within a name: Docker takes the rest for the value of a variable without a name.
        guard let end else {
            next = first
            return Assignment(name: "", value: try value(), line: start)
        }
        let isAlone = current == "\n"
        let name = trimmed(first..<end)
        guard !name.contains(" ") else {
            throw Failure(line: start, message: "the variable name \"\(name)\" contains a space")
        }
        advance()
        skip(while: Self.isBlank)
        if isAlone { return Assignment(name: name, value: surroundings.stronger(name), line: start) }
        return Assignment(name: name, value: try value(), line: start)
    }

    private mutating func skipExport() {
        let word = Array("export".unicodeScalars)
        guard scalars[next...].starts(with: word), next + word.count < scalars.count,
            scalars[next + word.count].properties.isWhitespace
        else { return }
        next += word.count
        skip(while: Self.isBlank)
    }

    private static func isLetterOrNumber(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
            .letterNumber, .otherNumber:
            true
        default: false
        }
    }

    /// Without white space at the end.
    private func trimmed(_ range: Range<Int>) -> String {
        var end = range.upperBound
        while end > range.lowerBound, scalars[end - 1].properties.isWhitespace { end -= 1 }
        return text(range.lowerBound..<end)
    }

    // MARK: values

    private mutating func value() throws(Failure) -> String {
        switch current {
        case "'": return try quoted(by: "'")
        case "\"": return try expanded(DotEnvEscapes.expand(try quoted(by: "\"")), line)
        default: return try unquoted()
        }
    }

    /// Up to the end of the line or a comment, which needs a space before it.
    private mutating func unquoted() throws(Failure) -> String {
        let start = next
        let place = line
        skip { $0 != "\n" }
        var end = next
        if next < scalars.count { advance() }
        if end - start > 1,
            let comment = (start + 1..<end).first(where: { scalars[$0] == "#" && scalars[$0 - 1] == " " })
        {
            end = comment - 1
        }
        return try expanded(trimmed(start..<end), place)
    }

    private mutating func quoted(by quote: Unicode.Scalar) throws(Failure) -> String {
        let start = line
        advance()
        var content = String.UnicodeScalarView()
        var isEscaped = false
        while let scalar = current {
            advance()
            if scalar == quote, !isEscaped { return String(content) }
            if scalar == "\\", !isEscaped {
                isEscaped = true
                continue
            }
            if isEscaped, scalar != quote { content.append("\\") }
            isEscaped = false
            content.append(scalar)
        }
        throw Failure(
            line: start, message: "the \(quote == "'" ? "single" : "double") quote is never closed")
    }

    private mutating func expanded(_ text: String, _ place: Int) throws(Failure) -> String {
        guard text.utf8.contains(UInt8(ascii: "$")) else { return text }
        let (values, surroundings) = (values, surroundings)
        do throws(Template.Failure) {
            let result = try Template.expand(
                text, limit: budget,
                lookup: { surroundings.stronger($0) ?? values[$0] ?? surroundings.weaker($0) },
                missing: surroundings.missing)
            budget -= result.utf8.count
            return result
        } catch {
            throw Failure(line: place, message: error.message(in: text))
        }
    }
}
