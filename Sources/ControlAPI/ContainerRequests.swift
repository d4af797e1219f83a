public import OCI

/// `POST /v1/containers/NAME/commit`.
public struct CommitRequest: Codable, Sendable {
    /// `nil`: the image has no name.
    public var reference: Reference?
    public var author: String?
    public var message: String?
    /// Dockerfile instructions.
    public var changes: [String] = []
    /// Nothing runs in the container meanwhile.
    public var pause = true

    public init() {}
}

/// `POST /v1/containers/NAME/rename`.
public struct RenameRequest: Codable, Sendable {
    public var name: String

    public init(name: String) { self.name = name }
}

/// `POST /v1/containers/NAME/update`: limits and the restart policy of a container as it is. `nil`: as before.
public struct ContainerUpdate: Codable, Equatable, Sendable {
    /// Bytes.
    public var memory: Int64?
    /// Bytes of memory plus swap, -1 for no limit.
    public var memoryAndSwap: Int64?
    public var memoryReservation: Int64?
    /// Thousandths of a CPU.
    public var milliCPUs: Int64?
    public var cpuShares: Int64?
    /// Microseconds.
    public var cpuQuota: Int64?
    public var cpuPeriod: Int64?
    public var cpuset: String?
    /// -1 for no limit.
    public var pids: Int64?
    /// As a file spells it.
    public var restart: String?

    public init() {}
}

/// One line of `GET /v1/containers/NAME/changes`: a file that isn't as the image has it.
public struct FileChange: Codable, Equatable, Sendable {
    public enum Kind: String, Codable, Sendable {
        case changed = "C"
        case added = "A"
        case deleted = "D"
    }

    public var kind: Kind
    public var path: String

    public init(kind: Kind, path: String) {
        self.kind = kind
        self.path = path
    }
}
