/// One entry of `GET /v1/volumes`: a volume of this host, whoever made it.
public struct HostVolume: Codable, Equatable, Sendable {
    public var name: String
    public var driver: String
    public var options: [String: String]
    public var labels: [String: String]
    /// The directory of what is in it.
    public var path: String
    /// Seconds since 1970.
    public var created: Int64
    /// Made for one container, without a name in a file.
    public var isAnonymous: Bool
    /// The ids of the containers that use it, whether they run or not.
    public var containers: [String]

    public init(
        name: String, driver: String = "local", options: [String: String] = [:], labels: [String: String] = [:],
        path: String, created: Int64, isAnonymous: Bool = false, containers: [String] = []
    ) {
        self.name = name
        self.driver = driver
        self.options = options
        self.labels = labels
        self.path = path
        self.created = created
        self.isAnonymous = isAnonymous
        self.containers = containers
    }
}

/// `POST /v1/volumes/create`.
public struct VolumeCreation: Codable, Sendable {
    /// `nil`: a name that nobody has.
    public var name: String?
    public var driver = "local"
    public var options: [String: String] = [:]
    public var labels: [String: String] = [:]

    public init(name: String?) { self.name = name }
}

/// `POST /v1/volumes/NAME/remove`.
public struct VolumeRemoval: Codable, Sendable {
    /// One that isn't there is as good as removed.
    public var force = false

    public init() {}
}
