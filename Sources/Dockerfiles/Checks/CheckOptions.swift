/// Which rules are checked: `# check=skip=NAME,…;error=true;experimental=NAME,…`.
struct CheckOptions: Equatable, Sendable {
    var skipped: Set<String> = []
    var skipsAll = false
    var experimental: Set<String> = []
    var allExperimental = false
    /// A warning ends the build.
    var isStrict = false

    init() {}

    init(_ text: String) throws(DockerfileError) {
        guard !text.trimmed.isEmpty else { return }
        for part in text.trimmed.split(separator: ";", maxSplits: 2, omittingEmptySubsequences: false) {
            guard let (key, value) = String(part).cut("=") else {
                throw DockerfileError("invalid check option \"\(part)\"")
            }
            let names = Set(value.split(separator: ",").map { String($0).trimmed })
            switch key.trimmed {
            case "skip": if value.trimmed == "all" { skipsAll = true } else { skipped = names }
            case "experimental": if value.trimmed == "all" { allExperimental = true } else { experimental = names }
            case "error":
                guard let flag = ["true": true, "1": true, "false": false, "0": false][value.trimmed.lowercased()]
                else {
                    throw DockerfileError("failed to parse check option \"\(part)\"")
                }
                isStrict = flag
            default: throw DockerfileError("invalid check option \"\(key.trimmed)\"")
            }
        }
    }

    /// The options for one instruction: a comment before it may add some.
    func merged(with comments: [String]) -> CheckOptions {
        for comment in comments {
            guard let (name, value) = Directives.parse(comment, comment: nil), name == "check",
                // `try?`: a comment that isn't well-formed is a comment.
                let own = try? CheckOptions(value.splitAtBlanks.first)
            else { continue }
            var merged = self
            merged.skipped.formUnion(own.skipped)
            merged.experimental.formUnion(own.experimental)
            merged.skipsAll = skipsAll || own.skipsAll
            merged.allExperimental = allExperimental || own.allExperimental
            return merged
        }
        return self
    }

    func checks(_ rule: Rule) -> Bool {
        rule.isExperimental
            ? allExperimental || experimental.contains(rule.rawValue)
            : !skipsAll && !skipped.contains(rule.rawValue)
    }
}

/// Collects what the rules find.
struct CheckReport: Equatable, Sendable {
    let options: CheckOptions
    private(set) var warnings: [CheckWarning] = []

    init(_ options: CheckOptions) { self.options = options }

    mutating func add(_ rule: Rule, _ message: String, _ lines: ClosedRange<Int>, comments: [String] = []) {
        guard options.merged(with: comments).checks(rule) else { return }
        let warning = CheckWarning(rule: rule, message: message, lines: lines)
        if !warnings.contains(warning) { warnings.append(warning) }
    }

    mutating func add(_ rule: Rule, _ message: String, _ instruction: Instruction) {
        add(rule, message, instruction.lines, comments: instruction.comments)
    }
}
