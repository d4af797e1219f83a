import ArgumentParser
import ControlAPI
import StackFile
import StackModel

/// `roost watch`.
struct WatchCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Watch build context for service and rebuild/refresh containers when files are updated",
        usage: "roost watch [SERVICE...]")

    @Flag(name: .customLong("no-up"), help: "Do not build & start services before watching")
    var noUp = false

    @Flag(
        name: .customLong("prune"), inversion: .prefixedNo,
        help: "Remove the images that a rebuild replaces (default true)")
    var prune = true

    @Flag(name: .customLong("quiet"), help: "hide build output")
    var quiet = false

    @OptionGroup var dry: DryRunOption
    @Argument(help: .hidden) var services: [String] = []

    func perform(in context: Context) async throws -> Int32 {
        let stack = try context.loadStack(services: services, faults: .refused).stack
        let client = context.client()
        var session = try WatchSession(stack, services: services, context, client)
        session.isQuiet = quiet
        session.prunes = prune
        let dryRun = context.isDry(dry)
        if !noUp {
            var request = UpRequest(stack: stack)
            request.services = services
            request.removeOrphans = context.removesOrphans
            request.ignoreOrphans = context.ignoresOrphans
            request.registryEnvironment = context.registryEnvironment
            request.caller = context.caller("watch")
            request.dryRun = dryRun
            let post = try ControlRequest(.up, stack.name, body: request)
            _ = try await context.complete(post, operation: "up", quiet: quiet, client: client)
        }
        if dryRun { return 0 }
        let ready = session
        try await interruptible { try await ready.run() }
        return 0
    }
}
