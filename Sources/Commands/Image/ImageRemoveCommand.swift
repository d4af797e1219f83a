import ArgumentParser
import Images

/// `roost image rm`.
struct ImageRemoveCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "rm", abstract: "Remove one or more images", usage: "roost image rm [OPTIONS] IMAGE [IMAGE...]")

    @Flag(name: [.customShort("f"), .customLong("force")], help: "Force removal of the image")
    var force = false

    @Flag(name: .customLong("no-prune"), help: "Do not delete the content, only the names")
    var noPrune = false

    @OptionGroup var platform: PlatformOption
    @Argument(help: .hidden) var images: [String] = []

    /// As Docker, goes on with the next image after one that can't be removed, and ends with 1.
    func perform(in context: Context) async throws -> Int32 {
        try requireArguments(images, atLeast: 1, of: "image rm")
        let session = try ImageSession(context)
        var options = RemovalOptions()
        options.force = force
        options.keepsContent = noPrune
        options.platform = try platform.value()
        var failures: [String] = []
        for image in images {
            do {
                // Asked anew for each: a container may have been made meanwhile.
                let removal = try await session.store.remove(image, options: options, inUse: session.uses())
                for line in removal.lines { try context.streams.output.write("\(line)\n") }
            } catch let error as ImageError {
                // With -f, what isn't there is as good as removed.
                if case .unknown = error.reason, force { continue }
                failures.append("\(error)")
            }
        }
        try context.streams.output.flush()
        for failure in failures { context.streams.error.say(failure) }
        return failures.isEmpty ? 0 : 1
    }
}
