import ControlAPI
import Kernel
import StackModel

/// `up` in the foreground: the stack's logs are followed while it is brought up and after, and Ctrl-C stops it.
struct AttachedUp: Sendable {
    /// What happens meanwhile.
    private enum Event: Sendable {
        /// The supervisor shows what comes: now the stack can be brought up without a line being missed.
        case following
        case broughtUp(Result<Outcome, any Error>)
        case exited(ContainerExit)
        /// Nothing can come any more.
        case logsEnded(Result<Void, any Error>)
        case interrupted
        case stopped(Result<Outcome, any Error>)
    }

    private enum Phase {
        case bringingUp
        case running
        /// `nil`: the user wants it.
        case stopping(because: ContainerExit?)
    }

    let options: UpOptions
    let stack: Stack
    /// The services whose logs are shown.
    let followed: Set<String>
    /// The services that the command is about; empty for all.
    var services: [String] = []
    let context: Context
    let client: ControlClient
    /// `--watch`: what happens when files change.
    var watch: WatchSession?

    func run(_ up: ControlRequest<CommandEvent>) async throws -> Int32 {
        let (events, continuation) = AsyncStream.makeStream(of: Event.self)
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            defer { tasks.cancelAll() }
            tasks.addTask { await followLogs(continuation) }
            tasks.addTask {
                let interrupts = Interrupts()
                while await interrupts.next() { continuation.yield(.interrupted) }
            }
            return try await handle(events, up, &tasks, continuation)
        }
    }

    private func handle(
        _ events: AsyncStream<Event>, _ up: ControlRequest<CommandEvent>,
        _ tasks: inout ThrowingTaskGroup<Void, any Error>, _ continuation: AsyncStream<Event>.Continuation
    ) async throws -> Int32 {
        var phase = Phase.bringingUp
        var logsEnded = false
        var stops = 0
        var isStopped = false
        var watching: Task<Void, Never>?
        defer { watching?.cancel() }
        func stop(_ verb: LifecycleVerb) {
            watching?.cancel()
            tasks.addTask { continuation.yield(.stopped(await Result { try await send(verb) })) }
        }
        for await event in events {
            switch (event, phase) {
            case (.following, .bringingUp):
                tasks.addTask {
                    continuation.yield(.broughtUp(await Result { try await bringUp(up) }))
                }
            case (.broughtUp(let result), .bringingUp):
                if try result.get().unchanged { context.sayUnchanged(stack.name) }
                phase = .running
                watching = watchFiles(&tasks)
            case (.exited(let exit), .bringingUp) where aborts(exit), (.exited(let exit), .running) where aborts(exit):
                context.streams.error.say("Aborting on container exit...")
                phase = .stopping(because: exit)
                stop(.stop)
            case (.interrupted, .bringingUp), (.interrupted, .running):
                context.streams.error.say("Gracefully Stopping... press Ctrl+C again to force")
                phase = .stopping(because: nil)
                stops += 1
                stop(.stop)
            case (.interrupted, .stopping) where stops < 2:
                stops = 2
                stop(.kill)
            case (.logsEnded(let result), _):
                if case .failure(let error) = result { throw error }
                logsEnded = true
            case (.stopped(let result), _):
                // A stop that gave way to a kill has nothing to say.
                if stops < 2 { _ = try result.get() }
                isStopped = true
            default: break
            }
            if logsEnded, case .running = phase { return try await exitCode(after: nil) }
            if logsEnded, isStopped, case .stopping(let exit) = phase {
                return exit == nil ? interruptedExitCode : try await exitCode(after: exit)
            }
        }
        throw CancellationError()
    }

    private func watchFiles(_ tasks: inout ThrowingTaskGroup<Void, any Error>) -> Task<Void, Never>? {
        guard let watch else { return nil }
        let watching = Task {
            do {
                try await watch.run()
            } catch  where !(error is CancellationError) {
                watch.say("Watch disabled: \(error)")
            } catch {}
        }
        tasks.addTask { await watching.value }
        return watching
    }

    private func bringUp(_ up: ControlRequest<CommandEvent>) async throws -> Outcome {
        try await context.complete(
            up, operation: "up", quiet: false, live: context.streams.outputIsTerminal == false, client: client)
    }

    private func send(_ verb: LifecycleVerb) async throws -> Outcome {
        var request = SignalRequest()
        request.services = services.isEmpty ? [] : involved.sorted()
        request.timeout = verb == .stop ? try seconds(options.timeout, option: "--timeout") : nil
        request.caller = context.caller("up")
        let post = try ControlRequest(.lifecycle(verb), stack.name, body: request)
        return try await context.complete(post, operation: verb.rawValue, live: false, client: client)
    }
}

extension AttachedUp {
    /// The services that the command brings up.
    private var involved: Set<String> {
        if services.isEmpty { return Set(stack.services.keys) }
        return options.noDependencies ? Set(services) : stack.withDependencies(services)
    }

    /// The services whose ends the command has to hear of.
    private var watched: Set<String> {
        followed.isEmpty ? involved : followed.union(options.exitCodeFrom.map { [$0] } ?? [])
    }

    private func followLogs(_ continuation: AsyncStream<Event>.Continuation) async {
        var selection = LogSelection(services: watched.sorted(), follow: true, since: Timestamp.now())
        selection.awaitsCommand = true
        let follower = LogFollower(
            stack: stack.name, selection: selection, client: client, streams: context.streams, printer: printer,
            shown: followed)
        let result = await Result {
            try await follower.run(
                opened: { continuation.yield(.following) }, exited: { continuation.yield(.exited($0)) })
        }
        continuation.yield(.logsEnded(result))
    }

    /// Whether the end of a container ends the command.
    private func aborts(_ exit: ContainerExit) -> Bool {
        if exit.restarts { return false }
        return options.abortOnContainerFailure ? exit.code != 0 : options.abortsOnExit
    }

    /// What the command ends with: the code of the service that it was told, else of the container that ended it.
    private func exitCode(after exit: ContainerExit?) async throws -> Int32 {
        guard let service = options.exitCodeFrom else { return exit?.code ?? 0 }
        if let exit, exit.service == service { return exit.code }
        let containers = try await client.fetch(ControlRequest(.containers, stack.name))
        return containers.first { $0.service == service && $0.finished > 0 }?.exitCode ?? 0
    }

    /// The containers' names are known before they are there, so that the prefixes are aligned from the first line on.
    private var printer: LogPrinter {
        var printer = LogPrinter(
            stack: stack.name,
            colored: !options.noColor && context.global.colored(isTerminal: context.streams.outputIsTerminal),
            prefixed: !options.noLogPrefix, timestamps: options.timestamps)
        // What can't be read has been refused before.
        let scales = (try? options.scales()) ?? [:]
        for service in followed.sorted().compactMap({ stack.services[$0] }) {
            for number in 1...max(1, min(100, scales[service.name] ?? service.scale)) {
                printer.register(service.container.containerName ?? "\(stack.name)-\(service.name)-\(number)")
            }
        }
        return printer
    }
}

extension Result where Failure == any Error {
    /// How a call ended.
    init(_ body: () async throws -> Success) async {
        do {
            self = .success(try await body())
        } catch {
            self = .failure(error)
        }
    }
}

extension ContainerSummary {
    /// Whether it may still write something without being started again.
    var isAlive: Bool { state == "running" || state == "restarting" || state == "paused" }

    /// Made by `run`.
    var isOneOff: Bool { labels["com.docker.compose.oneoff"] == "True" }
}
