// `$name` and `${…}`.
extension Expansion {
    /// What stands behind a `$`.
    mutating func variable() throws(DockerfileError) -> String {
        guard next == "{" else {
            let name = name()
            if name.isEmpty { return "$" }
            let value = value(of: name)
            return value ?? (options.keepsUnset ? "$" + name : "")
        }
        _ = take()
        guard let first = next else { throw Self.unclosed }
        guard first != "{", first != "}", first != ":" else {
            throw DockerfileError("syntax error: bad substitution")
        }
        let name = name()
        switch take() {
        case "}": return value(of: name) ?? (options.keepsUnset ? "${\(name)}" : "")
        case ":": return try modified(name, take(), emptyIsUnset: true)
        case "/": return try replaced(name)
        case let modifier: return try modified(name, modifier, emptyIsUnset: false)
        }
    }

    private static var unclosed: DockerfileError { DockerfileError("syntax error: missing '}'") }

    private mutating func modified(
        _ name: String, _ modifier: Unicode.Scalar?, emptyIsUnset: Bool
    ) throws(DockerfileError) -> String {
        let isTrim = modifier == "#" || modifier == "%"
        let written = (emptyIsUnset ? ":" : "") + (modifier.map { String($0) } ?? "")
        guard let modifier, ["+", "-", "?"].contains(modifier) || isTrim && !emptyIsUnset else {
            // A modifier that doesn't exist is told of only once it is known where it ends.
            if emptyIsUnset && !isTrim { _ = try word(until: "}", keepsEscapes: false) }
            throw DockerfileError("unsupported modifier (\(written)) in substitution")
        }
        let word = try word(until: "}", keepsEscapes: isTrim)
        let value = value(of: name)
        if value == nil && options.keepsUnset { return "${\(name)\(written)\(word)}" }
        let isUnset = value == nil || emptyIsUnset && value == ""
        switch modifier {
        case "-": return isUnset ? word : value ?? ""
        case "+": return isUnset ? "" : word
        case "?":
            guard isUnset else { return value ?? "" }
            let usual = value == nil ? "is not allowed to be unset" : "is not allowed to be empty"
            throw DockerfileError("\(name): \(word.isEmpty ? usual : word)")
        default: return try trimmed(value ?? "", word, modifier)
        }
    }

    private func trimmed(
        _ value: String, _ word: String, _ modifier: Unicode.Scalar
    ) throws(DockerfileError) -> String {
        let longest = word.unicodeScalars.first == modifier
        let pattern = try ShellPattern(longest ? String(word.unicodeScalars.dropFirst()) : word)
        return modifier == "#"
            ? pattern.trimmingPrefix(of: value, longest: longest)
            : pattern.trimmingSuffix(of: value, longest: longest)
    }

    private mutating func replaced(_ name: String) throws(DockerfileError) -> String {
        let all = next == "/"
        if all { _ = take() }
        let pattern = try word(until: "/", keepsEscapes: true)
        let replacement = try word(until: "}", keepsEscapes: true)
        guard let value = value(of: name) else {
            return options.keepsUnset ? "${\(name)/\(pattern)/\(replacement)}" : ""
        }
        return try ShellPattern(pattern).replacing(in: value, with: replacement, all: all)
    }

    private mutating func word(
        until end: Unicode.Scalar, keepsEscapes: Bool
    ) throws(DockerfileError) -> String {
        do {
            return try until(end, keepsEscapes: keepsEscapes).text
        } catch {
            guard next == nil else { throw error }
            throw end == "}" ? Self.unclosed : DockerfileError("syntax error: missing '\(end)' in ${}")
        }
    }

    /// A name, digits, or one of the shell's special parameters.
    private mutating func name() -> String {
        guard let first = next else { return "" }
        if first.isDigit { return take(while: \.isDigit) }
        if "@*#?-$!0".unicodeScalars.contains(first) {
            _ = take()
            return String(first)
        }
        return take { $0.isLetter || $0.isDigit || $0 == "_" }
    }

    private mutating func value(of name: String) -> String? {
        let value = lookUp(name)
        if value == nil { missing.insert(name) } else { found.insert(name) }
        return value
    }
}
