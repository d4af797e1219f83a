public import OCI

extension ImageStore {
    /// What a registry has under a name, without its layers.
    ///
    /// - Returns: the digest of the configuration for the platform, and of what the name stands for.
    public func lookUp(
        _ reference: Reference, at registry: any ImageRegistry, platform: Platform? = nil
    ) async throws -> (id: Digest, root: Digest) {
        let name = reference.description
        try refuseImageID(reference)
        let now = try await current(reference, registry)
        if let image = try await whole(name, now, platform) {
            markChecked(name, platform)
            return (image.id, now)
        }
        let root = try await registry.manifest(of: reference, digest: now)
        let content = RegistryContent(registry: registry, reference: reference)
        let document = try await installer(for: name, platform).manifest(in: root, content)
        return (try ImageKind.manifest(document, name).config.digest, now)
    }

    /// The image with this configuration, whatever its name.
    public func image(withID id: Digest) throws -> StoredImage? { try images().first { $0.id == id } }
}
