import ArgumentParser
import ControlAPI

/// `roost rm`.
struct RmCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "rm", abstract: "Removes stopped service containers", usage: "roost rm [OPTIONS] [SERVICE...]",
        discussion: """
            By default, anonymous volumes attached to containers will not be removed. You can override this with -v. \
            To list all volumes, use "roost volume ls".

            Any data which is not in a volume will be lost.
            """)

    @Flag(name: [.customShort("a"), .customLong("all")], help: .hidden)
    var all = false

    @Flag(name: [.customShort("f"), .customLong("force")], help: "Don't ask to confirm removal")
    var force = false

    @Flag(name: [.customShort("s"), .customLong("stop")], help: "Stop the containers, if required, before removing")
    var stop = false

    @Flag(
        name: [.customShort("v"), .customLong("volumes")], help: "Remove any anonymous volumes attached to containers")
    var volumes = false

    @OptionGroup var dry: DryRunOption
    @Argument(help: .hidden) var services: [String] = []

    func perform(in context: Context) async throws -> Int32 {
        let project = try context.project(services: services)
        let client = context.client()
        let known = try await client.fetch(ControlRequest(.containers, project.name))
        if project.stack == nil { try checkServices(services, known: Set(known.map(\.service))) }
        let names = known.filter { (stop || !$0.isAlive) && (services.isEmpty || services.contains($0.service)) }
            .map(\.name).sorted()
        let isDry = context.isDry(dry)
        guard !names.isEmpty else {
            context.streams.error.say("No stopped containers")
            return 0
        }
        if !force, !isDry {
            let question = "Going to remove \(names.joined(separator: ", "))"
            guard try context.confirms(question) else { return 0 }
        }
        var request = SignalRequest()
        request.services = services.filter { service in known.contains { $0.service == service } }
        request.stopFirst = stop
        request.removeVolumes = volumes
        request.dryRun = isDry
        request.caller = context.caller("rm")
        let post = try ControlRequest(.lifecycle(.remove), project.name, body: request)
        return try await context.complete(post, operation: "rm", client: client).exitCode
    }
}

extension Context {
    /// Asks the user, who has to say yes.
    func confirms(_ question: String) throws -> Bool {
        try streams.output.write("? \(question) [yN] ")
        try streams.output.flush()
        let answer = readLine()?.lowercased() ?? ""
        return answer == "y" || answer == "yes"
    }
}
