/// The arguments as Compose reads them: options of the program, the command's name, and what belongs to the command.
///
/// `-f`, `-p` and `-t` mean one thing before the command and another after it, so the split comes before any parsing.
struct ArgumentSplit: Equatable {
    var global: [String] = []
    var command: String?
    var rest: [String] = []

    /// Options before the command that take the following argument as their value.
    static let withValue: Set<String> = [
        "-f", "--file", "-p", "--project-name", "--profile", "--env-file", "--project-directory", "--progress",
        "--ansi",
        "--root", "--run-root", "--layer-format", "--parallel",
    ]

    init(_ arguments: [String]) {
        let end = Self.firstPositional(arguments, withValue: Self.withValue)
        global = Array(arguments[..<end])
        guard end < arguments.count else { return }
        command = arguments[end]
        rest = Array(arguments[(end + 1)...])
    }

    /// The index of the first argument that is neither an option nor an option's value.
    static func firstPositional(_ arguments: [String], withValue: Set<String>) -> Int {
        var index = 0
        while index < arguments.count {
            let argument = arguments[index]
            guard argument.hasPrefix("-"), argument != "-", argument != "--" else { break }
            index += withValue.contains(argument) ? 2 : 1
        }
        return min(index, arguments.count)
    }

    /// `--hash=` as `--hash ""`: the parser takes it for an option whose value is missing.
    static func withEmptyValues(_ arguments: [String]) -> [String] {
        let end = arguments.firstIndex(of: "--") ?? arguments.count
        return arguments[..<end].flatMap { argument in
            let isEmpty = argument.hasPrefix("--") && argument.firstIndex(of: "=") == argument.indices.last
            return isEmpty ? [String(argument.dropLast()), ""] : [argument]
        } + arguments[end...]
    }

    /// `-eNAME=value` as `-e NAME=value`: the parser takes the equals sign for the end of an option's name.
    static func separated(_ arguments: [String], withValue: Set<String>) -> [String] {
        arguments.flatMap { argument in
            let short = String(argument.prefix(2))
            let isJoined = argument.count > 2 && !argument.hasPrefix("--") && withValue.contains(short)
            return isJoined ? [short, String(argument.dropFirst(2))] : [argument]
        }
    }
}
