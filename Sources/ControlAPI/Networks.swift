/// One entry of `GET /v1/networks`.
public struct NetworkSummary: Codable, Equatable, Sendable {
    /// 64 hexadecimal digits.
    public var id: String
    public var name: String
    public var driver: String
    /// Nanoseconds since 1970; 0 if nobody knows.
    public var created: Int64
    /// The stack that it was made for; empty for one that was made by hand.
    public var stack: String
    /// No way out to other networks.
    public var isInternal: Bool
    public var hasIPv4: Bool
    public var hasIPv6: Bool
    public var labels: [String: String]
    /// How many containers are on it now.
    public var containers: Int

    public init(
        id: String, name: String, driver: String, created: Int64, stack: String, isInternal: Bool, hasIPv4: Bool,
        hasIPv6: Bool, labels: [String: String], containers: Int
    ) {
        self.id = id
        self.name = name
        self.driver = driver
        self.created = created
        self.stack = stack
        self.isInternal = isInternal
        self.hasIPv4 = hasIPv4
        self.hasIPv6 = hasIPv6
        self.labels = labels
        self.containers = containers
    }
}

/// `POST /v1/networks/NAME/remove`.
public struct NetworkRemovalRequest: Codable, Sendable {
    /// One that isn't there is no error.
    public var force = false

    public init() {}
}

/// `POST /v1/networks/prune`.
public struct NetworkPruneRequest: Codable, Sendable {
    /// The names of those that may go; `nil`: all that were made by hand.
    public var names: [String]?

    public init() {}
}

/// `POST /v1/networks/NAME/disconnect`.
public struct DisconnectionRequest: Codable, Sendable {
    /// Its name or id.
    public var container: String
    /// A container that isn't there, or isn't on the network, is no error.
    public var force = false

    public init(container: String) { self.container = container }
}
