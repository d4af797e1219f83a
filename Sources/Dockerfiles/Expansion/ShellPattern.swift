/// A pattern of `${x#pattern}` and its like: `*`, `?`, and characters that a backslash makes plain (POSIX, XCU 2.13,
/// without bracket expressions).
struct ShellPattern: Equatable {
    private enum Token: Equatable {
        /// Any characters of one line.
        case run
        /// One character, except for a line's end.
        case one
        case literal(Unicode.Scalar)

        func accepts(_ scalar: Unicode.Scalar) -> Bool {
            switch self {
            case .run, .one: scalar != "\n"
            case .literal(let own): scalar == own
            }
        }
    }

    private var tokens: [Token] = []

    init(_ pattern: String) throws(DockerfileError) {
        var scalars = pattern.unicodeScalars[...]
        while let scalar = scalars.popFirst() {
            switch scalar {
            case "*": tokens.append(.run)
            case "?": tokens.append(.one)
            case "\\":
                // Before what would end the expression a backslash is no part of the pattern.
                if scalars.first == "}" || scalars.first == "/" { continue }
                guard let escaped = scalars.popFirst(), escaped == "*" || escaped == "?" || escaped == "\\" else {
                    throw DockerfileError("invalid pattern (\(pattern)) in substitution: invalid escape")
                }
                tokens.append(.literal(escaped))
            default: tokens.append(.literal(scalar))
            }
        }
    }

    /// The value without the shortest or longest match at its beginning.
    func trimmingPrefix(of value: String, longest: Bool) -> String {
        let scalars = Scalars(value.unicodeScalars)
        guard let end = end(in: scalars[...], longest: longest) else { return value }
        return String(scalars[end...])
    }

    /// The value without the shortest or longest match at its end.
    func trimmingSuffix(of value: String, longest: Bool) -> String {
        let scalars = Scalars(value.unicodeScalars.reversed())
        var reversed = self
        reversed.tokens.reverse()
        guard let end = reversed.end(in: scalars[...], longest: longest) else { return value }
        return String(scalars[end...].reversed())
    }

    /// The value with the first match, or all, replaced; each as early and as long as it can be.
    func replacing(in value: String, with replacement: String, all: Bool) -> String {
        let scalars = Scalars(value.unicodeScalars)
        var result: Scalars = []
        var copied = 0
        var place = 0
        while place <= scalars.count, let match = firstMatch(in: scalars, from: place) {
            result += scalars[copied..<match.lowerBound]
            // Nothing is found directly behind what was found.
            if match.upperBound > copied || match.lowerBound == 0 { result += replacement.unicodeScalars }
            copied = match.upperBound
            guard all else { break }
            place = max(place + 1, match.upperBound)
        }
        return String(result + scalars[copied...])
    }

    private func firstMatch(in scalars: Scalars, from start: Int) -> Range<Int>? {
        for place in start...scalars.count {
            if let end = end(in: scalars[place...], longest: true) { return place..<end }
        }
        return nil
    }

    /// Where a match that begins with the text ends. All ways are followed at once, so that no pattern takes long.
    private func end(in text: ArraySlice<Unicode.Scalar>, longest: Bool) -> Int? {
        var states = closure([0])
        var found: Int?
        var place = text.startIndex
        while true {
            if states.contains(tokens.count) {
                found = place
                if !longest { return found }
            }
            guard place < text.endIndex, !states.isEmpty else { return found }
            let scalar = text[place]
            states = closure(
                states.compactMap { state in
                    guard state < tokens.count, tokens[state].accepts(scalar) else { return nil }
                    return tokens[state] == .run ? state : state + 1
                })
            place += 1
        }
    }

    /// A run may also be empty.
    private func closure(_ states: [Int]) -> [Int] {
        var result: [Int] = []
        for start in states {
            var state = start
            while result.last.map({ $0 < state }) ?? true {
                result.append(state)
                guard state < tokens.count, tokens[state] == .run else { break }
                state += 1
            }
        }
        return result
    }
}
