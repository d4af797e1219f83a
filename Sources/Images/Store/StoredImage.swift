public import OCI

/// An image that is in the store, whole and unpacked.
public struct StoredImage: Hashable, Sendable {
    /// The name under which the store keeps it: a normalised reference, or a source such as `oci:/path:tag`.
    /// The digest of the manifest for an image whose name went to another one.
    public let name: String
    /// No name stands for it any more: a later pull or tag took its name.
    public let isDangling: Bool
    /// The repository that it was pulled from, `docker.io/library/redis`; `nil` if it came from elsewhere.
    public let repository: String?
    /// Digest of what the registry's name stood for: the manifest's, or that of an index above it.
    public let root: Digest
    /// Digest of the index that the image was chosen from, which the store keeps; `nil` if it came alone.
    public let index: Digest?
    /// When the name was given last, in RFC 3339; `nil` in an index that another program wrote.
    public let tagged: String?
    /// Digest of the image's manifest for this platform.
    public let manifestDigest: Digest
    /// Digest of the image's configuration, which is what Docker calls the image's id.
    public let id: Digest
    /// What the image says of itself.
    public let configuration: ImageConfiguration
    /// The layers' contents, the top one first as overlayfs' `lowerdir` wants them, each once.
    public let layers: [StoredLayer]
    /// Digests of the layers' contents, the bottom one first.
    public let diffIDs: [Digest]
    /// Bytes of the layers' blobs, as they are transferred.
    public let size: Int64

    /// When the image was made, in RFC 3339, if its maker said.
    public var created: String? { configuration.created }
    /// What the image runs on; `nil` if its maker didn't say.
    public var platform: Platform? { configuration.platform }
}
