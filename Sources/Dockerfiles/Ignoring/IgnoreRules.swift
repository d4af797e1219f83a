/// What of a context doesn't belong to it: the patterns of a `.dockerignore`, in their order. A later one counts more, and
/// one with `!` takes back what earlier ones said.
public struct IgnoreRules: Equatable, Sendable {
    private struct Rule: Equatable, Sendable {
        enum Form: Equatable, Sendable {
            case exactly(String)
            case beginning(String)
            /// A whole name where the pattern is `**/name`.
            case end(String)
            case pattern(PathPattern)
        }

        var form: Form
        /// Without the `!`.
        var text: String
        var isException: Bool

        func matches(_ path: String) -> Bool {
            switch form {
            case .exactly(let text): path == text
            case .beginning(let text): path.hasPrefix(text)
            case .end(let text): path.hasSuffix(text) || text.first == "/" && path == text.dropFirst()
            case .pattern(let pattern): pattern.matches(path)
            }
        }
    }

    private var rules: [Rule] = []
    /// One of the patterns takes back what another says.
    public private(set) var hasExceptions = false

    public var isEmpty: Bool { rules.isEmpty }
    /// The patterns without their `!`.
    var patterns: [String] { rules.map(\.text) }

    /// No rules: everything belongs to the context.
    public init() {}

    /// Reads a `.dockerignore`.
    public init(file text: String) throws(DockerfileError) {
        var patterns: [String] = []
        var rest = text.unicodeScalars[...]
        if rest.first == "\u{FEFF}" { rest.removeFirst() }
        for line in rest.split(separator: "\n", omittingEmptySubsequences: true) where line.first != "#" {
            var pattern = String(line).trimmed
            if pattern.isEmpty { continue }
            let isException = pattern.hasPrefix("!")
            if isException { pattern = String(pattern.dropFirst()).trimmed }
            if !pattern.isEmpty { pattern = CleanPath.of(pattern) }
            if pattern.count > 1 && pattern.hasPrefix("/") { pattern.removeFirst() }
            patterns.append(isException ? "!" + pattern : pattern)
        }
        try self.init(patterns: patterns)
    }

    public init(patterns: [String]) throws(DockerfileError) {
        for pattern in patterns {
            let trimmed = pattern.trimmed
            if trimmed.isEmpty { continue }
            var cleaned = CleanPath.of(trimmed)
            let isException = cleaned.hasPrefix("!")
            if isException {
                guard cleaned.count > 1 else { throw DockerfileError("illegal exclusion pattern: \"!\"") }
                cleaned.removeFirst()
                hasExceptions = true
            }
            // Go's own matcher decides what is well-formed.
            _ = try PathPattern(glob: cleaned)
            rules.append(Rule(form: try Self.form(cleaned), text: cleaned, isException: isException))
        }
    }

    private static func form(_ text: String) throws(DockerfileError) -> Rule.Form {
        func isPlain(_ text: Substring) -> Bool { !PathPattern.hasWildcards(String(text)) && !text.contains("\\") }
        if isPlain(text[...]) { return .exactly(text) }
        if text.hasPrefix("**"), isPlain(text.dropFirst(2)) { return .end(String(text.dropFirst(2))) }
        if text.hasSuffix("**"), isPlain(text.dropLast(2)) { return .beginning(String(text.dropLast(2))) }
        return .pattern(try PathPattern(text, knowsDirectories: true))
    }

    /// What is known of a directory, for what is in it.
    public struct Standing: Equatable, Sendable {
        fileprivate var matched: [Bool] = []
        public fileprivate(set) var isIgnored = false

        public init() {}
    }

    /// - Parameters:
    ///   - path: from the context's root, without a slash at its beginning.
    ///   - parent: of the directory that it is in.
    public func standing(of path: String, in parent: Standing) -> Standing {
        var result = Standing()
        result.matched.reserveCapacity(rules.count)
        for (place, rule) in rules.enumerated() {
            // What a directory matches, all in it does. Where a rule would change nothing it isn't asked, as in BuildKit:
            // so `!dir` takes nothing back in `dir` that only a later name's own match ignores.
            let isMatch =
                place < parent.matched.count && parent.matched[place]
                || rule.isException == result.isIgnored && rule.matches(path)
            result.matched.append(isMatch)
            if isMatch { result.isIgnored = !rule.isException }
        }
        return result
    }

    /// Whether a path is ignored, or all that its directories have in them.
    public func ignores(_ path: String) -> Bool {
        var standing = Standing()
        var prefix = ""
        for part in path.split(separator: "/") {
            prefix += (prefix.isEmpty ? "" : "/") + part
            standing = self.standing(of: prefix, in: standing)
        }
        return standing.isIgnored
    }
}
