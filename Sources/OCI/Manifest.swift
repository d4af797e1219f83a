/// Points at content: its type, its digest and its size.
public struct Descriptor: Hashable, Sendable, Codable {
    /// What the content is.
    public var mediaType: MediaType
    /// The content's checksum.
    public var digest: Digest
    /// The content's length in bytes.
    public var size: Int64
    /// What an image index says the image runs on.
    public var platform: Platform?
    /// Notes, such as `org.opencontainers.image.ref.name` in an index.
    public var annotations: [String: String]?
    /// Where else the content can be had from, as foreign layers have it.
    public var urls: [String]?
    /// What kind of artifact the content is, in a list of referrers.
    public var artifactType: String?

    private enum CodingKeys: String, CodingKey {
        case mediaType, digest, size, platform, annotations, urls, artifactType
    }

    public init(
        mediaType: MediaType, digest: Digest, size: Int64, platform: Platform? = nil,
        annotations: [String: String]? = nil
    ) {
        self.mediaType = mediaType
        self.digest = digest
        self.size = size
        self.platform = platform
        self.annotations = annotations
    }
}

/// The notes by which an image's name is kept.
public enum Annotation {
    /// The reference's name, of the OCI image specification; skopeo finds an image in a layout by it.
    public static let referenceName = "org.opencontainers.image.ref.name"
    /// The whole normalised reference, as containerd and `docker save` write it.
    public static let imageName = "io.containerd.image.name"
}

/// One image: its configuration and its layers.
public struct Manifest: Hashable, Sendable, Codable {
    /// Always 2.
    public var schemaVersion: Int
    /// The manifest's own type; an OCI manifest may leave it out.
    public var mediaType: MediaType?
    /// The image's configuration.
    public var config: Descriptor
    /// The layers, the bottom one first.
    public var layers: [Descriptor]
    /// Notes.
    public var annotations: [String: String]?

    public init(config: Descriptor, layers: [Descriptor], annotations: [String: String]? = nil) {
        self.schemaVersion = 2
        self.mediaType = .manifest
        self.config = config
        self.layers = layers
        self.annotations = annotations
    }

    /// Reads a manifest in OCI's or Docker's (schema 2) form.
    public init(json: [UInt8]) throws(DocumentError) {
        self = try Document.decode(Manifest.self, from: json, what: "image manifest")
        guard schemaVersion == 2 else {
            throw DocumentError(
                what: "image manifest", reason: "its schemaVersion is \(schemaVersion), not 2")
        }
    }

    /// The manifest as JSON, with a stable order of keys.
    public func json() throws(DocumentError) -> [UInt8] {
        try Document.encode(self, what: "image manifest")
    }
}

/// A list of manifests: an image for several platforms, or the names in an image layout.
public struct Index: Hashable, Sendable, Codable {
    /// Always 2.
    public var schemaVersion: Int
    /// The index's own type; it may be left out.
    public var mediaType: MediaType?
    /// What the index lists.
    public var manifests: [Descriptor]
    /// Notes.
    public var annotations: [String: String]?

    public init(manifests: [Descriptor] = []) {
        self.schemaVersion = 2
        self.mediaType = .index
        self.manifests = manifests
    }

    /// Reads an OCI image index or a Docker manifest list.
    public init(json: [UInt8]) throws(DocumentError) {
        self = try Document.decode(Index.self, from: json, what: "image index")
        guard schemaVersion == 2 else {
            throw DocumentError(
                what: "image index", reason: "its schemaVersion is \(schemaVersion), not 2")
        }
    }

    /// The index as JSON, with a stable order of keys.
    public func json() throws(DocumentError) -> [UInt8] {
        try Document.encode(self, what: "image index")
    }

    /// The entry that suits `host` best; entries that name no platform suit every host, if nothing else does.
    public func best(for host: Platform) -> Descriptor? {
        let scored = manifests.compactMap { entry -> (entry: Descriptor, score: Int)? in
            guard let platform = entry.platform else { return (entry, -1) }
            return host.suitability(of: platform).map { (entry, $0) }
        }
        // The first of equals: the index is in its publisher's order of preference.
        var best = scored.first
        for candidate in scored where candidate.score > (best?.score ?? Int.min) { best = candidate }
        return best?.entry
    }

    /// The platforms that the index has an image for. Attestations, which stand as `unknown/unknown`, aren't images.
    public var platforms: [Platform] {
        manifests.compactMap(\.platform).filter { $0.os != "unknown" }
    }
}

/// A manifest or an index as it came: the bytes that its digest is of, and what they say they are.
public struct ManifestDocument: Hashable, Sendable {
    /// Type, digest and size of `bytes`.
    public let descriptor: Descriptor
    /// The document itself.
    public let bytes: [UInt8]

    /// Computes the descriptor from the bytes. `mediaType` is what the sender called it, if it did.
    public init(
        bytes: [UInt8], mediaType: MediaType?, algorithm: Digest.Algorithm = .sha256
    )
        throws(DocumentError)
    {
        let inner = try Document.decode(SelfDescription.self, from: bytes, what: "image manifest")
        let type = inner.mediaType ?? (inner.manifests == nil ? mediaType : .index) ?? .manifest
        self.bytes = bytes
        descriptor = Descriptor(
            mediaType: type, digest: Digest.of(bytes, algorithm: algorithm), size: Int64(bytes.count))
    }

    private struct SelfDescription: Decodable {
        struct Anything: Decodable {
            init(from decoder: any Decoder) {}
        }
        var mediaType: MediaType?
        var manifests: Anything?
    }
}
