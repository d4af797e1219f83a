import ArgumentParser
import ControlAPI
import Glibc

/// Runs one command line (without the program's own name) and returns the code to exit with.
public func runCommandLine(_ arguments: [String]) async -> Int32 {
    // A reader that goes away (`roost ps | head -1`) is an error of write(2) and not the death of the process, which
    // may hold the terminal in raw mode.
    signal(SIGPIPE, SIG_IGN)
    openMissingStandardStreams()
    var run = CommandRun(split: ArgumentSplit(arguments))
    do {
        let code = try await run.perform()
        try run.streams.output.flush()
        return code
    } catch {
        return run.report(error)
    }
}

/// A descriptor opened later must not become a standard stream by chance.
private func openMissingStandardStreams() {
    for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
        _ = open("/dev/null", O_RDWR)
    }
}

/// One command line from its arguments to its exit code.
private struct CommandRun {
    let split: ArgumentSplit
    let streams = StandardStreams()
    private lazy var errorText = ErrorText(streams: streams)

    init(split: ArgumentSplit) { self.split = split }

    mutating func perform() async throws -> Int32 {
        // Asked most often by scripts, and answered without the parser.
        let isVersion = split.global == ["--version"] && split.command == nil
        // Nor is the parser asked where there is nothing to parse: its start costs more than most commands.
        let global = try isVersion || split.global.isEmpty ? nil : GlobalOptions.read(split.global)
        if isVersion || global?.version == true {
            return try VersionCommand.print(format: nil, short: false, to: streams.output)
        }
        guard let name = split.command, name != "help" || !split.rest.isEmpty else {
            try streams.output.write(globalHelp(columns: streams.columns))
            return 0
        }
        if let group = askedGroup {
            try streams.output.write(group.help())
            return 0
        }
        if name == "help" {
            throw CleanExit.helpRequest(try CommandChoice(split.rest[0], Array(split.rest.dropFirst())).type)
        }
        let context = Context(global: global, streams: streams)
        errorText = context.errorText
        let choice = try CommandChoice(name, split.rest)
        return try await choice.type.read(choice.arguments).perform(in: context)
    }

    /// The group whose help the line asks for.
    private var askedGroup: CommandGroup? {
        let words = (split.command == "help" ? [] : [split.command].compactMap(\.self)) + split.rest
        guard let group = words.first.flatMap(CommandGroup.init(named:)) else { return nil }
        return group.isHelpWanted(Array(words.dropFirst())) ? group : nil
    }

    /// Shows what ended the command, and returns the code to exit with.
    mutating func report(_ error: any Error) -> Int32 {
        do {
            try streams.output.flush()
            if let code = try reportUsage(error) { return code }
        } catch {
            return (error as? OutputFailure)?.exitCode ?? 1
        }
        switch error {
        case let silent as SilentExit: return silent.exitCode
        case is CancellationError: return interruptedExitCode
        case let closed as OutputFailure where closed.errno == EPIPE: return closed.exitCode
        default: break
        }
        streams.error.say(errorText.marked(error))
        return (error as? CommandFailure)?.exitCode ?? 1
    }

    /// Help that was asked for goes to standard output; a usage error is one line on standard error, ending with 1 as
    /// Compose does. `nil` for any other error.
    private func reportUsage(_ error: any Error) throws -> Int32? {
        if error is CommandFailure || error is SilentExit || error is OutputFailure { return nil }
        let words = (split.command == "help" ? [] : [split.command].compactMap(\.self)) + split.rest
        let type: any ParsableCommand.Type =
            words.first.flatMap { CommandChoice.type($0, Array(words.dropFirst())) } ?? GlobalOptions.self
        switch type.exitCode(for: error) {
        case .success:
            try streams.output.write(helpText(for: error, of: type, columns: streams.columns))
            try streams.output.flush()
            return 0
        case .validationFailure:
            streams.error.say(usageText(type.message(for: error)))
            return 1
        default: return nil
        }
    }
}

private func helpText(for error: any Error, of type: any ParsableCommand.Type, columns: Int) -> String {
    if type == GlobalOptions.self { return globalHelp(columns: columns) }
    let text = type.fullMessage(for: error, columns: columns)
    return text.hasSuffix("\n") ? text : text + "\n"
}

/// The parser's message on one line, in Compose's words where it has words of its own.
func usageText(_ message: String) -> String {
    let line = String(message.prefix { $0 != "\n" })
    let words = [
        ("Unknown option '", "unknown flag: "), ("Missing value for '", "flag needs an argument: "),
        ("Unexpected argument '", "unexpected argument: "),
    ]
    for (begin, replacement) in words where line.hasPrefix(begin) {
        return replacement + line.dropFirst(begin.count).prefix { $0 != "'" && $0 != " " }
    }
    return line.prefix(1).lowercased() + line.dropFirst()
}
