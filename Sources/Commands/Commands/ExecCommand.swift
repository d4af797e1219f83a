import ArgumentParser
import ControlAPI

/// `roost exec`.
struct ExecCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "exec", abstract: "Execute a command in a running container",
        usage: "roost exec [OPTIONS] SERVICE COMMAND [ARGS...]")
    static let passthroughAfter: Set<String>? = ["-e", "--env", "--index", "-u", "--user", "-w", "--workdir"]

    @Flag(name: [.customShort("d"), .customLong("detach")], help: "Detached mode: Run command in the background")
    var detach = false

    @Option(
        name: [.customShort("e", allowingJoined: true), .customLong("env")], parsing: .unconditionalSingleValue,
        help: "Set environment variables")
    var environment: [String] = []

    @Option(name: .customLong("index"), help: "Index of the container if service has multiple replicas")
    var index: Int?

    @Flag(name: [.customShort("i"), .customLong("interactive")], help: .hidden)
    var interactive = false

    @Flag(name: [.customShort("t"), .customLong("tty")], help: .hidden)
    var terminal = false

    @Flag(
        name: [.customShort("T"), .customLong("no-tty"), .customLong("no-TTY")],
        help: "Disable pseudo-TTY allocation. By default 'roost exec' allocates a TTY.")
    var noTerminal = false

    @Flag(name: .customLong("privileged"), help: "Give extended privileges to the process")
    var privileged = false

    @Option(
        name: [.customShort("u", allowingJoined: true), .customLong("user")], parsing: .unconditional,
        help: "Run the command as this user")
    var user: String?

    @Option(
        name: [.customShort("w", allowingJoined: true), .customLong("workdir")], parsing: .unconditional,
        help: "Path to workdir directory for this command")
    var workingDirectory: String?

    @OptionGroup var dry: DryRunOption
    @Argument(parsing: .captureForPassthrough, help: .hidden) var words: [String] = []

    func perform(in context: Context) async throws -> Int32 {
        let words = words.first == "--" ? Array(words.dropFirst()) : words
        guard words.count >= 2 else {
            throw CommandFailure("requires at least 2 arg(s), only received \(words.count)")
        }
        let project = try context.project(services: [words[0]])
        let request = request(words, context: context)
        let post = try ControlRequest(.exec, project.name, body: request)
        let reply = try await context.client().fetch(post)
        if context.isDry(dry) {
            context.sayDryRun("Container \(reply.container)", "Executing", words.dropFirst().joined(separator: " "))
            return 0
        }
        let shim = ShimExec(program: reply.program)
        if detach { return try shim.runDetached() }
        if request.terminal { return try shim.runOnTerminal() }
        try shim.become(environment: context.environment)
    }

    private func request(_ words: [String], context: Context) -> ExecRequest {
        var request = ExecRequest(service: words[0], command: Array(words[1...]))
        request.index = index
        request.environment = environment.compactMap { resolve($0, context: context) }
        request.user = user
        request.workingDirectory = workingDirectory
        request.privileged = privileged
        let streams = context.streams
        request.terminal = !noTerminal && !detach && streams.inputIsTerminal && streams.outputIsTerminal
        return request
    }

    /// A variable without a value is the shell's, and left out where the shell has none.
    private func resolve(_ variable: String, context: Context) -> String? {
        if variable.contains("=") { return variable }
        return context.environment[variable].map { "\(variable)=\($0)" }
    }
}
