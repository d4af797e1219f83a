import ArgumentParser
import ControlAPI
import OCI

/// `roost image pull`.
struct ImagePullCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "pull", abstract: "Download images from a registry",
        usage: "roost image pull [OPTIONS] NAME[:TAG|@DIGEST] [NAME...]")
    static let unsupported = ["--disable-content-trust"]

    @Flag(name: [.customShort("a"), .customLong("all-tags")], help: "Download all tagged images in the repository")
    var allTags = false

    @Flag(name: [.customShort("q"), .customLong("quiet")], help: "Suppress verbose output")
    var quiet = false

    @OptionGroup var platform: PlatformOption
    @Argument(help: .hidden) var names: [String] = []

    func perform(in context: Context) async throws -> Int32 {
        try requireArguments(names, atLeast: 1, of: "image pull")
        let platform = try platform.value()
        var body = ImagePullRequest(try references().map { WantedImage($0, platform: platform) })
        body.allTags = allTags
        body.registryEnvironment = context.registryEnvironment
        let images = try await context.work(
            ControlRequest(.pullImages, body: body), operation: "pull", quiet: quiet
        ) {
            if case .pulled(let images) = $0 { images } else { nil }
        }
        try context.streams.output.write(Self.text(images, quiet: quiet))
        return 0
    }

    private func references() throws(CommandFailure) -> [Reference] {
        var result: [Reference] = []
        for name in names {
            let parsed = try reference(name)
            if allTags, parsed.digest != nil || parsed.familiarRepository != name {
                throw CommandFailure("tag can't be used with --all-tags/-a")
            }
            if !result.contains(parsed) { result.append(parsed) }
        }
        return result
    }

    /// What Docker ends with: the digest, whether there was anything to fetch, and the whole name on a line of its own.
    private static func text(_ images: [PulledImage], quiet: Bool) -> String {
        images.map { image in
            if quiet { return image.name + "\n" }
            let status = image.isNew ? "Downloaded newer image" : "Image is up to date"
            return "Digest: \(image.root)\nStatus: \(status) for \(image.familiarName)\n\(image.name)\n"
        }.joined()
    }
}
