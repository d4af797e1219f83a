import ArgumentParser
import ControlAPI

/// `roost inspect`: containers in the shape of `docker inspect`.
struct InspectCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect", abstract: "Display detailed information on containers, images and networks",
        usage: "roost inspect NAME [NAME...]")
    static let unsupported = ["-s", "--size", "--type"]

    @Option(
        name: [.customShort("f", allowingJoined: true), .customLong("format")], parsing: .unconditional,
        help: "Format the output with a Go template, or as json")
    var format: String?

    @Argument(help: .hidden) var names: [String] = []

    func perform(in context: Context) async throws -> Int32 {
        guard !names.isEmpty else { throw CommandFailure("requires at least 1 arg(s), only received 0") }
        let client = context.client()
        return try await context.inspect(names, format: format) { name in
            do {
                let document = try await client.fetch(ControlRequest(.container, name))
                return String(decoding: document.bytes, as: UTF8.self)
            } catch let refusal as Refusal {
                // Docker's inspect looks for other things, too, where there is no container of the name.
                if let image = try await image(name, client) { return image }
                if let network = try await network(name, client) { return network }
                throw refusal
            }
        }
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

    private func network(_ name: String, _ client: ControlClient) async throws -> String? {
        do {
            return String(decoding: try await client.fetch(ControlRequest(.network, name)).bytes, as: UTF8.self)
        } catch is Refusal {
            return nil
        }
    }
}
