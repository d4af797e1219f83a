/// One entry of `GET /v1/images`: an image under one of its names.
public struct ImageSummary: Codable, Equatable, Sendable {
    /// As people write it, `redis`; `nil` for an image without a name.
    public var repository: String?
    public var tag: String?
    /// `sha256:…` of what the name stands for in its registry.
    public var digest: String?
    /// `sha256:…` of the image's configuration.
    public var id: String
    /// `os/architecture[/variant]`; `nil` if the image doesn't say.
    public var platform: String?
    /// Nanoseconds since 1970; 0 if the image doesn't say.
    public var created: Int64
    /// Bytes.
    public var size: Int64
    public var labels: [String: String]
    /// Its name went to another image; `repository` is then where it came from.
    public var isNameless: Bool
    /// The name under which the store keeps it: `docker.io/library/redis:7`, or `oci:/path:tag`.
    public var storedName: String
    /// `sha256:…` of the image's manifest.
    public var manifest: String

    public init(
        repository: String? = nil, tag: String? = nil, digest: String? = nil, id: String, platform: String? = nil,
        created: Int64, size: Int64, labels: [String: String] = [:], isNameless: Bool = false,
        storedName: String = "", manifest: String = ""
    ) {
        self.repository = repository
        self.tag = tag
        self.digest = digest
        self.id = id
        self.platform = platform
        self.created = created
        self.size = size
        self.labels = labels
        self.isNameless = isNameless
        self.storedName = storedName
        self.manifest = manifest
    }
}

/// One entry of `GET /v1/images/NAME/history`: a step in the making of an image, the newest first.
public struct HistoryEntry: Codable, Equatable, Sendable {
    /// `sha256:…` of the image for the newest step; `nil` for the others.
    public var id: String?
    /// Nanoseconds since 1970; 0 if the image doesn't say.
    public var created: Int64
    public var createdBy: String
    public var size: Int64
    public var comment: String

    public init(id: String?, created: Int64, createdBy: String, size: Int64, comment: String) {
        self.id = id
        self.created = created
        self.createdBy = createdBy
        self.size = size
        self.comment = comment
    }
}
