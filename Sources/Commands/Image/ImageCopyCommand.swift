import ArgumentParser
import ControlAPI
import Images
import OCI
import Orchestration

/// `roost image copy`.
struct ImageCopyCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "copy", abstract: "Copy an image from one place to another, as it is",
        usage: "roost image copy [OPTIONS] SOURCE DESTINATION",
        discussion: """
            A place is [docker://]NAME in a registry, roost:NAME in this store, oci:PATH[:TAG], oci-archive:PATH[:NAME] or \
            docker-archive:PATH[:NAME]; the path - is standard input or output.
            """)

    @Flag(name: [.customShort("a"), .customLong("all")], help: "All platforms of an image that has several")
    var all = false

    @Flag(name: [.customShort("q"), .customLong("quiet")], help: "Don't show progress")
    var quiet = false

    @OptionGroup var platform: PlatformOption
    @Argument(help: .hidden) var places: [String] = []

    func perform(in context: Context) async throws -> Int32 {
        try requireArguments(places, exactly: 2, of: "image copy")
        let source = try Self.place(places[0])
        let destination = try Self.place(places[1])
        var options = CopyOptions()
        options.platform = try platform.value()
        options.allPlatforms = all
        let session = try ImageSession(context)
        let id = "Image \(places[0])"
        let wanted = options
        let copied = try await session.withRegistry { registry in
            try await context.showing("copy", quiet: quiet) { report in
                report.send(.progress(Progress(id: id, status: .working, text: "Copying")))
                let copied = try await session.store.copy(
                    source, to: destination, options: wanted, registry: registry
                ) { progress in
                    if let event = progress.event(of: id) { report.send(.progress(event)) }
                }
                report.send(.progress(Progress(id: id, status: .done, text: "Copied")))
                return copied
            }
        }
        // Standard output may be the archive itself.
        if !places[1].hasSuffix("archive:-") { try context.streams.output.write("Digest: \(copied.digest)\n") }
        return 0
    }

    private static func place(_ text: String) throws(CommandFailure) -> ImagePlace {
        let plain = text.hasPrefix("docker://") ? String(text.dropFirst(9)) : text
        do {
            switch try ImagePlace(parsing: plain) {
            case .layout(let path, let tag): return .layout(path: absolutePath(path), tag: tag)
            case .archive(let path, let name, let form) where path != "-":
                return .archive(path: absolutePath(path), name: name, form: form)
            case let place: return place
            }
        } catch {
            throw CommandFailure("\(error)")
        }
    }
}
