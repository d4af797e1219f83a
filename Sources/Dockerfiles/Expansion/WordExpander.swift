/// Expands variables and takes quotes away, as a shell would: `$x`, `${x}`, and with `:-`, `-`, `:+`, `+`, `:?`, `?`, `#`,
/// `##`, `%`, `%%`, `/` and `//`.
public struct WordExpander: Sendable {
    /// A variable's value; `nil` if it isn't set.
    public typealias LookUp = (String) -> String?

    var escape: Unicode.Scalar = "\\"
    /// Quotes stay.
    var keepsQuotes = false
    /// Escape characters stay.
    var keepsEscapes = false
    /// Quotes are characters as others are.
    var ignoresQuotes = false
    /// Variables that aren't set stay as they are written.
    var keepsUnset = false

    public init(escape: Unicode.Scalar = "\\") { self.escape = escape }

    init(
        escape: Unicode.Scalar = "\\", keepsQuotes: Bool = false, keepsEscapes: Bool = false,
        ignoresQuotes: Bool = false, keepsUnset: Bool = false
    ) {
        self.escape = escape
        self.keepsQuotes = keepsQuotes
        self.keepsEscapes = keepsEscapes
        self.ignoresQuotes = ignoresQuotes
        self.keepsUnset = keepsUnset
    }

    /// What an expansion gave, and which variables it asked for.
    public struct Result: Equatable, Sendable {
        public var text = ""
        public var found: Set<String> = []
        public var missing: Set<String> = []
    }

    public func expand(_ text: String, _ lookUp: @escaping LookUp) throws(DockerfileError) -> String {
        try result(text, lookUp).text
    }

    public func result(_ text: String, _ lookUp: @escaping LookUp) throws(DockerfileError) -> Result {
        var expansion = Expansion(text, self, lookUp)
        let (expanded, _) = try expansion.whole(of: text)
        return Result(text: expanded, found: expansion.found, missing: expansion.missing)
    }

    /// What white space separates after the expansion, outside quotes.
    public func words(_ text: String, _ lookUp: @escaping LookUp) throws(DockerfileError) -> [String] {
        var expansion = Expansion(text, self, lookUp)
        return try expansion.whole(of: text).words
    }
}

/// One expansion under way.
struct Expansion {
    let options: WordExpander
    let lookUp: WordExpander.LookUp
    private let scalars: Scalars
    private var place = 0
    private var depth = 0
    private var written = 0
    var found: Set<String> = []
    var missing: Set<String> = []

    /// Characters; a variable that contains itself twice would soon fill the memory.
    private static let longest = 1 << 20
    private static let deepest = 64

    init(_ text: String, _ options: WordExpander, _ lookUp: @escaping WordExpander.LookUp) {
        self.options = options
        self.lookUp = lookUp
        scalars = Scalars(text.unicodeScalars)
    }

    mutating func whole(of text: String) throws(DockerfileError) -> (text: String, words: [String]) {
        do {
            return try until(nil, keepsEscapes: options.keepsEscapes)
        } catch {
            throw DockerfileError("failed to process \"\(text)\": \(error.message)")
        }
    }

    var next: Unicode.Scalar? { place < scalars.count ? scalars[place] : nil }

    mutating func take() -> Unicode.Scalar? {
        guard place < scalars.count else { return nil }
        place += 1
        return scalars[place - 1]
    }

    mutating func take(while condition: (Unicode.Scalar) -> Bool) -> String {
        let start = place
        while let scalar = next, condition(scalar) { place += 1 }
        return String(scalars[start..<place])
    }

    /// Everything up to a character outside quotes, or to the end.
    mutating func until(
        _ end: Unicode.Scalar?, keepsEscapes: Bool
    ) throws(DockerfileError) -> (text: String, words: [String]) {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.deepest else { throw DockerfileError("too many expressions in each other") }
        var result = WordList()
        while let scalar = next {
            if scalar == end {
                place += 1
                return result.finish()
            }
            try part(scalar, keepsEscapes, &result)
            guard result.text.count <= Self.longest else { throw DockerfileError("the result is too long") }
        }
        guard let end else { return result.finish() }
        throw DockerfileError("unexpected end of statement while looking for matching \(end)")
    }

    private mutating func part(
        _ scalar: Unicode.Scalar, _ keepsEscapes: Bool, _ result: inout WordList
    ) throws(DockerfileError) {
        place += 1
        switch scalar {
        case "$": result.append(try variable(), splits: true)
        case "<": result.append(heredocMark(), splits: false)
        case "'" where !options.ignoresQuotes: result.append(try singleQuoted(), splits: false)
        case "\"" where !options.ignoresQuotes: result.append(try doubleQuoted(keepsEscapes), splits: false)
        case options.escape:
            if keepsEscapes { result.append(String(scalar), splits: false) }
            if let escaped = take() { result.append(String(escaped), splits: false) }
        default: result.append(String(scalar), splits: true)
        }
    }

    /// Blanks between `<<` and its word are no word's end.
    private mutating func heredocMark() -> String {
        guard next == "<" else { return "<" }
        place += 1
        return "<<" + take { $0 == " " || $0 == "\t" || $0 == "\r" }
    }

    private mutating func singleQuoted() throws(DockerfileError) -> String {
        let text = take { $0 != "'" }
        guard take() != nil else {
            throw DockerfileError("unexpected end of statement while looking for matching single-quote")
        }
        return options.keepsQuotes ? "'\(text)'" : text
    }

    private mutating func doubleQuoted(_ keepsEscapes: Bool) throws(DockerfileError) -> String {
        var result = options.keepsQuotes ? "\"" : ""
        while let scalar = take() {
            switch scalar {
            case "\"": return options.keepsQuotes ? result + "\"" : result
            case "$": result += try variable()
            case options.escape:
                if keepsEscapes { result.unicodeScalars.append(scalar) }
                guard let escaped = next else { break }
                // Before other characters it is one as they are.
                if escaped == "\"" || escaped == "$" || escaped == options.escape {
                    result.unicodeScalars.append(escaped)
                    place += 1
                } else {
                    result.unicodeScalars.append(scalar)
                }
            default: result.unicodeScalars.append(scalar)
            }
        }
        throw DockerfileError("unexpected end of statement while looking for matching double-quote")
    }
}

/// The text that comes about, and its words.
private struct WordList {
    var text: Scalars = []
    private var words: [String] = []
    private var word: Scalars = []

    mutating func append(_ part: String, splits: Bool) {
        text += part.unicodeScalars
        for scalar in part.unicodeScalars {
            if splits && scalar.isSpace { endWord() } else { word.append(scalar) }
        }
    }

    private mutating func endWord() {
        if !word.isEmpty { words.append(String(word)) }
        word = []
    }

    mutating func finish() -> (text: String, words: [String]) {
        endWord()
        return (String(text), words)
    }
}
