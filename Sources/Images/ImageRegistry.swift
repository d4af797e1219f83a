public import OCI

/// What the store needs of a registry. Whatever it hands over is verified here.
public protocol ImageRegistry: Sendable {
    /// The manifest or index that `reference` names, or, with `digest`, another one of the same repository.
    func manifest(of reference: Reference, digest: Digest?) async throws -> ManifestDocument

    /// Hands the blob to `sink`, piece by piece.
    func blob(
        _ descriptor: Descriptor, of reference: Reference,
        into sink: (UnsafeRawBufferPointer) async throws -> Void
    ) async throws
}
