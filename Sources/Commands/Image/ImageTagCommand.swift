import ArgumentParser
import ControlAPI

/// `roost image tag`.
struct ImageTagCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "tag", abstract: "Create a tag TARGET_IMAGE that refers to SOURCE_IMAGE",
        usage: "roost image tag SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]")

    @OptionGroup var platform: PlatformOption
    @Argument(help: .hidden) var names: [String] = []

    func perform(in context: Context) async throws -> Int32 {
        try requireArguments(names, exactly: 2, of: "image tag")
        var body = ImageTagRequest(names[0], as: try reference(names[1]))
        body.platform = try platform.value()
        try await context.work(ControlRequest(.tagImage, body: body), operation: "tag", quiet: true) { _ in () }
        return 0
    }
}
