import Diagnostics

/// The `--name=value` words of an instruction, taken one after the other by whoever knows them.
struct Flags {
    private let words: [String]
    private var known: Set<String> = []
    private var values: [String: [String?]] = [:]

    init(_ words: [String]) throws(DockerfileError) {
        self.words = words
        for word in words {
            let (name, value) = word.cut("=").map { ($0.before, Optional($0.behind)) } ?? (word, nil)
            guard name.hasPrefix("--") else { throw DockerfileError("arg should start with -- : \(word)") }
            values[String(name.dropFirst(2)), default: []].append(value)
        }
    }

    /// A value; `nil` if the flag isn't there.
    mutating func string(_ name: String) throws(DockerfileError) -> String? {
        try once(name)
        return try strings(name).first
    }

    /// The values of a flag that may come several times.
    mutating func strings(_ name: String) throws(DockerfileError) -> [String] {
        known.insert(name)
        var result: [String] = []
        for value in values[name] ?? [] {
            guard let value else { throw DockerfileError("missing a value on flag: --\(name)") }
            result.append(value)
        }
        return result
    }

    /// `--name`, `--name=true` or `--name=false`.
    mutating func bool(_ name: String) throws(DockerfileError) -> Bool? {
        try once(name)
        guard let value = values[name]?.first else { return nil }
        switch value?.lowercased() {
        case nil, "true"?: return true
        case "false"?: return false
        case ""?: throw DockerfileError("missing a value on flag: --\(name)")
        case let other?: throw DockerfileError("expecting boolean value for flag --\(name), not: \(other)")
        }
    }

    private mutating func once(_ name: String) throws(DockerfileError) {
        known.insert(name)
        guard values[name]?.count ?? 0 < 2 else { throw DockerfileError("duplicate flag specified: --\(name)") }
    }

    /// All that is there has been taken.
    func finish() throws(DockerfileError) {
        for word in words {
            let name = String((word.cut("=")?.before ?? word).dropFirst(2))
            if known.contains(name) { continue }
            throw DockerfileError("unknown flag: --\(name)", suggestion: Suggestion.clause(for: name, in: known))
        }
    }
}
