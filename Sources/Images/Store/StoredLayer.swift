public import OCI

/// How a layer's content is kept.
public enum LayerForm: String, Sendable, CaseIterable, Codable {
    /// One read-only EROFS image, which is mounted.
    case erofs
    /// A directory in overlayfs's form, where EROFS can't be mounted.
    case tree
}

/// A layer that is in the store: its content in overlayfs's form, as a file or as a directory.
public struct StoredLayer: Hashable, Sendable {
    /// Digest of the layer's uncompressed tar stream.
    public let diffID: Digest
    public let form: LayerForm
    /// Absolute path of the image file, or of the directory.
    public let path: String

    init(diffID: Digest, form: LayerForm, path: String) {
        self.diffID = diffID
        self.form = form
        self.path = path
    }

    /// The layer at a path that this type wrote before: `…/ALGORITHM/HEX.erofs` or `…/ALGORITHM/HEX/fs`.
    public init?(path: String) {
        let components = path.split(separator: "/")
        let form: LayerForm = path.hasSuffix(Self.imageSuffix) ? .erofs : .tree
        let names = form == .erofs ? components.suffix(2) : components.suffix(3).dropLast()
        guard names.count == 2, let algorithm = names.first, let name = names.last,
            let diffID = Digest("\(algorithm):\(form == .erofs ? name.dropLast(Self.imageSuffix.count) : name)")
        else { return nil }
        self.init(diffID: diffID, form: form, path: path)
    }

    /// What the names of image files end in.
    static let imageSuffix = ".erofs"
}

/// Written as its path alone, which says everything: containers' records keep it.
extension StoredLayer: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let path = try container.decode(String.self)
        guard let layer = StoredLayer(path: path) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(path) is no layer's place")
        }
        self = layer
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(path)
    }
}
