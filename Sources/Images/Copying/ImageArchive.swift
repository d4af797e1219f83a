import Blocking
import Kernel
import OCI

/// An archive of images, unpacked for as long as this value lives.
struct ImageArchive: Sendable {
    enum Content: Sendable {
        case layout(LayoutContent)
        case docker(DockerArchiveContent)
    }

    let content: Content
    /// The archive's own path.
    private let path: String
    private let subject: String
    private let workspace: Workspace

    /// Unpacks the archive in the store's temporary directory, in the confined process. `path` is what its images without
    /// names are called after.
    static func unpack(
        _ input: ArchiveInput, path: String, _ store: ImageStore, subject: String
    ) async throws -> ImageArchive {
        do {
            let workspace = try Workspace.make(in: store.paths.temporary)
            let tree = "\(workspace.path)/archive"
            try StoreFiles.makeDirectory(tree)
            try await store.unpacker.unpack(archive: input, into: tree, "the archive", for: subject)
            let directory = ContentDirectory(path: tree, followsLinks: false, subject: subject, isOwn: true)
            // Reading all layers for their digests takes long, so it is kept off the tasks' threads.
            let content = try await onOwnThread { try Self.content(of: directory) }
            return ImageArchive(content: content, path: path, subject: subject, workspace: workspace)
        } catch let error as KernelError {
            throw error.about(subject)
        }
    }

    private static func content(of directory: ContentDirectory) throws -> Content {
        if Files.exists("\(directory.path)/index.json") { return .layout(try LayoutContent(directory)) }
        guard Files.exists("\(directory.path)/manifest.json") else {
            let detail = "it is neither an OCI image archive nor one of docker save"
            throw ImageError(directory.subject, .malformed(detail: detail))
        }
        return .docker(try DockerArchiveContent(directory))
    }

    /// The image with one of `docker save`'s names; without a tag, the only one.
    func image(_ tag: String?, in docker: DockerArchiveContent) throws -> DockerArchiveContent.Image {
        let names = docker.images.flatMap(\.names)
        guard let tag else {
            guard let image = docker.images.first, docker.images.count == 1 else {
                throw ImageError(subject, .noSuchImage(tag: nil, available: names))
            }
            return image
        }
        let wanted = Reference(tag)?.description
        guard let image = docker.images.first(where: { image in wanted.map(image.names.contains) ?? false }) else {
            throw ImageError(subject, .noSuchImage(tag: tag, available: names))
        }
        return image
    }

    /// The layout's images with the names that they get in the store; an image may stand there once for each platform.
    ///
    /// A name in the annotations is a whole reference, or a tag only, or missing; the archive's own file name then
    /// serves as the repository, so `busybox.tar` with the tag `1.36` is `busybox:1.36`.
    func named(_ layout: LayoutContent) throws(ImageError) -> [(name: String, candidates: Index)] {
        var names: [String] = []
        var entries: [String: Index] = [:]
        for entry in layout.index.manifests {
            let name = try name(of: entry)
            if entries[name] == nil { names.append(name) }
            entries[name, default: Index()].manifests.append(entry)
        }
        return names.compactMap { name in entries[name].map { (name, $0) } }
    }

    private func name(of entry: Descriptor) throws(ImageError) -> String {
        let image = entry.annotations?[Annotation.imageName]
        let tag = entry.annotations?[Annotation.referenceName]
        let whole = image ?? tag.flatMap { $0.contains("/") || $0.contains(":") ? $0 : nil }
        let text = whole ?? "\(repository):\(tag ?? "latest")"
        guard let reference = Reference(text) else {
            throw ImageError(subject, .malformed(detail: "\"\(text)\" is not a name for an image"))
        }
        return reference.description
    }

    /// A repository's name out of the archive's file name.
    private var repository: String {
        let file = path.split(separator: "/").last ?? "image"
        let stem = file.prefix { $0 != "." }.lowercased()
        let letters = stem.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }
        let name = String(letters).split(separator: "-").joined(separator: "-")
        return name.isEmpty ? "image" : name
    }
}
