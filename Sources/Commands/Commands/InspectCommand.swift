import ArgumentParser
import ControlAPI

/// `roost inspect`: containers in the shape of `docker inspect`.
struct InspectCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect", abstract: "Display detailed information on containers and images",
        usage: "roost inspect NAME [NAME...]")
    static let unsupported = ["-s", "--size", "--type"]

    @Option(
        name: [.customShort("f", allowingJoined: true), .customLong("format")], parsing: .unconditional,
        help: "Format the output with a Go template, or as json")
    var format: String?

    @Argument(help: .hidden) var names: [String] = []

    func perform(in context: Context) async throws -> Int32 {
        guard !names.isEmpty else { throw CommandFailure("requires at least 1 arg(s), only received 0") }
        let template = format == "json" ? nil : try format.map { text throws(CommandFailure) in try RowTemplate(text) }
        let client = context.client()
        var found: [String] = []
        var failures: [String] = []
        for name in names {
            do {
                found.append(
                    String(decoding: try await client.fetch(ControlRequest(.container, name)).bytes, as: UTF8.self))
            } catch let refusal as Refusal {
                // Docker's inspect looks for images, too, where there is no container of the name.
                if let image = try await image(name, client) {
                    found.append(image)
                } else {
                    failures.append(refusal.message)
                }
            }
        }
        if let template {
            try context.streams.output.write(try template.render(found))
        } else {
            let list = "[" + found.joined(separator: ",") + "]"
            try context.streams.output.write((format == nil ? indentedJSON(list) : list) + "\n")
        }
        try context.streams.output.flush()
        for failure in failures { context.streams.error.say(failure) }
        return failures.isEmpty ? 0 : 1
    }

    /// The image as JSON; `nil` where there is none of the name.
    private func image(_ name: String, _ client: ControlClient) async throws -> String? {
        do {
            let document = try await client.fetch(ControlRequest(.image, name))
            return String(decoding: document.bytes.dropFirst().dropLast(), as: UTF8.self)
        } catch is Refusal {
            return nil
        }
    }
}
