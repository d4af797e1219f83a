import Glibc
import Kernel
import OCI

/// What `docker save` makes, without an image layout in it: configurations and layers that `manifest.json` names. It
/// has no manifests in the OCI sense, so they are made here.
struct DockerArchiveContent: ContentSource {
    /// An image of the archive.
    struct Image: Sendable {
        let document: ManifestDocument
        /// Normalised references; none if it was saved by its id.
        let names: [String]
    }

    private let directory: ContentDirectory
    private let files: [Digest: String]
    let images: [Image]

    /// Reads the archive's table of contents, and all of its content for the digests; so not on a task's thread.
    init(_ directory: ContentDirectory) throws {
        self.directory = directory
        let json = try directory.read("manifest.json", limit: DocumentLimit.manifest)
        var reader = Reader(directory: directory)
        do {
            images = try SavedImage.table(json: json).map { entry in
                guard entry.layers.count <= DocumentLimit.layers else {
                    throw ImageError(directory.subject, .malformed(detail: "it has too many layers"))
                }
                let config = try reader.descriptor(of: entry.configuration, type: .configuration)
                let layers = try entry.layers.map { try reader.descriptor(of: $0, type: nil) }
                let manifest = try Manifest(config: config, layers: layers).json()
                let names = try entry.references().map(\.description)
                return Image(document: try ManifestDocument(bytes: manifest, mediaType: .manifest), names: names)
            }
        } catch let error as DocumentError {
            throw ImageError(directory.subject, .malformed(detail: error.description))
        }
        files = reader.files
    }

    /// Describes files, each once: images share layers.
    private struct Reader {
        let directory: ContentDirectory
        var files: [Digest: String] = [:]
        var known: [String: Descriptor] = [:]

        mutating func descriptor(of name: String, type: MediaType?) throws -> Descriptor {
            if let descriptor = known[name] { return descriptor }
            let file = try directory.open(name)
            var hasher = DigestHasher()
            var size: Int64 = 0
            var start: [UInt8] = []
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
            defer { buffer.deallocate() }
            while true {
                let count = try file.read(into: buffer)
                if count == 0 { break }
                if size == 0 { start = Array(buffer[..<min(count, 4)]) }
                hasher.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                size += Int64(count)
            }
            let descriptor = Descriptor(
                mediaType: type ?? Self.layerType(start), digest: hasher.finalize(), size: size)
            files[descriptor.digest] = name
            known[name] = descriptor
            return descriptor
        }

        /// By the first bytes, RFC 1952 and RFC 8878.
        private static func layerType(_ start: [UInt8]) -> MediaType {
            if start.starts(with: [0x1F, 0x8B]) { return .layerGzip }
            return start == [0x28, 0xB5, 0x2F, 0xFD] ? .layerZstd : .layer
        }
    }

    func manifest(_ descriptor: Descriptor) async throws -> ManifestDocument {
        throw ImageError(directory.subject, .malformed(detail: "it has no manifest \(descriptor.digest)"))
    }

    func blob(
        _ descriptor: Descriptor, from offset: Int64, into sink: (UnsafeRawBufferPointer) async throws -> Void
    ) async throws {
        try await directory.stream(name(of: descriptor), from: offset, into: sink)
    }

    func link(_ descriptor: Descriptor, to path: String) throws(ImageError) -> Bool {
        try directory.link(name(of: descriptor), to: path)
    }

    private func name(of descriptor: Descriptor) throws(ImageError) -> String {
        guard let name = files[descriptor.digest] else {
            throw ImageError(directory.subject, .malformed(detail: "it has no \(descriptor.digest)"))
        }
        return name
    }
}
