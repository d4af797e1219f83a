/// A pattern for paths, as Go's `filepath.Match` and `.dockerignore` have them.
public struct PathPattern: Equatable, Sendable {
    enum Token: Equatable {
        case literal(Unicode.Scalar)
        /// `?`: one character of a name.
        case one
        /// `*`: any characters of a name.
        case run
        /// `**/`: the next token, or none.
        case maybe
        /// Whole directories.
        case directories
        /// `**` at the end: anything.
        case rest
        case among(ranges: [ClosedRange<Unicode.Scalar>], negated: Bool)
    }

    var tokens: [Token] = []

    /// A pattern as `COPY` takes it: `*`, `?`, `[…]`, and a backslash before characters that shall mean themselves.
    public init(glob text: String) throws(DockerfileError) { try self.init(text, knowsDirectories: false) }

    init(_ text: String, knowsDirectories: Bool) throws(DockerfileError) {
        var rest = text.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            switch scalar {
            case "*" where knowsDirectories && rest.first == "*":
                rest.removeFirst()
                if rest.first == "/" { rest.removeFirst() }
                tokens += rest.isEmpty ? [.rest] : [.maybe, .directories]
            case "*": tokens.append(.run)
            case "?": tokens.append(.one)
            case "[": tokens.append(try Self.set(&rest, text))
            case "\\":
                guard let escaped = rest.popFirst() else { throw Self.malformed(text) }
                tokens.append(.literal(escaped))
            default: tokens.append(.literal(scalar))
            }
        }
    }

    private static func malformed(_ text: String) -> DockerfileError {
        DockerfileError("syntax error in pattern \"\(text)\"")
    }

    private static func set(_ rest: inout Substring.UnicodeScalarView, _ text: String) throws(DockerfileError) -> Token
    {
        var ranges: [ClosedRange<Unicode.Scalar>] = []
        let negated = rest.first == "^"
        if negated { rest.removeFirst() }
        func member() throws(DockerfileError) -> Unicode.Scalar {
            guard let scalar = rest.popFirst(), scalar != "-", scalar != "]" else { throw malformed(text) }
            guard scalar == "\\" else { return scalar }
            guard let escaped = rest.popFirst() else { throw malformed(text) }
            return escaped
        }
        while ranges.isEmpty || rest.first != "]" {
            let low = try member()
            var high = low
            if rest.first == "-" {
                rest.removeFirst()
                high = try member()
            }
            // A range that runs backwards has nothing in it.
            if low <= high { ranges.append(low...high) } else if rest.first == "]" && ranges.isEmpty { break }
        }
        guard rest.popFirst() == "]" else { throw malformed(text) }
        return .among(ranges: ranges, negated: negated)
    }

    /// Something in it stands for more than itself.
    public static func hasWildcards(_ text: String) -> Bool {
        var rest = text.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            if scalar == "*" || scalar == "?" || scalar == "[" { return true }
            if scalar == "\\" { _ = rest.popFirst() }
        }
        return false
    }

    /// Whether the pattern is about the whole path. All ways are followed at once, so that no pattern takes long.
    public func matches(_ path: String) -> Bool {
        var states = closure([0])
        for scalar in path.unicodeScalars {
            states = closure(states.flatMap { step($0, scalar) })
            if states.isEmpty { return false }
        }
        return states.contains(tokens.count)
    }

    private func step(_ state: Int, _ scalar: Unicode.Scalar) -> [Int] {
        guard state < tokens.count else { return [] }
        switch tokens[state] {
        case .literal(let own): return own == scalar ? [state + 1] : []
        case .one: return scalar == "/" ? [] : [state + 1]
        case .run: return scalar == "/" ? [] : [state]
        case .maybe: return []
        case .directories: return scalar == "/" ? [state, state + 1] : [state]
        case .rest: return [state]
        case .among(let ranges, let negated):
            return ranges.contains { $0.contains(scalar) } != negated ? [state + 1] : []
        }
    }

    /// What may be empty is also passed over.
    private func closure(_ states: [Int]) -> [Int] {
        var waiting = states
        var seen = Set<Int>()
        while let state = waiting.popLast() {
            guard seen.insert(state).inserted, state < tokens.count else { continue }
            switch tokens[state] {
            case .run, .rest: waiting.append(state + 1)
            case .maybe: waiting += [state + 1, state + 2]
            default: break
            }
        }
        return Array(seen)
    }
}
