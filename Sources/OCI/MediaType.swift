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

    /// The manifests of registries before 2016, which Roost doesn't read; with and without a signature.
    public static let dockerManifestSchema1 = MediaType(
        rawValue: "application/vnd.docker.distribution.manifest.v1+json")
    public static let dockerManifestSchema1Signed = MediaType(
        rawValue: "application/vnd.docker.distribution.manifest.v1+prettyjws")
    public static let dockerConfiguration = MediaType(rawValue: "application/vnd.docker.container.image.v1+json")
    public static let dockerLayer = MediaType(rawValue: "application/vnd.docker.image.rootfs.diff.tar")
    public static let dockerLayerGzip = MediaType(rawValue: "application/vnd.docker.image.rootfs.diff.tar.gzip")
    public static let dockerLayerZstd = MediaType(rawValue: "application/vnd.docker.image.rootfs.diff.tar.zstd")

    /// What Roost asks a registry for, in the order of preference.
    public static let acceptedManifests: [MediaType] = [
        .manifest, .index, .dockerManifest, .dockerManifestList,
    ]

    /// Whether it is one image's manifest.
    public var isManifest: Bool { self == .manifest || self == .dockerManifest }
    /// Whether it is a list of manifests.
    public var isIndex: Bool { self == .index || self == .dockerManifestList }
    /// Whether it is a manifest of the form before 2016.
    public var isSchema1: Bool { self == .dockerManifestSchema1 || self == .dockerManifestSchema1Signed }
    /// Whether it is the configuration of an image that can be run, in OCI's or Docker's form; what else a manifest
    /// may point at makes it an artifact.
    public var isImageConfiguration: Bool { self == .configuration || self == .dockerConfiguration }

    /// Whether it is a layer that its licence keeps out of registries (Windows' base layers): the manifest names places
    /// elsewhere to have it from.
    public var isForeignLayer: Bool {
        rawValue.hasPrefix("application/vnd.oci.image.layer.nondistributable.v1.tar")
            || rawValue.hasPrefix("application/vnd.docker.image.rootfs.foreign.diff.tar")
    }

    /// Whether it is a layer that can be unpacked: a tar stream, as it is or compressed.
    public var isLayer: Bool {
        Self.layers.contains(self)
    }

    private static let layers: Set<MediaType> = [
        .layer, .layerGzip, .layerZstd, .dockerLayer, .dockerLayerGzip, .dockerLayerZstd,
    ]
}
