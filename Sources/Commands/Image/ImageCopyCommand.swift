import ArgumentParser
import ControlAPI
import Kernel
import OCI

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
        let source = try CopyPlace(places[0])
        let destination = try CopyPlace(places[1])
        var body = ImageCopyRequest(from: source.text, to: destination.text, title: "Image \(places[0])")
        body.platform = try platform.value()
        body.allPlatforms = all
        body.registryEnvironment = context.registryEnvironment
        var request = try ControlRequest(.copyImage, body: body)
        let input = try source.archive.map { OpenFile(try ArchiveInput.open($0)) }
        if let input { request.descriptors.append(input.descriptor.number) }
        let copied: Descriptor
        if let path = destination.archive {
            let output = try ArchiveOutput.open(path)
            request.descriptors.append(output.descriptor.number)
            copied = try await work(request, context)
            try output.finish()
        } else {
            copied = try await work(request, context)
        }
        // Standard output may be the archive itself.
        if destination.archive != "-" { try context.streams.output.write("Digest: \(copied.digest)\n") }
        return 0
    }

    private func work(_ request: ControlRequest<CommandEvent>, _ context: Context) async throws -> Descriptor {
        try await context.work(request, operation: "copy", quiet: quiet) {
            if case .copied(let descriptor) = $0 { descriptor } else { nil }
        }
    }
}

/// A descriptor that lives as long as somebody refers to it.
private final class OpenFile: Sendable {
    let descriptor: OwnedDescriptor

    init(_ descriptor: consuming OwnedDescriptor) { self.descriptor = descriptor }
}

/// One end of a copy. Archives are opened here; the supervisor sees `-` in their place.
private struct CopyPlace {
    var text: String
    /// The path of an archive.
    var archive: String?

    init(_ text: String) throws(CommandFailure) {
        self.text = text
        // A name of this store may be anything.
        if text.hasPrefix("roost:") { return }
        let source: ImageSource
        do {
            source = try ImageSource(parsing: text.hasPrefix("docker://") ? String(text.dropFirst(9)) : text)
        } catch {
            throw CommandFailure("\(error)")
        }
        switch source {
        case .registry: break
        case .layout(let path, let tag): self.text = ImageSource.layout(path: absolutePath(path), tag: tag).description
        case .archive(let path, let tag, let form):
            self.text = ImageSource.archive(path: "-", tag: tag, form: form).description
            archive = path
        }
    }
}
