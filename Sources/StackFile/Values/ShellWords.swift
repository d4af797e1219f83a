/// Splits a command as Docker does: quotes and backslashes as in a shell, no variables, no globs.
enum ShellWords {
    struct Failure: Error {
        var message: String
    }

    /// The words; `ignored` is the operator (`;`, `|`, `&`, `<`, `>`) at which the command ends for Docker too.
    static func split(_ text: String) throws(Failure) -> (words: [String], ignored: String?) {
        var words: [String] = []
        var word = ""
        var isInWord = false
        var quote: Character?
        var isEscaped = false
        for character in text {
            if isEscaped {
                word.append(character)
                isEscaped = false
            } else if character == "\\", quote != "'" {
                isEscaped = true
                isInWord = true
            } else if let open = quote {
                if character == open { quote = nil } else { word.append(character) }
            } else if character == "'" || character == "\"" {
                quote = character
                isInWord = true
            } else if character.isWhitespace {
                if isInWord { words.append(word) }
                (word, isInWord) = ("", false)
            } else if character == "(" {
                throw Failure(message: "a parenthesis means something to a shell only; quote it")
            } else if ";|&<>".contains(character) {
                if isInWord { words.append(word) }
                return (words, String(character))
            } else {
                word.append(character)
                isInWord = true
            }
        }
        if quote != nil { throw Failure(message: "a quote is never closed") }
        if isEscaped { throw Failure(message: "it ends in a backslash") }
        if isInWord { words.append(word) }
        return (words, nil)
    }
}
