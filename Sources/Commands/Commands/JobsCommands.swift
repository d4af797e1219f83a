import ArgumentParser
import ControlAPI
import Kernel

/// `roost jobs ls`, also `roost jobs`.
struct JobsListCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls", abstract: "List what runs to its end, with its times", usage: "roost jobs ls [OPTIONS]")

    @Option(name: .customLong("format"), help: "Format the output. Values: [table | json] (default \"table\")")
    var format: String?

    @OptionGroup var dry: DryRunOption

    func perform(in context: Context) async throws -> Int32 {
        let format = try OutputFormat(option: format)
        let project = try context.project()
        let jobs = try await context.client().fetch(ControlRequest(.jobs, project.name))
        let text = JobText(jobs: jobs, now: Timestamp.now())
        try context.streams.output.write(format == .json ? text.json() : text.table())
        return 0
    }
}

/// `roost jobs run`: as `run --job --detach`.
struct JobsRunCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Start a job now, and print its container's ID", usage: "roost jobs run SERVICE")

    @OptionGroup var dry: DryRunOption
    @Argument(help: .hidden) var services: [String] = []

    func perform(in context: Context) async throws -> Int32 {
        guard services.count == 1 else { throw CommandFailure("roost jobs run takes one SERVICE") }
        let flags = ["--job", "--detach"] + (dry.dryRun ? ["--dry-run"] : [])
        return try await RunCommand.read(flags + services).perform(in: context)
    }
}

/// The commands of `roost jobs`.
func jobCommandType(named name: String) -> (any RoostCommand.Type)? {
    switch name {
    case "ls": JobsListCommand.self
    case "run": JobsRunCommand.self
    default: nil
    }
}
