/// An instruction as it is written: its word, flags and arguments, before anything is known of their meaning.
public struct Statement: Equatable, Sendable {
    /// As it is spelled.
    public var keyword: String
    /// `--name=value`, without quotes.
    public var flags: [String] = []
    /// The arguments in the form that the instruction takes: one text, words, or name, value and `=` in turns.
    public var arguments: [String] = []
    /// The arguments came as a JSON array.
    public var isArray = false
    public var heredocs: [Heredoc] = []
    /// All lines of it joined, without the heredocs.
    public var source: String
    /// Counted from 1, with the heredocs.
    public var lines: ClosedRange<Int>
    /// The comments before it, without their `#`.
    public var comments: [String] = []
    /// Of an `ONBUILD`, what it wants to be done: none, or one.
    public var trigger: [Statement] = []

    /// Reads an instruction's joined lines.
    init(_ source: String, _ words: Words, lines: ClosedRange<Int>, comments: [String] = []) throws(DockerfileError) {
        let (keyword, rest) = source.trimmed.splitAtBlanks
        self.keyword = keyword
        self.source = source
        self.lines = lines
        self.comments = comments
        let (flags, arguments) = words.flags(rest ?? "")
        self.flags = flags
        try read(arguments.trimmed, words)
    }

    private mutating func read(_ text: String, _ words: Words) throws(DockerfileError) {
        switch keyword.lowercased() {
        case "env", "label": arguments = try Self.assignments(text, words, keyword.uppercased())
        case "arg": arguments = words.split(text)
        case "from", "expose": arguments = text.isEmpty ? [] : text.blankSeparated
        case "cmd", "entrypoint", "run", "shell": try readArray(or: { [$0] }, text)
        case "add", "copy", "volume": try readArray(or: \.blankSeparated, text)
        case "healthcheck": try readHealthCheck(text)
        case "maintainer", "stopsignal", "user", "workdir": arguments = text.isEmpty ? [] : [text]
        case "onbuild":
            if !text.isEmpty { trigger = [try Statement(text, words, lines: lines)] }
        default: arguments = [""]
        }
    }

    private mutating func readArray(or split: (String) -> [String], _ text: String) throws(DockerfileError) {
        if let strings = try StringArray.parse(text) {
            arguments += strings
            isArray = true
        } else if !text.isEmpty {
            arguments += split(text)
        }
    }

    private mutating func readHealthCheck(_ text: String) throws(DockerfileError) {
        let scalars = text.unicodeScalars
        let kind = scalars.prefix { !$0.isSpace }
        guard !kind.isEmpty else { return }
        arguments = [String(kind)]
        try readArray(or: { [$0] }, String(scalars[kind.endIndex...].drop(while: \.isSpace)))
    }

    /// `name=value …`, or the older `name value`.
    private static func assignments(
        _ text: String, _ words: Words, _ keyword: String
    ) throws(DockerfileError) -> [String] {
        let words = words.split(text)
        guard let first = words.first else { return [] }
        guard first.contains("=") else {
            guard case (let name, let value?) = text.splitAtBlanks else {
                throw DockerfileError("\(keyword) must have two arguments")
            }
            return [name, value, ""]
        }
        var result: [String] = []
        for word in words {
            guard let (name, value) = word.cut("=") else {
                throw DockerfileError(
                    "Syntax error - can't find = in \"\(word)\". Must be of the form: name=value",
                    suggestion: "put quotes around a value with spaces")
            }
            result += [name, value, "="]
        }
        return result
    }

    /// Text may follow in heredocs.
    var takesHeredocs: Bool {
        let statement = keyword.lowercased() == "onbuild" ? trigger.first ?? self : self
        return ["add", "copy", "run"].contains(statement.keyword.lowercased()) && !statement.isArray
    }
}
