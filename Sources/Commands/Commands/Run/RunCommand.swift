import ArgumentParser
import ControlAPI
import StackFile
import StackModel

/// `roost run`.
struct RunCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run a one-off command on a service",
        usage: "roost run [OPTIONS] SERVICE [COMMAND] [ARGS...]")
    static let passthroughAfter: Set<String>? = [
        "--cap-add", "--cap-drop", "--entrypoint", "-e", "--env", "--env-from-file", "-l", "--label", "--name", "-p",
        "--publish", "--pull", "-u", "--user", "-v", "--volume", "-w", "--workdir",
    ]

    @OptionGroup var settings: RunOptions

    @Flag(name: .customLong("build"), help: "Build image before starting container")
    var build = false

    @Flag(name: [.customShort("d"), .customLong("detach")], help: "Run container in background and print container ID")
    var detach = false

    @Flag(name: .customLong("job"), help: "Run the service's job now: one of its runs, as at a time of its schedule")
    var job = false

    @Flag(name: .customLong("no-deps"), help: "Don't start linked services")
    var noDependencies = false

    @Option(
        name: .customLong("pull"),
        help: "Pull image before running (\"always\"|\"missing\"|\"never\") (default \"policy\")")
    var pull: String?

    @Flag(name: [.customShort("q"), .customLong("quiet")], help: "Don't print anything to STDOUT")
    var quiet = false

    @Flag(name: .customLong("quiet-build"), help: "Suppress progress output from the build process")
    var quietBuild = false

    @Flag(name: .customLong("quiet-pull"), help: "Pull without printing progress information")
    var quietPull = false

    @Flag(
        name: .customLong("remove-orphans"), help: "Remove containers for services not defined in the Compose file")
    var removeOrphans = false

    @Flag(name: .customLong("rm"), help: "Automatically remove the container when it exits")
    var remove = false

    @OptionGroup var dry: DryRunOption
    @Argument(parsing: .captureForPassthrough, help: .hidden) var words: [String] = []

    func perform(in context: Context) async throws -> Int32 {
        let words = words.first == "--" ? Array(words.dropFirst()) : words
        guard let service = words.first else { throw CommandFailure("requires at least 1 arg(s), only received 0") }
        let stack = try context.loadStack(services: [service], faults: .refused).stack
        guard let definition = stack.services[service] else { throw CommandFailure.noSuchService(service) }
        let isDry = context.isDry(dry)
        let mode = RunMode(
            streams: context.streams, detached: detach, interactive: settings.isInteractive,
            noTerminal: settings.noTerminal)
        var oneOff = OneOff(
            service: service, name: settings.containerName(stack: stack.name, service: service),
            settings: try settings.apply(
                to: definition.container, of: stack, service, Array(words.dropFirst()), mode, context))
        if job { try oneOff.makeJob(of: definition) }
        oneOff.run.autoRemove = remove
        oneOff.run.awaitsAttachment = !detach && !isDry
        oneOff.run.usesAliases = settings.useAliases
        if mode.terminal, let size = mode.size(context.streams) {
            (oneOff.run.terminalRows, oneOff.run.terminalColumns) = (UInt32(size.rows), UInt32(size.columns))
        }
        var request = RunRequest(stack: stack, oneOff: oneOff)
        request.noDependencies = noDependencies
        request.removeOrphans = removeOrphans || context.removesOrphans
        request.pull = try pullPolicy(pull, option: "--pull", allowed: ["always", "missing", "never"])
        request.dryRun = isDry
        request.registryEnvironment = context.registryEnvironment
        request.caller = context.caller("run")
        if build, !isDry, definition.build != nil {
            var build = StackBuildRequest(stack: stack)
            build.services = [service]
            let code = try await context.build(build, caller: "run", quiet: quiet || quietBuild)
            guard code == 0 else { return code }
        }
        return try await run(request, mode, context)
    }

    private func run(_ request: RunRequest, _ mode: RunMode, _ context: Context) async throws -> Int32 {
        let client = context.client()
        let end = try await context.carryOut(
            ControlRequest(.run, request.stack.name, body: request), operation: "run", quiet: quiet, client: client)
        if request.dryRun { return 0 }
        guard case .started(let id)? = end.result else {
            throw CommandFailure("the supervisor didn't say which container it started; run the command again")
        }
        if detach {
            if !quiet { try context.streams.output.write(id + "\n") }
            return 0
        }
        let session = AttachSession(
            container: id, directory: context.locations.containerRunDirectory(id), terminal: mode.terminal,
            passesInput: mode.interactive, endsInput: true, showsOutput: !quiet)
        let code: Int32
        switch try session.run() {
        case .ended(let ended): code = ended
        case .detached: return 0
        case .lost: code = try await client.await(ControlRequest(.wait, id)).exitCode
        }
        if remove {
            var removal = ContainerRemovalRequest()
            removal.volumes = true
            // The shim is quicker than the news of its end.
            removal.whenEnded = true
            _ = try await client.fetch(ControlRequest(.removeContainer, id, body: removal))
        }
        return code
    }
}

extension OneOff {
    /// As a run of the service's schedule is.
    mutating func makeJob(of service: Service) throws(CommandFailure) {
        guard service.schedule != nil || service.isJob == true else {
            throw CommandFailure(
                "service \"\(service.name)\" is no job: it has no x-schedule, and its deploy.mode is none")
        }
        settings.restart = service.container.restart
        settings.ports = service.container.ports
        run.job = JobRun()
    }
}

/// How the caller's own streams meet the container's.
struct RunMode {
    var terminal: Bool
    var interactive: Bool

    init(streams: StandardStreams, detached: Bool, interactive: Bool, noTerminal: Bool) {
        // As in Compose, what isn't read by a person gets no terminal.
        terminal = !noTerminal && !detached && streams.outputIsTerminal && streams.inputIsTerminal
        self.interactive = interactive && !detached
    }

    func size(_ streams: StandardStreams) -> WindowSize? { terminal ? WindowSize(of: 1) : nil }
}
