import ArgumentParser
import Images
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
        let session = try ImageSession(context)
        let asked = try references()
        try await session.withRegistry { registry in
            let images = try await context.showing("pull", quiet: quiet) { report in
                let wanted = allTags ? try await Self.tags(of: asked, registry) : asked
                let known = Set(
                    try wanted.compactMap {
                        try session.store.resolve(.registry($0), platform: platform)?.manifestDigest
                    })
                let images = try await session.pull(wanted, from: registry, platform: platform, report: report)
                return images.map { Pulled(image: $0, isNew: !known.contains($0.manifestDigest)) }
            }
            try context.streams.output.write(Self.text(images, quiet: quiet))
        }
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

    private static func tags(of repositories: [Reference], _ registry: any ImageRegistry) async throws -> [Reference] {
        var result: [Reference] = []
        for repository in repositories {
            for tag in try await registry.tags(of: repository).sorted() {
                result.append(try reference(repository.familiarRepository + ":" + tag))
            }
        }
        return result
    }

    private struct Pulled: Sendable {
        var image: StoredImage
        /// It wasn't here before.
        var isNew: Bool
    }

    /// What Docker ends with: the digest, whether there was anything to fetch, and the whole name on a line of its own.
    private static func text(_ images: [Pulled], quiet: Bool) -> String {
        images.map { pulled in
            let image = pulled.image
            if quiet { return image.name + "\n" }
            let status = pulled.isNew ? "Downloaded newer image" : "Image is up to date"
            return "Digest: \(image.root)\nStatus: \(status) for \(image.familiarName)\n\(image.name)\n"
        }.joined()
    }
}
