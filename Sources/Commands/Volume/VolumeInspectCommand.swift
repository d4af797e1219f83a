import ArgumentParser
import ControlAPI
import Kernel

/// `roost volume inspect`.
struct VolumeInspectCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect", abstract: "Display detailed information on one or more volumes",
        usage: "roost volume inspect [OPTIONS] VOLUME [VOLUME...]")

    @Option(
        name: [.customShort("f", allowingJoined: true), .customLong("format")], parsing: .unconditional,
        help: "Format the output with a Go template, or as json")
    var format: String?

    @Argument(help: .hidden) var names: [String] = []

    func perform(in context: Context) async throws -> Int32 {
        try requireArguments(names, atLeast: 1, of: "volume inspect")
        let template = format == "json" ? nil : try format.map { text throws(CommandFailure) in try RowTemplate(text) }
        let volumes = try await context.client().fetch(ControlRequest(.volumes))
        let found = names.compactMap { name in volumes.first { $0.name == name } }.map { $0.document.render() }
        if let template {
            try context.streams.output.write(try template.render(found))
        } else {
            let list = "[" + found.joined(separator: ",") + "]"
            try context.streams.output.write((format == nil ? indentedJSON(list) : list) + "\n")
        }
        try context.streams.output.flush()
        let missing = names.filter { name in !volumes.contains { $0.name == name } }
        for name in missing { context.streams.error.say("get \(name): no such volume") }
        return missing.isEmpty ? 0 : 1
    }
}

extension HostVolume {
    /// The shape of `docker volume inspect`.
    var document: JSONText {
        func object(_ values: [String: String]) -> JSONText {
            .object(values.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })
        }
        return .object([
            ("CreatedAt", .string(Timestamp.rfc3339(created * 1_000_000_000))), ("Driver", .string(driver)),
            ("Labels", object(labels)), ("Mountpoint", .string(path)), ("Name", .string(name)),
            ("Options", object(options)), ("Scope", .string("local")),
        ])
    }
}
