import ArgumentParser
import ControlAPI
import StackModel

/// `roost down`: works without a file, too.
struct DownCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "down", abstract: "Stop and remove containers, networks", usage: "roost down [OPTIONS] [SERVICES]")
    static let unsupported = ["--rmi"]

    @Flag(
        name: .customLong("remove-orphans"), help: "Remove containers for services not defined in the Compose file")
    var removeOrphans = false

    @Option(
        name: [.customShort("t", allowingJoined: true), .customLong("timeout")], parsing: .unconditional,
        help: "Specify a shutdown timeout in seconds")
    var timeout: Int?

    @Flag(
        name: [.customShort("v"), .customLong("volumes")],
        help: """
            Remove named volumes declared in the "volumes" section of the Compose file and anonymous volumes attached \
            to containers
            """)
    var volumes = false

    @OptionGroup var dry: DryRunOption
    @Argument(help: .hidden) var services: [String] = []

    func perform(in context: Context) async throws -> Int32 {
        let client = context.client()
        let project = try await context.projectDespiteFile(services: services, client: client)
        var request = DownRequest()
        request.services = services
        request.removeVolumes = volumes
        request.removeOrphans = removeOrphans || context.removesOrphans
        request.knownServices = project.stack.map { ($0.services.keys + $0.disabledServices).sorted() }
        request.timeout = try seconds(timeout, option: "--timeout")
        request.dryRun = context.global.dryRun || dry.dryRun
        request.caller = context.caller("down")
        let post = try ControlRequest(.down, project.name, body: request)
        return try await context.complete(post, operation: "down", client: client).exitCode
    }
}
