import ArgumentParser
import ControlAPI
import Kernel

/// `roost export`.
struct ExportCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Export a service container's filesystem as a tar archive",
        usage: "roost export [OPTIONS] SERVICE")

    @Option(name: .customLong("index"), help: "Index of the container if service has multiple replicas")
    var index: Int?

    @Option(
        name: [.customShort("o", allowingJoined: true), .customLong("output")], parsing: .unconditional,
        help: "Write to a file, instead of STDOUT")
    var output: String?

    @OptionGroup var dry: DryRunOption
    @Argument(help: .hidden) var words: [String] = []

    func perform(in context: Context) async throws -> Int32 {
        guard words.count == 1 else { throw CommandFailure("requires exactly 1 arg(s), received \(words.count)") }
        let path = output ?? "-"
        guard path != "-" || !context.streams.outputIsTerminal else {
            throw CommandFailure("cowardly refusing to export to a terminal. Use the -o flag or redirect")
        }
        let container = try await context.container(of: words[0], index: index)
        if context.isDry(dry) { return 0 }
        // The archive has the passwords and keys that the container has: it is the caller's alone.
        let archive = try ArchiveOutput.open(path, mode: 0o600)
        var request = ControlRequest(.exportContainer, container.id)
        request.descriptors = [archive.descriptor.number]
        let wanted = request
        _ = try await interruptible { try await context.client().await(wanted) }
        try archive.finish()
        return 0
    }
}
