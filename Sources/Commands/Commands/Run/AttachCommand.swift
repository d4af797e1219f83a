import ArgumentParser
import ControlAPI

/// `roost attach`.
struct AttachCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "attach",
        abstract: "Attach local standard input, output, and error streams to a service's running container",
        usage: "roost attach [OPTIONS] SERVICE")

    @Option(
        name: .customLong("detach-keys"), parsing: .unconditional,
        help: "Override the key sequence for detaching from a container.")
    var detachKeys: String?

    @Option(name: .customLong("index"), help: "index of the container if service has multiple replicas.")
    var index: Int?

    @Flag(name: .customLong("no-stdin"), help: "Do not attach STDIN")
    var noInput = false

    @Flag(
        name: .customLong("sig-proxy"), inversion: .prefixedNo,
        help: "Proxy all received signals to the process (default true)")
    var passesSignals = true

    @OptionGroup var dry: DryRunOption
    @Argument(help: .hidden) var services: [String] = []

    func perform(in context: Context) async throws -> Int32 {
        guard services.count == 1 else {
            throw CommandFailure("requires exactly 1 arg(s), received \(services.count)")
        }
        let container = try await context.container(of: services[0], index: index)
        guard container.state == "running" else {
            throw CommandFailure(
                container.state == "paused"
                    ? "You cannot attach to a paused container, unpause it first"
                    : "You cannot attach to a stopped container, start it first")
        }
        if context.isDry(dry) { return 0 }
        let client = context.client()
        let settings = try await client.fetch(ControlRequest(.attachment, container.id))
        var session = AttachSession(
            container: container.id, directory: context.locations.containerRunDirectory(container.id),
            terminal: settings.terminal && context.streams.inputIsTerminal,
            passesInput: !noInput && settings.openInput, endsInput: false, showsOutput: true)
        session.passesSignals = passesSignals
        if let detachKeys { session.detachKeys = try DetachKeys(parsing: detachKeys) }
        switch try session.run() {
        case .ended(let code): return code
        case .detached:
            context.streams.error.say("read escape sequence")
            return 0
        case .lost: return try await client.await(ControlRequest(.wait, container.id)).exitCode
        }
    }
}
