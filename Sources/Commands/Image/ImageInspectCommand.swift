import ArgumentParser
import ControlAPI

/// `roost image inspect`.
struct ImageInspectCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect", abstract: "Display detailed information on one or more images",
        usage: "roost image inspect [OPTIONS] IMAGE [IMAGE...]")

    @Option(
        name: [.customShort("f", allowingJoined: true), .customLong("format")],
        help: "Format the output. Values: [json] (default \"json\")")
    var format: String?

    @OptionGroup var platform: PlatformOption
    @Argument(help: .hidden) var images: [String] = []

    func perform(in context: Context) async throws -> Int32 {
        try requireArguments(images, atLeast: 1, of: "image inspect")
        guard [nil, "", "json"].contains(format) else {
            throw CommandFailure.notSupportedYet("--format \"\(format ?? "")\" (only json is)")
        }
        let client = context.client()
        let query = try platform.query()
        var found: [String] = []
        var failures: [String] = []
        for image in images {
            do {
                let document = try await client.fetch(ControlRequest(.image, image, query: query))
                found.append(String(decoding: document.bytes.dropFirst().dropLast(), as: UTF8.self))
            } catch let refusal as Refusal {
                failures.append(refusal.message)
            }
        }
        let document = "[" + found.joined(separator: ",") + "]"
        try context.streams.output.write((format == "json" ? document : indentedJSON(document)) + "\n")
        try context.streams.output.flush()
        for failure in failures { context.streams.error.say(failure) }
        return failures.isEmpty ? 0 : 1
    }
}
