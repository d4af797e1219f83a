import ArgumentParser
import Images

/// `roost image tag`.
struct ImageTagCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "tag", abstract: "Create a tag TARGET_IMAGE that refers to SOURCE_IMAGE",
        usage: "roost image tag SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]")

    @OptionGroup var platform: PlatformOption
    @Argument(help: .hidden) var names: [String] = []

    func perform(in context: Context) async throws -> Int32 {
        try requireArguments(names, exactly: 2, of: "image tag")
        let target = try reference(names[1])
        try await ImageSession(context).store.tag(names[0], as: target, platform: platform.value())
        return 0
    }
}
