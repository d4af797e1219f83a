import ArgumentParser
import Images

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
        let store = try ImageSession(context).store
        var found: [ImageInspection] = []
        var failures: [String] = []
        for image in images {
            do {
                found.append(try store.inspect(image, platform: platform.value()))
            } catch let error as ImageError {
                failures.append("\(error)")
            }
        }
        let document = String(decoding: try ImageInspection.json(found, indented: false), as: UTF8.self)
        try context.streams.output.write((format == "json" ? document : indentedJSON(document)) + "\n")
        try context.streams.output.flush()
        for failure in failures { context.streams.error.say(failure) }
        return failures.isEmpty ? 0 : 1
    }
}
