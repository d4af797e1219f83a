import ControlAPI
import Glibc
import StackModel

/// `up` in the foreground: the stack is brought up, its logs are followed, and Ctrl-C stops it.
struct AttachedUp: Sendable {
    private enum Happening: Sendable {
        case upEnded(Outcome)
        /// All containers have ended; or one did, which the command was told to end with.
        case logsEnded(aborting: ContainerExit?)
        case signalled
        case stopped
        /// Signals are no longer awaited.
        case deaf
    }

    let options: UpOptions
    let stack: Stack
    let followed: Set<String>
    let context: Context
    let client: ControlClient

    init(options: UpOptions, stack: Stack, followed: Set<String>, context: Context, client: ControlClient) {
        self.options = options
        self.stack = stack
        self.followed = followed
        self.context = context
        self.client = client
    }

    func run(_ up: ControlRequest) async throws -> Int32 {
        let interrupts = Interrupts()
        let signals = interrupts.signals
        defer { withExtendedLifetime(interrupts) {} }
        let begin = Timestamp.now()
        return try await withThrowingTaskGroup(of: Happening.self) { tasks in
            defer { tasks.cancelAll() }
            tasks.addTask { try await .upEnded(context.complete(up, operation: "up", client: client)) }
            tasks.addTask { await Self.awaitSignal(signals) }
            var state = State()
            while let happening = try await tasks.next() {
                switch happening {
                case .upEnded(let outcome):
                    if outcome.unchanged { context.sayUnchanged(stack.name) }
                    tasks.addTask { try await follow(since: begin) }
                case .logsEnded(let exit):
                    guard !state.stopping else { continue }
                    guard let exit else { return state.exitCode }
                    context.streams.error.say("Aborting on container exit...")
                    state.exitCode = exitCode(of: exit)
                    state.stopping = true
                    tasks.addTask { try await send("stop") }
                case .signalled:
                    state.exitCode = interruptedExitCode
                    tasks.addTask { [force = state.stopping] in try await send(force ? "kill" : "stop") }
                    if !state.stopping {
                        context.streams.error.say("Gracefully Stopping... press Ctrl+C again to force")
                    }
                    state.stopping = true
                    tasks.addTask { await Self.awaitSignal(signals) }
                case .stopped: return state.exitCode
                case .deaf: continue
                }
            }
            return state.exitCode
        }
    }

    private struct State {
        var stopping = false
        var exitCode: Int32 = 0
    }

    private static func awaitSignal(_ signals: AsyncStream<Int32>) async -> Happening {
        for await _ in signals { return .signalled }
        return .deaf
    }

    /// `stop` ends when all containers have; `kill` needs a `stop` behind it that sees them gone.
    private func send(_ verb: String) async throws -> Happening {
        var request = SignalRequest()
        request.timeout = verb == "stop" ? try seconds(options.timeout, option: "--timeout") : nil
        request.caller = context.caller("up")
        let post = try ControlRequest.post("stacks", stack.name, verb, body: request)
        _ = try await context.complete(post, operation: verb, client: client)
        return .stopped
    }
}

extension AttachedUp {
    private func follow(since begin: Int64) async throws -> Happening {
        guard !followed.isEmpty else { return .logsEnded(aborting: nil) }
        let selection = LogSelection(services: followed.sorted(), follow: true, since: begin)
        let follower = LogFollower(
            stack: stack.name, selection: selection, client: client, streams: context.streams,
            printer: try await printer())
        var abort: ContainerExit?
        var allEnded = try await !isAnyAlive()
        if !allEnded {
            try await follower.run(
                opened: { allEnded = try await !isAnyAlive() },
                exited: { exit in
                    if aborts(exit) { abort = exit }
                    if abort == nil, !exit.restarts { allEnded = try await !isAnyAlive() }
                    return abort != nil || allEnded
                })
        }
        if allEnded { try await follower.drain() }
        if allEnded, abort == nil { abort = try await earlierExit() }
        return .logsEnded(aborting: abort)
    }

    private func aborts(_ exit: ContainerExit) -> Bool {
        if options.abortOnContainerFailure { return exit.code != 0 && !exit.restarts }
        return options.abortsOnExit && !exit.restarts
    }

    /// An exit that came before the logs were followed.
    private func earlierExit() async throws -> ContainerExit? {
        guard options.abortsOnExit || options.abortOnContainerFailure else { return nil }
        let exits = try await containers()
            .sorted { $0.finished < $1.finished }
            .map { ContainerExit(container: $0.name, service: $0.service, code: $0.exitCode, restarts: false) }
        return exits.first { options.exitCodeFrom == nil ? aborts($0) : $0.service == options.exitCodeFrom }
    }

    private func exitCode(of exit: ContainerExit) -> Int32 {
        exit.service == options.exitCodeFrom ?? exit.service ? exit.code : 0
    }

    private func printer() async throws -> LogPrinter {
        let streams = context.streams
        var printer = LogPrinter(
            stack: stack.name,
            colored: !options.noColor && context.global.colored(isTerminal: streams.outputIsTerminal),
            prefixed: !options.noLogPrefix, timestamps: options.timestamps)
        for container in try await containers().sorted(by: { $0.name < $1.name }) { printer.register(container.name) }
        return printer
    }

    private func isAnyAlive() async throws -> Bool {
        try await containers().contains { $0.state == "running" || $0.state == "restarting" }
    }

    private func containers() async throws -> [ContainerSummary] {
        try await client.fetch(.get("stacks", stack.name, "containers"), as: [ContainerSummary].self)
            .filter { followed.contains($0.service) }
    }
}
