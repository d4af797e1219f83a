/// What an image says of itself: how to start it, what it runs on, and which layers it is made of.
public struct ImageConfiguration: Hashable, Sendable, Codable {
    /// The processor that the image is for; empty where its maker didn't say.
    public var architecture: String
    /// The operating system that the image is for; empty where its maker didn't say.
    public var os: String
    /// The processor's generation.
    public var variant: String?
    /// When the image was made, in RFC 3339.
    public var created: String?
    /// Who made it.
    public var author: String?
    /// What a container of the image starts with.
    public var config: ContainerDefaults
    /// The layers' contents.
    public var rootfs: RootFilesystem
    /// How the layers came to be.
    public var history: [HistoryEntry]

    /// The layers by what they contain.
    public struct RootFilesystem: Hashable, Sendable, Codable {
        /// Always `layers`.
        public var type: String
        /// Digests of the layers' uncompressed tar streams, the bottom one first.
        public var diffIDs: [Digest]

        private enum CodingKeys: String, CodingKey {
            case type
            case diffIDs = "diff_ids"
        }

        public init(diffIDs: [Digest]) {
            type = "layers"
            self.diffIDs = diffIDs
        }

        public init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            type = try container.decodeIfPresent(String.self, forKey: .type) ?? "layers"
            diffIDs = try container.decodeIfPresent([Digest].self, forKey: .diffIDs) ?? []
        }
    }

    /// One step in the making of an image.
    public struct HistoryEntry: Hashable, Sendable, Codable {
        /// When, in RFC 3339.
        public var created: String?
        /// The instruction.
        public var createdBy: String?
        /// A remark.
        public var comment: String?
        /// Whether the step made no layer.
        public var emptyLayer: Bool?

        private enum CodingKeys: String, CodingKey {
            case created, comment
            case createdBy = "created_by"
            case emptyLayer = "empty_layer"
        }

        public init(
            created: String? = nil, createdBy: String? = nil, comment: String? = nil,
            emptyLayer: Bool? = nil
        ) {
            self.created = created
            self.createdBy = createdBy
            self.comment = comment
            self.emptyLayer = emptyLayer
        }
    }

    private enum CodingKeys: String, CodingKey {
        case architecture, os, variant, created, author, config, rootfs, history
    }

    public init(
        platform: Platform, config: ContainerDefaults = ContainerDefaults(), diffIDs: [Digest] = [],
        created: String? = nil, history: [HistoryEntry] = []
    ) {
        architecture = platform.architecture
        os = platform.os
        variant = platform.variant
        self.created = created
        self.config = config
        rootfs = RootFilesystem(diffIDs: diffIDs)
        self.history = history
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        architecture = try container.decodeIfPresent(String.self, forKey: .architecture) ?? ""
        os = try container.decodeIfPresent(String.self, forKey: .os) ?? ""
        variant = try container.decodeIfPresent(String.self, forKey: .variant)
        created = try container.decodeIfPresent(String.self, forKey: .created)
        author = try container.decodeIfPresent(String.self, forKey: .author)
        config =
            try container.decodeIfPresent(ContainerDefaults.self, forKey: .config) ?? ContainerDefaults()
        rootfs = try container.decode(RootFilesystem.self, forKey: .rootfs)
        history = try container.decodeIfPresent([HistoryEntry].self, forKey: .history) ?? []
    }

    /// Reads an image configuration in OCI's or Docker's form.
    public init(json: [UInt8]) throws(DocumentError) {
        self = try Document.decode(ImageConfiguration.self, from: json, what: "image configuration")
    }

    /// The configuration as JSON, with a stable order of keys.
    public func json() throws(DocumentError) -> [UInt8] {
        try Document.encode(self, what: "image configuration")
    }

    /// What the image runs on; `nil` where its maker didn't say.
    public var platform: Platform? {
        os.isEmpty || architecture.isEmpty
            ? nil : Platform(os: os, architecture: architecture, variant: variant)
    }
}
