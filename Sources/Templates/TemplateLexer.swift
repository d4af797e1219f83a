/// A piece of a template: text as it is, or what stands between `{{` and `}}`.
enum TemplatePiece: Equatable {
    case text(String)
    case action([TemplateToken])
}

/// A word of an action.
enum TemplateToken: Equatable {
    /// `.Name.First`; empty for the dot alone.
    case field([String])
    /// `$`, `$x.Name`.
    case variable(String, [String])
    case word(String)
    case text(String)
    case number(String)
    /// `(`, `)`, `|`, `,`, `:=`, `=`.
    case sign(String)
    /// The fields behind a closing bracket.
    case fieldOfResult([String])
}

/// Text → pieces, with the blanks beside `{{-` and `-}}` taken away.
struct TemplateLexer {
    private let characters: [Character]
    private var index = 0

    init(_ text: String) { characters = Array(text) }

    mutating func pieces() throws(TemplateError) -> [TemplatePiece] {
        var result: [TemplatePiece] = []
        var text = ""
        while index < characters.count {
            guard starts(with: "{{") else {
                text.append(characters[index])
                index += 1
                continue
            }
            index += 2
            if starts(with: "- ") {
                index += 1
                while text.last?.isWhitespace == true { text.removeLast() }
            }
            if !text.isEmpty { result.append(.text(text)) }
            text = ""
            if let tokens = try action() { result.append(.action(tokens)) }
        }
        if !text.isEmpty { result.append(.text(text)) }
        return result
    }

    private func starts(with text: String) -> Bool { characters[index...].starts(with: text) }

    /// The words up to `}}`; `nil` for a comment.
    private mutating func action() throws(TemplateError) -> [TemplateToken]? {
        skipBlanks()
        let isComment = starts(with: "/*")
        if isComment {
            while index < characters.count, !starts(with: "*/") { index += 1 }
            index = min(characters.count, index + 2)
        }
        var tokens: [TemplateToken] = []
        while true {
            skipBlanks()
            guard index < characters.count else { throw TemplateError("template parsing error: unclosed action") }
            if starts(with: "-}}") {
                index += 3
                skipBlanks()
                break
            }
            if starts(with: "}}") {
                index += 2
                break
            }
            tokens.append(try token())
        }
        return isComment ? nil : tokens
    }

    private mutating func skipBlanks() { while index < characters.count, characters[index].isWhitespace { index += 1 } }

    private mutating func token() throws(TemplateError) -> TemplateToken {
        let first = characters[index]
        switch first {
        case "\"": return .text(try quoted())
        case "`": return .text(try raw())
        case ".":
            let isJoined = index > 0 && characters[index - 1] == ")"
            let names = path()
            return isJoined ? .fieldOfResult(names) : .field(names)
        case "$":
            index += 1
            let name = name()
            return .variable(name, path())
        case "(", ")", "|", ",", "=":
            index += 1
            return .sign(String(first))
        case ":" where starts(with: ":="):
            index += 2
            return .sign(":=")
        case "-", "+", "0"..."9": return .number(number())
        default:
            let word = name()
            guard !word.isEmpty else {
                throw TemplateError("template parsing error: unexpected \"\(first)\" in an action")
            }
            return .word(word)
        }
    }

    /// `.A.B`; nothing where no name follows.
    private mutating func path() -> [String] {
        var names: [String] = []
        while index < characters.count, characters[index] == "." {
            index += 1
            let name = name()
            if name.isEmpty { break }
            names.append(name)
        }
        return names
    }

    private mutating func name() -> String {
        let rest = characters[index...].prefix { $0 == "_" || $0.isLetter || $0.isNumber }
        index += rest.count
        return String(rest)
    }

    private mutating func number() -> String {
        let sign = characters[index]
        index += 1
        let rest = characters[index...].prefix { $0 == "." || $0.isNumber || $0.isLetter }
        index += rest.count
        return String(sign) + String(rest)
    }

    private mutating func raw() throws(TemplateError) -> String {
        index += 1
        let content = characters[index...].prefix { $0 != "`" }
        index += content.count + 1
        guard index <= characters.count else {
            throw TemplateError("template parsing error: unterminated raw quoted string")
        }
        return String(content)
    }

    private mutating func quoted() throws(TemplateError) -> String {
        index += 1
        var result = ""
        while index < characters.count {
            let character = characters[index]
            index += 1
            if character == "\"" { return result }
            guard character == "\\", index < characters.count else {
                result.append(character)
                continue
            }
            switch characters[index] {
            case "n": result += "\n"
            case "t": result += "\t"
            case "r": result += "\r"
            case let other: result.append(other)
            }
            index += 1
        }
        throw TemplateError("template parsing error: unterminated quoted string")
    }
}
