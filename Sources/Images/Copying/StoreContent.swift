import Kernel
import OCI

/// What the store itself holds, as a source for copies.
struct StoreContent: ContentSource {
    let paths: StorePaths
    /// What errors are about.
    let subject: String

    private var directory: ContentDirectory {
        ContentDirectory(path: paths.images, followsLinks: false, subject: subject)
    }

    func manifest(_ descriptor: Descriptor) async throws -> ManifestDocument {
        let bytes = try directory.read(ImageLayout.blob(descriptor.digest), limit: DocumentLimit.manifest)
        return try ManifestDocument(
            bytes: bytes, mediaType: descriptor.mediaType, algorithm: descriptor.digest.algorithm)
    }

    func blob(
        _ descriptor: Descriptor, from offset: Int64, into sink: (UnsafeRawBufferPointer) async throws -> Void
    ) async throws {
        try await directory.stream(ImageLayout.blob(descriptor.digest), from: offset, into: sink)
    }

    func file(_ descriptor: Descriptor) -> String? { paths.blob(descriptor.digest) }
}
