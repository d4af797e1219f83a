import Glibc

/// One `--filter KEY=VALUE`.
struct FilterTerm: Equatable {
    var key: String
    var value: Substring
    /// `label!=x` is what people write for "without".
    var isNegated: Bool

    /// `allowed` are the keys that the command knows.
    init(_ text: String, allowed: Set<String>) throws(CommandFailure) {
        guard let equals = text.firstIndex(of: "=") else {
            throw CommandFailure(
                "invalid argument \"\(text)\" for \"--filter\": bad format of filter (expected name=value)")
        }
        key = String(text[..<equals])
        isNegated = key.hasSuffix("!")
        if isNegated { key.removeLast() }
        guard allowed.contains(key), !isNegated || key == "label" else {
            throw CommandFailure("invalid filter '\(isNegated ? key + "!" : key)'")
        }
        value = text[text.index(after: equals)...]
    }

    /// The value as `true` or `false`.
    func truth() throws(CommandFailure) -> Bool {
        guard let flag else { throw CommandFailure("invalid filter '\(key)=\(value)'") }
        return flag
    }

    /// `nil`: it is neither.
    var flag: Bool? {
        switch value.lowercased() {
        case "true", "1", "t": true
        case "false", "0", "f": false
        default: nil
        }
    }
}

/// Whether a text is the pattern, or contains what it stands for as an extended regular expression (man 7 regex), as
/// Docker's filters by name do.
func contains(_ text: String, _ pattern: String) -> Bool {
    if text == pattern { return true }
    var expression = regex_t()
    guard regcomp(&expression, pattern, REG_EXTENDED | REG_NOSUB) == 0 else { return false }
    defer { regfree(&expression) }
    return regexec(&expression, text, 0, nil, 0) == 0
}
