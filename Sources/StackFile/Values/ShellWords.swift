/// Splits a command as Docker does: quotes and backslashes as in a shell, no variables, no globs.
enum ShellWords {
    struct Failure: Error {
        var message: String
    }

    /// The words; `ignored` is the operator (`;`, `|`, `&`, `<`, `>`) at which the command ends for Docker too.
    static func split(_ text: String) throws(Failure) -> (words: [String], ignored: String?) {
        var splitter = Splitter()
        for character in text {
            guard try splitter.take(character) else { return (splitter.finished, String(character)) }
        }
        if splitter.isEscaped { throw Failure(message: "it ends in a backslash") }
        if splitter.isOpen { throw Failure(message: "a quote is never closed") }
        return (splitter.finished, nil)
    }

    private struct Splitter {
        private var words: [String] = []
        private var word: String?
        /// The character that ends a quotation.
        private var quote: Character?
        /// The character that ends `$(…)` or a pair of backticks, which stay as they are.
        private var substitution: Character?
        private(set) var isEscaped = false

        var isOpen: Bool { quote != nil || substitution != nil }
        var finished: [String] { words + (word.map { [$0] } ?? []) }

        /// `false` at an operator.
        mutating func take(_ character: Character) throws(Failure) -> Bool {
            if isEscaped {
                isEscaped = false
                append(character == "n" ? "\n" : character == "t" ? "\t" : character)
            } else if character == "\\", quote != "'" {
                isEscaped = true
                word = word ?? ""
            } else if let end = quote {
                if character == end { quote = nil } else { append(character) }
            } else if let end = substitution {
                append(character)
                if character == end { substitution = nil }
            } else {
                return try takePlain(character)
            }
            return true
        }

        private mutating func takePlain(_ character: Character) throws(Failure) -> Bool {
            switch character {
            case "'", "\"":
                quote = character
                word = word ?? ""
            case "`":
                substitution = "`"
                append(character)
            case "(":
                guard word?.last == "$" else {
                    throw Failure(message: "a parenthesis means something to a shell only; quote it")
                }
                substitution = ")"
                append(character)
            case ";", "|", "&", "<", ">": return false
            case _ where character.isWhitespace:
                if let word { words.append(word) }
                word = nil
            default: append(character)
            }
            return true
        }

        private mutating func append(_ character: Character) {
            word = (word ?? "") + String(character)
        }
    }
}
