/// Splits a command as Docker does: quotes and backslashes as in a shell, no variables, no globs.
enum ShellWords {
    struct Failure: Error {
        var message: String
    }

    /// The words; `ignored` is the operator (`;`, `|`, `&`, `<`, `>`) at which the command ends for Docker too.
    static func split(_ text: String) throws(Failure) -> (words: [String], ignored: String?) {
        var splitter = Splitter()
        for byte in text.utf8 {
            guard try splitter.take(byte) else {
                return (splitter.finished, String(decoding: [byte], as: UTF8.self))
            }
        }
        if splitter.isEscaped { throw Failure(message: "it ends in a backslash") }
        if splitter.place != .plain { throw Failure(message: "a quote is never closed") }
        return (splitter.finished, nil)
    }

    /// Everything that means something is ASCII, so the text is taken byte by byte.
    private struct Splitter {
        enum Place {
            case plain, singleQuotes, doubleQuotes
            /// Between backticks or in `$(…)`, which stay as they are.
            case backticks, substitution
        }

        private(set) var place = Place.plain
        private(set) var isEscaped = false
        private var words: [String] = []
        private var word: [UInt8] = []
        /// Two quotes with nothing between them are a word too.
        private var hasWord = false

        var finished: [String] { words + (hasWord ? [String(decoding: word, as: UTF8.self)] : []) }

        /// `false` at an operator.
        mutating func take(_ byte: UInt8) throws(Failure) -> Bool {
            if isEscaped {
                takeEscaped(byte)
                return true
            }
            if byte == UInt8(ascii: "\\"), place != .singleQuotes {
                isEscaped = true
                return true
            }
            switch (place, byte) {
            case (.plain, _): return try takePlain(byte)
            case (.singleQuotes, UInt8(ascii: "'")), (.doubleQuotes, UInt8(ascii: "\"")):
                place = .plain
                hasWord = true
            case (.backticks, UInt8(ascii: "`")), (.substitution, UInt8(ascii: ")")):
                place = .plain
                append(byte)
            case (.substitution, UInt8(ascii: "(")): throw Self.parenthesis
            default: append(byte)
            }
            return true
        }

        private mutating func takeEscaped(_ byte: UInt8) {
            isEscaped = false
            switch byte {
            case _ where place == .backticks || place == .substitution:
                append(UInt8(ascii: "\\"))
                append(byte)
            case UInt8(ascii: "n"): append(UInt8(ascii: "\n"))
            case UInt8(ascii: "t"): append(UInt8(ascii: "\t"))
            default: append(byte)
            }
        }

        private mutating func takePlain(_ byte: UInt8) throws(Failure) -> Bool {
            switch byte {
            case UInt8(ascii: "'"): place = .singleQuotes
            case UInt8(ascii: "\""): place = .doubleQuotes
            case UInt8(ascii: "`"):
                place = .backticks
                append(byte)
            case UInt8(ascii: "("):
                guard word.last == UInt8(ascii: "$") else { throw Self.parenthesis }
                place = .substitution
                append(byte)
            case UInt8(ascii: ")"): throw Self.parenthesis
            case UInt8(ascii: ";"), UInt8(ascii: "|"), UInt8(ascii: "&"), UInt8(ascii: "<"): return false
            case UInt8(ascii: ">"):
                // In `2>file` the number belongs to the operator.
                if !word.isEmpty, word.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains) { hasWord = false }
                return false
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"):
                if hasWord { words.append(String(decoding: word, as: UTF8.self)) }
                word.removeAll(keepingCapacity: true)
                hasWord = false
            default: append(byte)
            }
            return true
        }

        private mutating func append(_ byte: UInt8) {
            word.append(byte)
            hasWord = true
        }

        private static let parenthesis = Failure(message: "a parenthesis means something to a shell only; quote it")
    }
}
