public import OCI

/// What the store needs of a registry. Whatever it hands over is verified here.
public protocol ImageRegistry: Sendable {
    /// What the reference names now, without its content.
    func descriptor(of reference: Reference) async throws -> Descriptor

    /// The manifest or index that `reference` names, or, with `digest`, another one of the same repository.
    func manifest(of reference: Reference, digest: Digest?) async throws -> ManifestDocument

    /// Hands the blob to `sink`, piece by piece, from the byte `offset` on. A connection that breaks is made again, and
    /// the transfer goes on where it stopped; `sink` never sees a byte twice. The caller verifies the digest.
    func blob(
        _ descriptor: Descriptor, of reference: Reference, from offset: Int64,
        into sink: (UnsafeRawBufferPointer) async throws -> Void
    ) async throws

    /// Whether the repository of `reference` has the blob.
    func hasBlob(_ descriptor: Descriptor, in reference: Reference) async throws -> Bool

    /// Makes a blob of one repository part of another one of the same registry; false if the registry doesn't.
    func mountBlob(_ descriptor: Descriptor, from source: Reference, in reference: Reference) async throws -> Bool

    /// Sends a file as the blob. `progress` is called with the bytes that were sent in all.
    func uploadBlob(
        _ descriptor: Descriptor, file: String, to reference: Reference,
        progress: @escaping @Sendable (Int64) -> Void
    ) async throws

    /// Sends a manifest or index, after everything that it points at. It gets the tag of `reference`, or only its
    /// digest if that has none.
    func putManifest(_ document: ManifestDocument, as reference: Reference) async throws

    /// All tags of the repository.
    func tags(of reference: Reference) async throws -> [String]

    /// What refers to the manifest `digest`: signatures, bills of materials, attestations.
    func referrers(of digest: Digest, in reference: Reference) async throws -> [Descriptor]
}
