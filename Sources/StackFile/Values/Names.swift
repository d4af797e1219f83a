import StackModel

/// The rules for names and words of the specification; each returns what is wrong, as the end of a sentence.
enum Names {
    static func pullPolicyProblem(_ text: String) -> String? {
        let words = ["always", "never", "build", "if_not_present", "missing", "refresh", "daily", "weekly"]
        return words.contains(text) || isInterval(text)
            ? nil : "is not a pull policy: use always, missing, never or build"
    }

    /// `every_12h`, `every_1w2d`.
    private static func isInterval(_ text: String) -> Bool {
        guard text.hasPrefix("every_"), text.count > 6 else { return false }
        var hasDigits = false
        for byte in text.dropFirst(6).utf8 {
            if (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
                hasDigits = true
            } else {
                guard hasDigits, "wdhms".utf8.contains(byte) else { return false }
                hasDigits = false
            }
        }
        return !hasDigits
    }

    /// Docker's schema wants a name somewhere in the text.
    static func containerPatternProblem(_ name: String) -> String? {
        let bytes = Array(name.utf8)
        let hasName = zip(bytes, bytes.dropFirst()).contains { first, second in
            isAlphanumeric(first) && (isAlphanumeric(second) || "_.-".utf8.contains(second))
        }
        return hasName ? nil : containerProblem(name) ?? "is not a container name"
    }

    static func keyProblem(_ key: String) -> String? {
        let isValid = !key.isEmpty && key.utf8.allSatisfy { isAlphanumeric($0) || "._-".utf8.contains($0) }
        return isValid ? nil : "is not a name: only letters, digits, \".\", \"_\" and \"-\" are allowed"
    }

    static func containerProblem(_ name: String) -> String? {
        guard ObjectName.isValid(name, bytes: 2...Int.max) else {
            return
                "is not a container name: two or more letters, digits, \"_\", \".\" and \"-\", the first a letter or digit"
        }
        return nil
    }

    static func networkModeProblem(_ text: String) -> String? {
        if ["none", "host", "bridge"].contains(text) { return nil }
        let parts = text.split(separator: ":", maxSplits: 1)
        if parts.count == 2, parts[0] == "service" || parts[0] == "container" { return nil }
        return "is not a network mode: use none, host, service:NAME or container:NAME"
    }

    /// A project's name from a directory's: what isn't allowed in one is left out.
    static func normalised(_ text: String) -> String {
        let kept = text.lowercased().utf8.filter { isProjectByte($0) }
        return String(decoding: kept.drop { $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-") }, as: UTF8.self)
    }

    static func projectProblem(_ name: String) -> String? {
        if !name.isEmpty, normalised(name) == name { return nil }
        return "must consist only of lowercase alphanumeric characters, hyphens, and underscores as well as start with"
            + " a letter or number"
    }

    private static func isProjectByte(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-") || isAlphanumeric(byte) && !(65...90).contains(byte)
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}
