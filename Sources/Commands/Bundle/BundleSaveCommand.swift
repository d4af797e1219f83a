import ArgumentParser
import ControlAPI
import Glibc
import Images
import Kernel
import OCI
import StackFile
import StackModel

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
        let session = try ImageSession(context)
        try await context.showing("bundle", quiet: quiet) { report in
            let images = try await session.bundled(loaded.stack, report: report)
            let bundle = try Bundle(loaded, files: files, images: images, layout: context.locations.root + "/images")
            try bundle.write(to: target, report: report)
        }
        return 0
    }
}

extension ImageSession {
    /// The images of a stack's services, each for the service's platform; those that aren't here are pulled.
    func bundled(_ stack: Stack, report: ProgressInbox) async throws -> [BundledImage] {
        var images: [BundledImage] = []
        var seen: Set<String> = []
        for service in stack.services.values.sorted(by: { $0.name < $1.name })
        where seen.insert(service.imageKey).inserted {
            // Images of this host come along as files.
            guard case .registry(let reference) = try ImageSource(parsing: service.image) else { continue }
            let platform = try service.platform.map { try Platform(parsing: $0) }
            if let image = try store.resolve(.registry(reference), platform: platform) {
                images.append(BundledImage(image: image, platform: platform))
                continue
            }
            let pulled = try await withRegistry {
                try await pull([reference], from: $0, platform: platform, report: report)
            }
            images += pulled.map { BundledImage(image: $0, platform: platform) }
        }
        return images
    }
}

/// An image of a stack, and the platform that a service wants it for.
struct BundledImage {
    var image: StoredImage
    var platform: Platform?

    /// In `bundle.json`: the name, and the platform where one is wanted.
    var key: String { platform.map { "\(image.name) \($0)" } ?? image.name }
}

/// What goes into a bundle.
private struct Bundle {
    private struct Blob {
        var digest: Digest
        var size: Int64
    }

    private let files: BundleFiles
    private let document: BundleDocument
    private let index: Index
    private let blobs: [Blob]
    /// The store's image layout.
    private let layout: String

    init(_ loaded: LoadedStack, files: BundleFiles, images: [BundledImage], layout: String) throws {
        self.files = files
        self.layout = layout
        var index = Index()
        var blobs: [Blob] = []
        var seen: Set<Digest> = []
        for image in images.map(\.image) {
            let bytes = try Files.read(Self.path(layout, image.manifestDigest), limit: 4 << 20)
            let manifest = try Manifest(json: bytes)
            var entry = Descriptor(
                mediaType: manifest.mediaType ?? .manifest, digest: image.manifestDigest, size: Int64(bytes.count),
                platform: image.platform)
            entry.annotations = [Annotation.referenceName: image.name, Annotation.imageName: image.name]
            index.manifests.append(entry)
            for descriptor in [entry, manifest.config] + manifest.layers where seen.insert(descriptor.digest).inserted {
                blobs.append(Blob(digest: descriptor.digest, size: descriptor.size))
            }
        }
        self.index = index
        self.blobs = blobs
        let stack = loaded.stack
        document = BundleDocument(
            project: stack.name, directory: files.relative(stack.workingDirectory),
            stackFiles: stack.files.map(files.relative), files: try files.paths.map(files.describe),
            images: images.reduce(into: [:]) { $0[$1.key] = $1.image.manifestDigest.description })
    }

    private static func path(_ layout: String, _ digest: Digest) -> String {
        "\(layout)/blobs/\(digest.algorithm.rawValue)/\(digest.hex)"
    }

    /// Under another name until it is whole.
    func write(to target: String, report: ProgressInbox) throws {
        guard target != "-" else {
            let output = try OwnedDescriptor(open: "/proc/self/fd/1", .writeOnly)
            return try write(TarWriter(output, path: "standard output", makesDirectories: false), report)
        }
        let path = absolutePath(target)
        // Whoever else may write to the directory can't foresee it.
        let partial = path + ".\(Files.unforeseenName()).partial"
        do {
            let output = try OwnedDescriptor(open: partial, [.writeOnly, .create, .exclusive], mode: 0o600)
            try write(TarWriter(output, path: partial, makesDirectories: false), report)
            guard rename(partial, path) == 0 else { throw KernelError("rename", partial, errno: errno) }
        } catch {
            unlink(partial)
            throw error
        }
    }

    private func write(_ writer: TarWriter, _ report: ProgressInbox) throws {
        try writer.add(BundleDocument.entryName, document.json())
        for (path, entry) in zip(files.paths, document.files) {
            let header = TarHeader(
                name: BundleDocument.filesDirectory + entry.path, size: entry.size, mode: entry.mode)
            try writer.add(header, from: OwnedDescriptor(open: path))
        }
        try writer.add("oci-layout", Array("{\"imageLayoutVersion\":\"1.0.0\"}".utf8))
        try writer.add("index.json", index.json())
        let total = blobs.reduce(0) { $0 + $1.size }
        var done: Int64 = 0
        let id = "Bundle of \(document.project)"
        for blob in blobs {
            let header = TarHeader(name: "blobs/\(blob.digest.algorithm.rawValue)/\(blob.digest.hex)", size: blob.size)
            try writer.add(header, from: OwnedDescriptor(open: Self.path(layout, blob.digest))) { written in
                report.send(
                    .progress(
                        Progress(id: id, status: .working, text: "Writing", current: done + written, total: total)))
            }
            done += blob.size
        }
        try writer.finish()
        report.send(.progress(Progress(id: id, status: .done, text: "Written", details: humanSize(writer.written))))
    }
}
