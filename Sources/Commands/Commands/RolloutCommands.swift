import ArgumentParser
import ControlAPI
import Kernel

/// `roost rollout history`.
struct RolloutHistoryCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "Show what was wanted of a stack, and what changed each time",
        usage: "roost rollout history [OPTIONS] [SERVICE...]")

    @Option(name: .customLong("format"), help: "Format the output. Values: [table | json] (default \"table\")")
    var format: String?

    @Flag(name: .customLong("no-trunc"), help: "Don't truncate output")
    var noTruncation = false

    @OptionGroup var dry: DryRunOption
    @Argument(help: .hidden) var services: [String] = []

    func perform(in context: Context) async throws -> Int32 {
        let format = try OutputFormat(option: format)
        let project = try context.project()
        let revisions = try await context.client().fetch(ControlRequest(.revisions, project.name))
        let text = RevisionText(
            revisions: revisions, services: services, now: Timestamp.now(), isTruncated: !noTruncation)
        try context.streams.output.write(format == .json ? text.json() : text.table())
        return 0
    }
}

/// `roost rollback`, also `roost rollout undo`: an earlier revision is wanted again.
struct RollbackCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback", abstract: "Go back to what was wanted before",
        usage: "roost rollback [OPTIONS] [REVISION]",
        discussion: "Without a REVISION it is the one before the one that is wanted now; `roost rollout history` lists "
            + "them. The file stays as it is: the next up wants what it says.")

    @Flag(name: .customLong("remove-orphans"), help: "Remove containers for services that the revision doesn't have")
    var removeOrphans = false

    @Option(
        name: [.customShort("t", allowingJoined: true), .customLong("timeout")], parsing: .unconditional,
        help: "Specify a shutdown timeout in seconds")
    var timeout: Int?

    @Flag(name: .customLong("wait"), help: "Wait for services to be running|healthy")
    var wait = false

    @Option(
        name: .customLong("wait-timeout"), parsing: .unconditional,
        help: "Maximum duration in seconds to wait for the project to be running|healthy")
    var waitTimeout: Int?

    @OptionGroup var dry: DryRunOption
    @Argument(help: .hidden) var revisions: [String] = []

    func perform(in context: Context) async throws -> Int32 {
        var request = RollbackRequest()
        guard revisions.count <= 1 else { throw CommandFailure("roost rollback takes one REVISION") }
        if let text = revisions.first {
            guard let number = Int(text), number > 0 else {
                throw CommandFailure("\"\(text)\" is no revision: see roost rollout history")
            }
            request.revision = number
        }
        request.removeOrphans = removeOrphans || context.removesOrphans
        request.wait = wait
        request.waitTimeout = try seconds(waitTimeout, option: "--wait-timeout")
        request.stopTimeout = try seconds(timeout, option: "--timeout")
        request.dryRun = context.isDry(dry)
        request.caller = context.caller("rollback")
        let project = try context.project()
        let outcome = try await context.complete(
            ControlRequest(.rollback, project.name, body: request), operation: "rollback", client: context.client())
        if outcome.unchanged { context.sayUnchanged(project.name) }
        return outcome.exitCode
    }
}

/// The commands of `roost rollout`.
func rolloutCommandType(named name: String) -> (any RoostCommand.Type)? {
    switch name {
    case "history": RolloutHistoryCommand.self
    case "undo": RollbackCommand.self
    default: nil
    }
}
