import ArgumentParser
import ControlAPI

/// One command of the command line.
protocol RoostCommand: ParsableCommand {
    /// Flags that Compose has and Roost doesn't yet. They are refused by name rather than ignored.
    static var unsupported: [String] { get }
    /// Options with a value, for a command whose own arguments end at the first word that is no option (`exec`);
    /// `nil` where options and words may be mixed.
    static var passthroughAfter: Set<String>? { get }

    /// Carries the command out and returns what the process ends with.
    func perform(in context: Context) async throws -> Int32
}

extension RoostCommand {
    static var unsupported: [String] { [] }
    static var passthroughAfter: Set<String>? { nil }

    /// Parses the command's own arguments.
    static func read(_ arguments: [String]) throws -> Self {
        let own = passthroughAfter.map { ArgumentSplit.firstPositional(arguments, withValue: $0) } ?? arguments.count
        try refuseUnsupported(arguments[..<own])
        // A command that passes the rest on would take `--help` for a word of that rest.
        if passthroughAfter != nil, arguments[..<own].contains(where: { $0 == "-h" || $0 == "--help" }) {
            throw CleanExit.helpRequest(Self.self)
        }
        let options = ArgumentSplit.withEmptyValues(Array(arguments[..<own]))
        guard let passthroughAfter else { return try parseWithFlagValues(options) }
        return try parseWithFlagValues(
            ArgumentSplit.separated(options, withValue: passthroughAfter) + arguments[own...])
    }

    private static func refuseUnsupported(_ arguments: ArraySlice<String>) throws {
        for argument in arguments.prefix(while: { $0 != "--" }) {
            let name = argument.prefix { $0 != "=" }
            if unsupported.contains(String(name)) {
                throw CommandFailure.notSupportedYet("roost \(_commandName): \(name)")
            }
        }
    }
}

extension GlobalOptions {
    static func read(_ arguments: [String]) throws -> GlobalOptions {
        for argument in arguments where unsupported.contains(String(argument.prefix { $0 != "=" })) {
            throw CommandFailure.notSupportedYet(String(argument.prefix { $0 != "=" }))
        }
        return try parseWithFlagValues(ArgumentSplit.separated(arguments, withValue: ArgumentSplit.withValue))
    }
}

extension Context {
    /// Does something with one after the other and prints the names. As Docker, it goes on after a refusal, tells of all
    /// of them when it is through, and ends with 1.
    func forEach(_ names: [String], _ work: (String) async throws -> Void) async throws -> Int32 {
        var failures: [String] = []
        for name in names {
            do {
                try await work(name)
                try streams.output.write(name + "\n")
            } catch let refusal as Refusal {
                failures.append(refusal.message)
            }
        }
        try streams.output.flush()
        for failure in failures { streams.error.say(failure) }
        return failures.isEmpty ? 0 : 1
    }
}
