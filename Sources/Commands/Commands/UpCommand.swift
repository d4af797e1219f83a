import ArgumentParser
import ControlAPI
import StackFile
import StackModel

/// `roost up`.
struct UpCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "up", abstract: "Create and start containers", usage: "roost up [OPTIONS] [SERVICE...]")
    static let unsupported = ["--quiet-build"]

    @OptionGroup var options: UpOptions
    @OptionGroup var dry: DryRunOption
    @Argument(help: .hidden) var services: [String] = []

    func perform(in context: Context) async throws -> Int32 {
        try options.check()
        let stack = try context.loadStack(services: services, faults: .refused).stack
        guard !stack.services.isEmpty else { throw CommandFailure("no service selected") }
        let dryRun = context.isDry(dry)
        var request = try options.request(stack, services, context: context, command: "up")
        request.dryRun = dryRun
        let post = try ControlRequest(.up, stack.name, body: request)
        let client = context.client()
        guard !options.isDetached, !dryRun else {
            let outcome = try await context.complete(post, operation: "up", client: client)
            return end(outcome, stack: stack, context: context)
        }
        var attached = AttachedUp(
            options: options, stack: stack, followed: try followedServices(of: stack), services: services,
            context: context, client: client)
        if options.watch {
            attached.watch = try WatchSession(stack, services: services, context, client)
        }
        return try await attached.run(post)
    }

    private func end(_ outcome: Outcome, stack: Stack, context: Context) -> Int32 {
        if outcome.unchanged { context.sayUnchanged(stack.name) }
        return outcome.exitCode
    }

    /// The services whose logs are shown.
    private func followedServices(of stack: Stack) throws -> Set<String> {
        let asked = options.attach + options.noAttach + (options.exitCodeFrom.map { [$0] } ?? [])
        try checkServices(asked, known: Set(stack.services.keys))
        var followed: Set<String>
        if !options.attach.isEmpty {
            followed = Set(options.attach)
        } else if services.isEmpty {
            // Who is asked for by name is shown all the same.
            followed = Set(stack.services.values.filter { $0.attach != false }.map(\.name))
        } else {
            followed = options.attachDependencies ? stack.withDependencies(services) : Set(services)
        }
        followed.subtract(options.noAttach)
        return followed
    }
}

extension Stack {
    /// The services and all that they depend on.
    func withDependencies(_ names: [String]) -> Set<String> {
        var result: Set<String> = []
        var rest = names
        while let name = rest.popLast() {
            guard result.insert(name).inserted, let service = services[name] else { continue }
            rest += service.dependsOn.keys
        }
        return result.intersection(services.keys)
    }
}

extension Stack {
    /// The images of services, each once; of all where none is named.
    func images(of names: [String]) -> [String] {
        Set(services.values.filter { names.isEmpty || names.contains($0.name) }.map(\.image)).sorted()
    }
}

extension Context {
    /// A line of a command that only tells what it would do, as Compose has it.
    func sayDryRun(_ what: String, _ verb: String, _ detail: String = "") {
        streams.error.say("DRY-RUN MODE -  \(what) \(verb)\(detail.isEmpty ? "" : " \(detail)")")
    }

    /// What a command says that found nothing to do.
    func sayUnchanged(_ stack: String) {
        switch global.progressMode(errorIsTerminal: streams.errorIsTerminal) {
        case .quiet: return
        case .json: streams.error.say(JSONText.object([("text", .string("\(stack) is up to date"))]).render())
        default: streams.error.say("\(stack) is up to date")
        }
    }
}
