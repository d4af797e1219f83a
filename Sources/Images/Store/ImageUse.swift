public import OCI

/// A container that exists: its image must stay, and its layers whatever happens to the image.
public struct ImageUse: Hashable, Sendable {
    /// The container's id.
    public var container: String
    /// The digest of its image's configuration.
    public var image: Digest
    /// Digests of its layers' contents, where they are known; those of the image count in any case.
    public var layers: Set<Digest>
    /// It runs now.
    public var isRunning: Bool

    public init(container: String, image: Digest, layers: Set<Digest> = [], isRunning: Bool) {
        self.container = container
        self.image = image
        self.layers = layers
        self.isRunning = isRunning
    }
}

/// What went away, in the order in which it went.
public struct Removal: Hashable, Sendable {
    /// One line of what Docker prints.
    public enum Line: Hashable, Sendable, CustomStringConvertible {
        /// A name, as people write it.
        case untagged(String)
        /// An image's id, or a layer's chain id.
        case deleted(Digest)

        public var description: String {
            switch self {
            case .untagged(let name): "Untagged: \(name)"
            case .deleted(let digest): "Deleted: \(digest)"
            }
        }
    }

    public var lines: [Line] = []
    /// Bytes that were given back to the file system, as `du` counts them.
    public var freed: Int64 = 0
    /// Content that nothing needs was left because another process is adding to the store; the next removal takes it.
    public var isIncomplete = false

    public init() {}

    mutating func append(_ other: Removal) {
        lines += other.lines
        freed += other.freed
        isIncomplete = isIncomplete || other.isIncomplete
    }
}
