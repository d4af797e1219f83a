import ArgumentParser
import ControlAPI

/// `roost volume create`.
struct VolumeCreateCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Create a volume", usage: "roost volume create [OPTIONS] [VOLUME]")

    @Option(
        name: [.customShort("d", allowingJoined: true), .customLong("driver")], parsing: .unconditional,
        help: "Specify volume driver name (default \"local\")")
    var driver = "local"

    @Option(name: .customLong("label"), parsing: .unconditionalSingleValue, help: "Set metadata for a volume")
    var labels: [String] = []

    @Option(name: .customLong("name"), parsing: .unconditional, help: .hidden)
    var name: String?

    @Option(
        name: [.customShort("o", allowingJoined: true), .customLong("opt")], parsing: .unconditionalSingleValue,
        help: "Set driver specific options")
    var options: [String] = []

    @Argument(help: .hidden) var names: [String] = []

    func perform(in context: Context) async throws -> Int32 {
        guard names.count <= 1 else {
            throw CommandFailure("\"roost volume create\" requires at most 1 argument; see roost volume create --help")
        }
        guard name == nil || names.isEmpty else {
            throw CommandFailure(
                "conflicting options: cannot specify a volume name through both --name and as a "
                    + "positional arg")
        }
        var body = VolumeCreation(name: names.first ?? name)
        body.driver = driver
        body.labels = Self.pairs(labels)
        body.options = Self.pairs(options)
        let made = try await context.client().fetch(ControlRequest(.createVolume, body: body))
        try context.streams.output.write(made.name + "\n")
        return 0
    }

    /// `KEY=VALUE` each; a key alone has an empty value.
    private static func pairs(_ texts: [String]) -> [String: String] {
        texts.reduce(into: [:]) { result, text in
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            result[parts[0]] = parts.count > 1 ? parts[1] : ""
        }
    }
}
