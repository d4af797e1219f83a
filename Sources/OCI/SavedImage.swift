/// One image of an archive that `docker save` made: what its table of contents, `manifest.json`, says of it.
public struct SavedImage: Hashable, Sendable, Codable {
    /// The name of the archive's file with the configuration.
    public var configuration: String
    /// References without their defaults, `redis:7`; none for an image that was saved by its id.
    public var names: [String]?
    /// Names of the files with the layers, the lowest first.
    public var layers: [String]

    private enum CodingKeys: String, CodingKey {
        case configuration = "Config"
        case names = "RepoTags"
        case layers = "Layers"
    }

    public init(configuration: String, names: [String], layers: [String]) {
        self.configuration = configuration
        self.names = names
        self.layers = layers
    }

    /// Reads a table of contents.
    public static func table(json: [UInt8]) throws(DocumentError) -> [SavedImage] {
        let images = try Document.decode([SavedImage].self, from: json, what: what)
        for image in images {
            for name in [image.configuration] + image.layers where name.isEmpty || name.utf8.contains(0) {
                throw DocumentError(what: what, reason: "it names a file \"\(name)\"")
            }
        }
        return images
    }

    /// Writes a table of contents.
    public static func json(_ images: [SavedImage]) throws(DocumentError) -> [UInt8] {
        try Document.encode(images, what: what)
    }

    /// The names in their normal form.
    public func references() throws(DocumentError) -> [Reference] {
        var references: [Reference] = []
        for name in names ?? [] {
            guard let reference = Reference(name) else {
                throw DocumentError(what: Self.what, reason: "\"\(name)\" isn't a name for an image")
            }
            references.append(reference)
        }
        return references
    }

    private static let what = "archive's manifest.json"
}
