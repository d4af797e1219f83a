/// A Dockerfile as statements: comments, continued lines and heredocs are told apart, and nothing is known of what the
/// instructions mean.
public struct DockerfileText: Equatable, Sendable {
    public private(set) var directives = Directives()
    public private(set) var statements: [Statement] = []
    /// Where an instruction's last line is that has an empty line between its lines.
    public private(set) var emptyContinuations: [Int] = []

    private var comments: [String] = []

    public init(_ bytes: [UInt8]) throws(DockerfileError) {
        var lines = SourceLines(bytes)
        while let line = try lines.next() { try read(line, &lines) }
        guard !statements.isEmpty else {
            throw DockerfileError("file with no instructions", lines: nil)
        }
    }

    public init(_ text: String) throws(DockerfileError) { try self.init(Array(text.utf8)) }

    private mutating func read(_ first: String, _ lines: inout SourceLines) throws(DockerfileError) {
        let start = lines.number
        let line = first.withoutEnd.trimmedStart
        if first.isComment { return try readComment(line, first, at: start) }
        _ = try place(start...start) { () throws(DockerfileError) in try directives.read(line) }
        guard let source = try join(line, &lines) else { return }
        var statement = try place(start...lines.number) { () throws(DockerfileError) in
            try Statement(
                source, Words(escape: directives.escape), lines: start...lines.number, comments: comments)
        }
        comments = []
        if statement.takesHeredocs && source.contains("<<") {
            try place(start...lines.number) { () throws(DockerfileError) in
                statement.heredocs = try Heredoc.announced(in: source)
            }
            for index in statement.heredocs.indices {
                try fill(&statement.heredocs[index], &lines, from: start)
            }
            statement.lines = start...lines.number
        }
        statements.append(statement)
    }

    private mutating func readComment(_ line: String, _ whole: String, at number: Int) throws(DockerfileError) {
        let isDirective = try place(number...number) { () throws(DockerfileError) in try directives.read(line) }
        if isDirective { return }
        // An indented comment keeps its mark.
        let comment = String(whole.unicodeScalars.dropFirst()).trimmed
        if comment.isEmpty { comments = [] } else { comments.append(comment) }
    }

    /// A line with those that continue it; `nil` if there is nothing in it.
    private mutating func join(_ first: String, _ lines: inout SourceLines) throws(DockerfileError) -> String? {
        var (result, goesOn) = split(first)
        if !goesOn && result.isEmpty { return nil }
        var hasEmptyLine = false
        while goesOn, let line = try lines.next() {
            if line.isComment { continue }
            if line.isBlankLine {
                hasEmptyLine = true
                continue
            }
            let (part, more) = split(line.withoutEnd)
            result += part
            goesOn = more
            guard result.utf8.count <= Self.longest else {
                throw DockerfileError(
                    "the instruction is longer than \(Self.longest) bytes", lines: lines.number...lines.number)
            }
        }
        if hasEmptyLine { emptyContinuations.append(lines.number) }
        return result
    }

    /// Bytes of an instruction.
    private static let longest = 4 << 20

    /// Takes the escape character off a line that goes on.
    private func split(_ line: String) -> (text: String, goesOn: Bool) {
        let text = line.unicodeScalars.trimmingEnd { $0 == " " || $0 == "\t" }
        guard text.last == directives.escape else { return (line, false) }
        let rest = text.dropLast()
        // An escaped escape character is one.
        return rest.last == directives.escape ? (line, false) : (String(rest), true)
    }

    private func fill(
        _ heredoc: inout Heredoc, _ lines: inout SourceLines, from start: Int
    ) throws(DockerfileError) {
        var content = String.UnicodeScalarView()
        while let line = try lines.next() {
            let end = heredoc.stripsTabs ? String(line.withoutEnd.unicodeScalars.drop { $0 == "\t" }) : line.withoutEnd
            if end == heredoc.name {
                heredoc.content = String(content)
                return
            }
            content.append(contentsOf: line.unicodeScalars)
        }
        throw DockerfileError(
            "unterminated heredoc", suggestion: "no line consists of \"\(heredoc.name)\"", lines: start...lines.number)
    }
}

/// Gives errors of some work their place.
func place<Value>(
    _ lines: ClosedRange<Int>, _ work: () throws(DockerfileError) -> Value
) throws(DockerfileError) -> Value {
    do {
        return try work()
    } catch {
        throw error.at(lines)
    }
}
