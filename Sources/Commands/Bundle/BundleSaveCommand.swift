import ArgumentParser
import ControlAPI
import Kernel
import OCI
import StackFile
import StackModel
import TarArchives

/// `roost bundle save`.
struct BundleSaveCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "save", abstract: "Put a whole stack, files and images, into one archive",
        usage: "roost bundle save [OPTIONS] FILE [SERVICE...]",
        discussion: """
            Images that aren't here are pulled. FILE is an OCI image archive that other tools read, too; - is standard \
            output. On the other host, "roost bundle load FILE" brings everything back.
            """)

    @Flag(name: .customLong("with-binds"), help: "Take the sources of bind mounts along")
    var binds = false

    @Flag(name: .customLong("with-secrets"), help: "Take the files of secrets along")
    var secrets = false

    @Flag(name: [.customShort("q"), .customLong("quiet")], help: "Don't show progress")
    var quiet = false

    @Argument(help: .hidden) var words: [String] = []

    func perform(in context: Context) async throws -> Int32 {
        try requireArguments(words, atLeast: 1, of: "bundle save")
        let target = words[0]
        if target == "-", context.streams.outputIsTerminal {
            throw CommandFailure("cowardly refusing to save to a terminal; name a file or redirect")
        }
        let loaded = try context.loadStack(services: Array(words.dropFirst()), faults: .shown)
        let files = try BundleFiles(loaded, secrets: secrets, binds: binds)
        for warning in files.warnings { context.streams.error.say("WARNING: \(warning)") }
        let images = try await bundledImages(of: loaded.stack, in: context)
        let document = try BundleDocument(loaded, files: files, images: images)
        let output = try ArchiveOutput.open(target, mode: 0o600)
        try write(document, files, to: TarWriter(output.descriptor.duplicate(), path: target, makesDirectories: false))
        try await append(images, to: output.descriptor, document, context)
        try output.finish()
        return 0
    }

    private func write(_ document: BundleDocument, _ files: BundleFiles, to writer: TarWriter) throws {
        try writer.add(BundleDocument.entryName, document.json())
        for (path, entry) in zip(files.paths, document.files) {
            let header = TarHeader(
                name: BundleDocument.filesDirectory + entry.path, size: entry.size, mode: entry.mode)
            try writer.add(header, from: OwnedDescriptor(open: path))
        }
    }

    /// The supervisor writes the images behind what is there already.
    private func append(
        _ images: [BundledImage], to output: borrowing OwnedDescriptor, _ document: BundleDocument, _ context: Context
    ) async throws {
        var body = ImageSaveRequest(
            images.map { ImageSaveRequest.Selection($0.name, platform: $0.platform, manifest: $0.manifest) }, as: .oci,
            path: absoluteUnlessStream(words[0]), title: "Bundle of \(document.project)")
        body.usesWholeNames = true
        var request = try ControlRequest(.saveImages, body: body)
        request.descriptors = [output.number]
        try await context.work(request, operation: "bundle", quiet: quiet) { _ in () }
    }

    /// The images of a stack's services, each for the service's platform; those that aren't here are pulled.
    private func bundledImages(of stack: Stack, in context: Context) async throws -> [BundledImage] {
        var wanted: [WantedImage] = []
        var seen: Set<String> = []
        for service in stack.services.values.sorted(by: { $0.name < $1.name })
        where seen.insert(service.imageKey).inserted {
            // Images of this host come along as files.
            guard case .registry(let reference) = try ImageSource(parsing: service.image) else { continue }
            wanted.append(WantedImage(reference, platform: try service.platform.map { try Platform(parsing: $0) }))
        }
        guard !wanted.isEmpty else { return [] }
        var body = ImagePullRequest(wanted)
        body.onlyMissing = true
        body.registryEnvironment = context.registryEnvironment
        let pulled = try await context.work(
            ControlRequest(.pullImages, body: body), operation: "bundle", quiet: quiet
        ) {
            if case .pulled(let images) = $0 { images } else { nil }
        }
        return zip(wanted, pulled).map {
            BundledImage(name: $1.name, manifest: $1.manifest, platform: $0.platform)
        }
    }
}

/// An image of a stack, and the platform that a service wants it for.
struct BundledImage: Sendable {
    var name: String
    var manifest: Digest
    var platform: Platform?

    /// In `bundle.json`: the name, and the platform where one is wanted.
    var key: String { platform.map { "\(name) \($0)" } ?? name }
}

extension BundleDocument {
    fileprivate init(_ loaded: LoadedStack, files: BundleFiles, images: [BundledImage]) throws {
        let stack = loaded.stack
        self.init(
            project: stack.name, directory: files.relative(stack.workingDirectory),
            stackFiles: stack.files.map(files.relative), files: try files.paths.map(files.describe),
            images: images.reduce(into: [:]) { $0[$1.key] = $1.manifest.description })
    }
}
