public import OCI

extension RegistryClient {
    /// What the reference names now, without its content.
    public func descriptor(of reference: Reference) async throws -> Descriptor {
        try await manifest(of: reference).descriptor
    }

    /// Whether the repository of `reference` has the blob.
    public func hasBlob(_ descriptor: Descriptor, in reference: Reference) async throws -> Bool {
        throw unfinished(reference)
    }

    /// Makes a blob of one repository part of another one of the same registry; false if the registry doesn't.
    public func mountBlob(
        _ descriptor: Descriptor, from source: Reference, in reference: Reference
    ) async throws -> Bool {
        throw unfinished(reference)
    }

    /// Sends a file as the blob.
    public func uploadBlob(
        _ descriptor: Descriptor, file: String, to reference: Reference,
        progress: @escaping @Sendable (Int64) -> Void
    ) async throws {
        throw unfinished(reference)
    }

    /// Sends a manifest or index.
    public func putManifest(_ document: ManifestDocument, as reference: Reference) async throws {
        throw unfinished(reference)
    }

    /// All tags of the repository.
    public func tags(of reference: Reference) async throws -> [String] {
        throw unfinished(reference)
    }

    /// What refers to the manifest `digest`.
    public func referrers(of digest: Digest, in reference: Reference) async throws -> [Descriptor] {
        throw unfinished(reference)
    }

    private func unfinished(_ reference: Reference) -> RegistryError {
        RegistryError(reference, "push", .malformed(detail: "Roost can't push yet"))
    }
}
