import Kernel
import OCI

/// An OCI image layout.
struct LayoutContent: ContentSource {
    let directory: ContentDirectory
    /// The images that the layout names.
    let index: Index

    init(_ directory: ContentDirectory) throws(ImageError) {
        self.directory = directory
        do {
            index = try Index(json: try directory.read("index.json", limit: DocumentLimit.manifest))
        } catch let error as DocumentError {
            throw ImageError(directory.subject, .malformed(detail: error.description))
        } catch let error as ImageError {
            throw error
        } catch {
            throw ImageError(directory.subject, .malformed(detail: "index.json can't be read"))
        }
    }

    func manifest(_ descriptor: Descriptor) async throws -> ManifestDocument {
        let bytes = try directory.read(Self.blobName(descriptor), limit: DocumentLimit.manifest)
        return try ManifestDocument(
            bytes: bytes, mediaType: descriptor.mediaType, algorithm: descriptor.digest.algorithm)
    }

    func blob(
        _ descriptor: Descriptor, from offset: Int64, into sink: (UnsafeRawBufferPointer) async throws -> Void
    ) async throws {
        try await directory.stream(Self.blobName(descriptor), from: offset, into: sink)
    }

    func link(_ descriptor: Descriptor, to path: String) throws(ImageError) -> Bool {
        try directory.link(Self.blobName(descriptor), to: path)
    }

    private static func blobName(_ descriptor: Descriptor) -> String {
        "blobs/\(descriptor.digest.algorithm.rawValue)/\(descriptor.digest.hex)"
    }

    /// The entries that carry `tag`; without a tag all of them, which is one image for one or more platforms or else
    /// ambiguous.
    func entries(tagged tag: String?) throws(ImageError) -> [Descriptor] {
        let names = index.manifests.compactMap(Self.name)
        guard let tag else {
            if Set(names).count <= 1 { return index.manifests }
            let latest = index.manifests.filter { Self.name($0) == "latest" }
            if !latest.isEmpty { return latest }
            throw ImageError(directory.subject, .noSuchImage(tag: nil, available: names))
        }
        let normalised = Reference(tag)?.description
        let found = index.manifests.filter { entry in
            let image = entry.annotations?[Annotation.imageName]
            return Self.name(entry) == tag || (image != nil && (image == tag || image == normalised))
        }
        guard !found.isEmpty else { throw ImageError(directory.subject, .noSuchImage(tag: tag, available: names)) }
        return found
    }

    static func name(_ entry: Descriptor) -> String? {
        entry.annotations?[Annotation.referenceName]
    }
}
