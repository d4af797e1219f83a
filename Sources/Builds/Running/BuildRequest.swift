public import Dockerfiles
public import OCI
public import StackModel

/// One image to build.
public struct BuildRequest: Sendable {
    /// Whom it is for, in messages: a service's name.
    public var name: String
    /// Absolute.
    public var context: String
    /// Absolute; `nil`: `text` is it.
    public var dockerfile: String?
    /// As messages name it.
    public var dockerfileName: String
    public var text: [UInt8]
    public var options: BuildOptions
    /// Directories by the names that the file may use.
    public var directories: [String: String] = [:]
    /// The names that the image gets.
    public var names: [Reference] = []
    public var settings = StepSettings()

    public init(
        name: String, context: String, dockerfile: String?, dockerfileName: String, text: [UInt8],
        options: BuildOptions
    ) {
        self.name = name
        self.context = context
        self.dockerfile = dockerfile
        self.dockerfileName = dockerfileName
        self.text = text
        self.options = options
    }
}

/// What all steps of a build have in common.
public struct StepSettings: Equatable, Sendable {
    /// `default`, `none`, `host`.
    public var network = "default"
    public var extraHosts: [ExtraHost] = []
    public var ulimits: [String: ResourceLimitRange] = [:]
    /// Bytes.
    public var shmSize: Int64?
    public var isPrivileged = false
    /// A step may ask for the host's network itself.
    public var mayUseHostNetwork = false
    /// Sockets of SSH agents, by their names.
    public var agents: [String: String] = [:]
    /// Where secrets are, by their names.
    public var secrets: [String: SecretPlace] = [:]

    public init() {}

    public enum SecretPlace: Codable, Equatable, Sendable {
        case file(String)
        case value(String)
    }
}

/// An image that was built.
public struct BuiltImage: Equatable, Sendable {
    public var id: Digest
    public var manifest: Digest
}
