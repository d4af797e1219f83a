/// What some content is, in the names of the OCI image specification and of Docker's registry.
public struct MediaType: RawRepresentable, Hashable, Sendable, Codable, CustomStringConvertible {
    public let rawValue: String

    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    public init(from decoder: any Decoder) throws {
        rawValue = try decoder.singleValueContainer().decode(String.self)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }

    public var description: String { rawValue }

    public static let manifest = MediaType(rawValue: "application/vnd.oci.image.manifest.v1+json")
    public static let index = MediaType(rawValue: "application/vnd.oci.image.index.v1+json")
    public static let configuration = MediaType(rawValue: "application/vnd.oci.image.config.v1+json")
    public static let layer = MediaType(rawValue: "application/vnd.oci.image.layer.v1.tar")
    public static let layerGzip = MediaType(rawValue: "application/vnd.oci.image.layer.v1.tar+gzip")
    public static let layerZstd = MediaType(rawValue: "application/vnd.oci.image.layer.v1.tar+zstd")
    public static let dockerManifest = MediaType(
        rawValue: "application/vnd.docker.distribution.manifest.v2+json")
    public static let dockerManifestList = MediaType(
        rawValue: "application/vnd.docker.distribution.manifest.list.v2+json")

    /// What Roost asks a registry for, in the order of preference.
    public static let acceptedManifests: [MediaType] = [
        .manifest, .index, .dockerManifest, .dockerManifestList,
    ]

    /// Whether it is one image's manifest.
    public var isManifest: Bool { self == .manifest || self == .dockerManifest }
    /// Whether it is a list of manifests.
    public var isIndex: Bool { self == .index || self == .dockerManifestList }
}
