import ControlAPI
import Kernel
import StackModel

/// `up` in the foreground: the stack is brought up, its logs are followed, and Ctrl-C stops it.
struct AttachedUp: Sendable {
    private enum Ending: Sendable {
        /// All containers have ended; or one did, and the command was told to end with it.
        case logs(aborting: ContainerExit?)
        case interrupted
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

    func run(_ up: ControlRequest<CommandEvent>) async throws -> Int32 {
        let interrupts = Interrupts()
        let begin = Timestamp.now()
        let outcome = try await untilSignal(interrupts) {
            try await context.complete(up, operation: "up", client: client)
        }
        guard let outcome else {
            try await stop(interrupts)
            return interruptedExitCode
        }
        if outcome.unchanged { context.sayUnchanged(stack.name) }
        guard let exit = try await follow(since: begin, interrupts) else { return 0 }
        if case .interrupted = exit { return interruptedExitCode }
        guard case .logs(let aborting?) = exit else { return 0 }
        context.streams.error.say("Aborting on container exit...")
        try await stop(interrupts)
        return exitCode(of: aborting)
    }

    /// Follows the logs to their end, or until the stack has been stopped by a signal.
    private func follow(since begin: Int64, _ interrupts: Interrupts) async throws -> Ending? {
        try await withThrowingTaskGroup(of: Ending?.self) { tasks in
            defer { tasks.cancelAll() }
            tasks.addTask { .logs(aborting: try await followLogs(since: begin)) }
            tasks.addTask {
                guard await interrupts.next() else { return nil }
                try await stop(interrupts)
                return .interrupted
            }
            while let ending = try await tasks.next() {
                // The logs end before the command does that stops the containers.
                if case .logs = ending, interrupts.received { continue }
                return ending
            }
            return nil
        }
    }

    /// Stops the stack; another signal kills it.
    private func stop(_ interrupts: Interrupts) async throws {
        context.streams.error.say("Gracefully Stopping... press Ctrl+C again to force")
        let stopped = try await untilSignal(interrupts) { try await send(.stop) }
        if stopped == nil { _ = try await send(.kill) }
    }

    /// `nil` when a signal came first: the operation has been cancelled.
    private func untilSignal(
        _ interrupts: Interrupts, _ operation: @escaping @Sendable () async throws -> Outcome
    ) async throws -> Outcome? {
        try await withThrowingTaskGroup(of: Outcome?.self) { tasks in
            defer { tasks.cancelAll() }
            tasks.addTask { try await operation() }
            tasks.addTask {
                guard await interrupts.next() else { throw CancellationError() }
                return nil
            }
            return try await tasks.next() ?? nil
        }
    }

    private func send(_ verb: LifecycleVerb) async throws -> Outcome {
        var request = SignalRequest()
        request.timeout = verb == .stop ? try seconds(options.timeout, option: "--timeout") : nil
        request.caller = context.caller("up")
        let post = try ControlRequest(.lifecycle(verb), stack.name, body: request)
        return try await context.complete(post, operation: verb.rawValue, live: false, client: client)
    }
}

extension AttachedUp {
    /// Returns when all containers have ended, or with the exit that ends the command.
    private func followLogs(since begin: Int64) async throws -> ContainerExit? {
        guard !followed.isEmpty else { return nil }
        // A service without a container has no logs to ask for.
        let known = try await containers()
        let services = Set(known.map(\.service))
        guard !services.isEmpty else { return nil }
        let selection = LogSelection(services: services.sorted(), follow: true, since: begin)
        let follower = LogFollower(
            stack: stack.name, selection: selection, client: client, streams: context.streams,
            printer: printer(known))
        var abort: ContainerExit?
        var allEnded = !known.contains(where: \.isAlive)
        if !allEnded {
            try await follower.run(
                opened: {
                    allEnded = try await !isAnyAlive()
                    return allEnded
                },
                exited: { exit in
                    if aborts(exit) { abort = exit }
                    if abort == nil, !exit.restarts { allEnded = try await !isAnyAlive() }
                    return abort != nil || allEnded
                })
        }
        if allEnded { try await follower.drain() }
        if abort == nil { abort = try await earlierExit() }
        return abort
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

    private func printer(_ known: [ContainerSummary]) -> LogPrinter {
        let streams = context.streams
        var printer = LogPrinter(
            stack: stack.name,
            colored: !options.noColor && context.global.colored(isTerminal: streams.outputIsTerminal),
            prefixed: !options.noLogPrefix, timestamps: options.timestamps)
        for container in known.sorted(by: { $0.name < $1.name }) { printer.register(container.name) }
        return printer
    }

    private func isAnyAlive() async throws -> Bool {
        try await containers().contains(where: \.isAlive)
    }

    private func containers() async throws -> [ContainerSummary] {
        try await client.fetch(ControlRequest(.containers, stack.name))
            .filter { followed.contains($0.service) }
    }
}

extension ContainerSummary {
    /// Whether it may still write something without being started again.
    var isAlive: Bool { state == "running" || state == "restarting" }
}
