import ArgumentParser
import ControlAPI

/// `roost image inspect`.
struct ImageInspectCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect", abstract: "Display detailed information on one or more images",
        usage: "roost image inspect [OPTIONS] IMAGE [IMAGE...]")

    @Option(
        name: [.customShort("f", allowingJoined: true), .customLong("format")],
        help: "Format the output with a Go template, or as json")
    var format: String?

    @OptionGroup var platform: PlatformOption
    @Argument(help: .hidden) var images: [String] = []

    func perform(in context: Context) async throws -> Int32 {
        try requireArguments(images, atLeast: 1, of: "image inspect")
        let client = context.client()
        let query = try platform.query()
        return try await context.inspect(images, format: format) { image in
            let document = try await client.fetch(ControlRequest(.image, image, query: query))
            return String(decoding: document.bytes.dropFirst().dropLast(), as: UTF8.self)
        }
    }
}
