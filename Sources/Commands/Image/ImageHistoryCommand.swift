import ArgumentParser

/// `roost image history`.
struct ImageHistoryCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "Show the history of an image", usage: "roost image history [OPTIONS] IMAGE")

    @Option(name: .customLong("format"), help: "Format the output. Values: [table | json] (default \"table\")")
    var format: String?

    @Flag(
        name: [.customShort("H"), .customLong("human")], inversion: .prefixedNo,
        help: "Print sizes and dates in human readable format")
    var human = true

    @Flag(name: .customLong("no-trunc"), help: "Don't truncate output")
    var noTruncation = false

    @Flag(name: [.customShort("q"), .customLong("quiet")], help: "Only show image IDs")
    var quiet = false

    @Argument(help: .hidden) var image: String

    func perform(in context: Context) async throws -> Int32 {
        throw CommandFailure.notSupportedYet("roost image history")
    }
}
