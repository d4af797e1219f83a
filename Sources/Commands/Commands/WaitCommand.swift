import ArgumentParser
import ControlAPI

/// `roost wait`.
struct WaitCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "wait", abstract: "Block until containers of all (or specified) services stop.",
        usage: "roost wait SERVICE [SERVICE...] [OPTIONS]")

    @Flag(name: .customLong("down-project"), help: "Drops project when the first container stops")
    var downProject = false

    @OptionGroup var dry: DryRunOption
    @Argument(help: .hidden) var services: [String] = []

    func perform(in context: Context) async throws -> Int32 {
        guard !services.isEmpty else { throw CommandFailure("requires at least 1 arg(s), only received 0") }
        let project = try context.project(services: services)
        let client = context.client()
        let all = try await client.fetch(ControlRequest(.containers, project.name))
        let chosen = all.filter { services.contains($0.service) && !$0.isOneOff }
        guard !chosen.isEmpty else { throw CommandFailure("no containers for project \"\(project.name)\"") }
        let code = try await interruptible { try await Self.wait(for: chosen, first: downProject, context, client) }
        if downProject {
            var request = DownRequest()
            request.caller = context.caller("wait")
            let post = try ControlRequest(.down, project.name, body: request)
            _ = try await context.complete(post, operation: "down", client: client)
        }
        return code
    }

    /// The code of the last that ended badly, as Compose tells it.
    private static func wait(
        for containers: [ContainerSummary], first: Bool, _ context: Context, _ client: ControlClient
    ) async throws -> Int32 {
        try await withThrowingTaskGroup(of: (String, Int32).self) { group in
            for container in containers {
                group.addTask {
                    (container.name, try await client.await(ControlRequest(.wait, container.id)).exitCode)
                }
            }
            var code: Int32 = 0
            for try await (name, ended) in group {
                try context.streams.output.write("container \"\(name)\" exited with status code \(ended)\n")
                try context.streams.output.flush()
                if ended != 0 { code = ended }
                if first {
                    group.cancelAll()
                    return ended
                }
            }
            return code
        }
    }
}
