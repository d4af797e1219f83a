public import OCI

/// What is being done to get an image.
public enum ImageProgress: Hashable, Sendable {
    /// The image's name is being looked up.
    case resolving
    /// A layer is there already.
    case present(layer: Digest)
    /// Bytes of a layer's blob that have come, out of how many.
    case downloading(layer: Digest, received: Int64, total: Int64)
    /// Another process is fetching the layer, and this one waits for it.
    case waiting(layer: Digest)
    /// Bytes of a layer's blob that were sent, out of how many.
    case uploading(layer: Digest, sent: Int64, total: Int64)
    /// Bytes of a blob that were copied to where they go, out of how many.
    case copying(layer: Digest, copied: Int64, total: Int64)
    /// A blob is where it was to be copied to.
    case copied(layer: Digest)
    /// A blob is in its registry.
    case uploaded(layer: Digest)
    /// A layer is complete and verified, and is being unpacked.
    case unpacking(layer: Digest)
    /// A layer can be used.
    case ready(layer: Digest)
    /// The image can be used.
    case done(manifest: Digest)
}

/// Takes progress as it happens; called from several tasks at once.
public typealias ImageProgressHandler = @Sendable (ImageProgress) -> Void
