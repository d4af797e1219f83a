import ArgumentParser
import ControlAPI
import Kernel

/// `roost image history`.
struct ImageHistoryCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "Show the history of an image", usage: "roost image history [OPTIONS] IMAGE")

    @Option(name: .customLong("format"), help: "Format the output. Values: [table | json] (default \"table\")")
    var format: String?

    @Option(
        name: [.customShort("H"), .customLong("human")],
        help: "Print sizes and dates in human readable format (true or false; default true)")
    var human = true

    @Flag(name: .customLong("no-trunc"), help: "Don't truncate output")
    var noTruncation = false

    @Flag(name: [.customShort("q"), .customLong("quiet")], help: "Only show image IDs")
    var quiet = false

    @OptionGroup var platform: PlatformOption
    @Argument(help: .hidden) var images: [String] = []

    /// `--human` alone means `--human=true`, as for any of Docker's switches.
    static func read(_ arguments: [String]) throws -> Self {
        try parse(arguments.map { ["-H", "--human"].contains($0) ? "--human=true" : $0 })
    }

    func perform(in context: Context) async throws -> Int32 {
        try requireArguments(images, exactly: 1, of: "image history")
        let format = try OutputFormat(option: format)
        let rows = try await context.client().fetch(
            ControlRequest(.imageHistory, images[0], query: platform.query()))
        let text = ImageHistoryText(rows: rows, now: Timestamp.now(), truncated: !noTruncation, human: human)
        try context.streams.output.write(quiet ? text.ids() : format == .json ? text.json() : text.table())
        return 0
    }
}
