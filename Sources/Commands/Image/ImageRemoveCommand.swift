import ArgumentParser
import ControlAPI
import OCI

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
        var body = ImageRemovalRequest(images)
        body.force = force
        body.keepContent = noPrune
        body.platform = try platform.value()
        let removed = try await context.work(
            ControlRequest(.removeImages, body: body), operation: "rm", quiet: true
        ) {
            if case .removed(let removed) = $0 { removed } else { nil }
        }
        for line in removed.lines { try context.streams.output.write(Self.text(line)) }
        try context.streams.output.flush()
        for failure in removed.failures { context.streams.error.say(failure) }
        return removed.failures.isEmpty ? 0 : 1
    }

    private static func text(_ line: RemovedImages.Line) -> String {
        switch line {
        case .untagged(let name): "Untagged: \(name)\n"
        case .deleted(let digest): "Deleted: \(digest)\n"
        }
    }
}
