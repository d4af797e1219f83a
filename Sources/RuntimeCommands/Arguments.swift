/// The options that a command takes.
struct Syntax: Sendable {
    /// With a value, and without one.
    var values: Set<String>
    var flags: Set<String>
    /// One letter for a long name.
    var short: [Character: String]

    init(values: Set<String> = [], flags: Set<String> = [], short: [Character: String] = [:]) {
        self.values = values
        self.flags = flags.union(["help"])
        self.short = short.merging(["h": "help"]) { own, _ in own }
    }
}

/// Options and words of a command line, in the forms that runc's and crun's have: `--name value`, `--name=value`,
/// `-n value`.
struct Arguments {
    private var found: [String: [String]] = [:]
    private(set) var words: [String] = []

    /// - Parameter stopsAtWord: what follows the first word belongs to somebody else.
    init(_ arguments: [String], of syntax: Syntax, stopsAtWord: Bool) throws(RuntimeFailure) {
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            if argument == "--" {
                words += rest
                return
            }
            guard argument.hasPrefix("-"), argument != "-" else {
                words.append(argument)
                if stopsAtWord {
                    words += rest
                    return
                }
                continue
            }
            let (name, attached) = try Self.name(of: argument, syntax)
            if syntax.flags.contains(name) {
                if attached != "false" { found[name, default: []].append("true") }
                continue
            }
            guard syntax.values.contains(name) else { throw RuntimeFailure("there is no option \(argument)") }
            guard let value = attached ?? rest.popFirst() else { throw RuntimeFailure("\(argument) needs a value") }
            found[name, default: []].append(value)
        }
    }

    private static func name(
        of argument: String, _ syntax: Syntax
    ) throws(RuntimeFailure) -> (name: String, value: String?) {
        let parts = argument.drop { $0 == "-" }.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts.first ?? "")
        let value = parts.count == 2 ? String(parts[1]) : nil
        if name.count == 1, let letter = name.first, let long = syntax.short[letter] { return (long, value) }
        // `-u0:0`, as crun takes it.
        if !argument.hasPrefix("--"), let letter = name.first, let long = syntax.short[letter],
            syntax.values.contains(long), !syntax.values.contains(name)
        {
            return (long, String(argument.dropFirst(2)))
        }
        return (name, value)
    }

    func has(_ name: String) -> Bool { found[name] != nil }
    func all(_ name: String) -> [String] { found[name] ?? [] }
    subscript(name: String) -> String? { found[name]?.last }

    func number<Number: FixedWidthInteger>(_ name: String, as type: Number.Type) throws(RuntimeFailure) -> Number? {
        guard let text = self[name] else { return nil }
        guard let number = Number(text) else { throw RuntimeFailure("--\(name): \"\(text)\" is no number") }
        return number
    }
}
