import ArgumentParser
import ControlAPI
import StackModel

/// `roost down`: works without a file, too.
struct DownCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "down", abstract: "Stop and remove containers, networks", usage: "roost down [OPTIONS] [SERVICES]")

    @Flag(
        name: .customLong("remove-orphans"), help: "Remove containers for services not defined in the Compose file")
    var removeOrphans = false

    @Option(
        name: .customLong("rmi"),
        help: """
            Remove images used by services. "local" remove only images that don't have a custom tag \
            ("local"|"all")
            """)
    var removedImages: String?

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
        if let removedImages, !["all", "local"].contains(removedImages) {
            throw CommandFailure("invalid value for --rmi: \"\(removedImages)\"")
        }
        let client = context.client()
        let project = try await context.projectDespiteFile(services: services, client: client)
        var request = DownRequest()
        request.services = services
        request.removeVolumes = volumes
        request.removeOrphans = removeOrphans || context.removesOrphans
        request.knownServices = project.stack.map { ($0.services.keys + $0.disabledServices).sorted() }
        request.timeout = try seconds(timeout, option: "--timeout")
        request.dryRun = context.isDry(dry)
        request.caller = context.caller("down")
        let post = try ControlRequest(.down, project.name, body: request)
        let images = try await images(of: project, client: client)
        let outcome = try await context.complete(post, operation: "down", client: client)
        if !request.dryRun { try await remove(images, context: context, client: client) }
        return outcome.exitCode
    }

    /// The images that `--rmi` takes, by their names: those of the file and those that containers were made from.
    private func images(of project: Project, client: ControlClient) async throws -> [String] {
        guard let removedImages else { return [] }
        var names: Set<String> = []
        if removedImages == "all" {
            names.formUnion(try await client.fetch(ControlRequest(.containers, project.name)).map(\.image))
        }
        for service in project.stack?.services.values.map({ $0 }) ?? [] where !service.image.isEmpty {
            let isOwn = service.image == "\(project.name)-\(service.name)"
            if removedImages == "all" || isOwn { names.insert(service.image) }
        }
        return names.sorted()
    }

    /// An image that something else still uses stays, and is told of.
    private func remove(_ images: [String], context: Context, client: ControlClient) async throws {
        guard !images.isEmpty else { return }
        let removed: RemovedImages = try await context.work(
            ControlRequest(.removeImages, body: ImageRemovalRequest(images)), operation: "down", quiet: true
        ) {
            if case .removed(let removed) = $0 { removed } else { nil }
        }
        for case .untagged(let name) in removed.lines { context.streams.error.say(" Image \(name) Removed") }
        for failure in removed.failures { context.streams.error.say(" \(failure)") }
    }
}
