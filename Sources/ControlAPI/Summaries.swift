/// One entry of `GET /v1/stacks/NAME/containers`.
public struct ContainerSummary: Codable, Equatable, Sendable {
    /// 64 hexadecimal digits.
    public var id: String
    public var name: String
    public var stack: String
    public var service: String
    public var number: Int
    /// As the service names it.
    public var image: String
    public var command: String
    /// `created`, `running`, `restarting`, `exited`, `dead`.
    public var state: String
    /// Empty, `starting`, `healthy`, `unhealthy`.
    public var health: String
    public var exitCode: Int32
    /// Nanoseconds since 1970; 0 where it never happened.
    public var created: Int64
    public var started: Int64
    public var finished: Int64
    public var ports: [PortSummary]
    public var labels: [String: String]
    public var networks: [String]
    public var mounts: [String]
    public var pid: Int32
    /// What is wrong with it, and what to do: hardly more is known of a container whose record can't be read.
    public var problem: String?

    public init(
        id: String, name: String, stack: String, service: String, number: Int, image: String, command: String,
        state: String, health: String, exitCode: Int32, created: Int64, started: Int64, finished: Int64,
        ports: [PortSummary], labels: [String: String], networks: [String], mounts: [String], pid: Int32
    ) {
        self.id = id
        self.name = name
        self.stack = stack
        self.service = service
        self.number = number
        self.image = image
        self.command = command
        self.state = state
        self.health = health
        self.exitCode = exitCode
        self.created = created
        self.started = started
        self.finished = finished
        self.ports = ports
        self.labels = labels
        self.networks = networks
        self.mounts = mounts
        self.pid = pid
    }
}

/// A published or exposed port of a container; `publishedPort` is 0 for one that is only exposed.
public struct PortSummary: Codable, Equatable, Sendable {
    public var url: String
    public var targetPort: UInt16
    public var publishedPort: UInt16
    public var `protocol`: String

    public init(url: String, targetPort: UInt16, publishedPort: UInt16, protocol: String) {
        self.url = url
        self.targetPort = targetPort
        self.publishedPort = publishedPort
        self.protocol = `protocol`
    }
}

/// One entry of `GET /v1/stacks`.
public struct StackSummary: Codable, Equatable, Sendable {
    public var name: String
    /// How many containers are in each state, by the state's name.
    public var states: [String: Int]
    public var files: [String]
    /// The directory that the stack's paths start at: it is the stack's own.
    public var directory: String

    public init(name: String, states: [String: Int], files: [String], directory: String = "") {
        self.name = name
        self.states = states
        self.files = files
        self.directory = directory
    }
}

/// One entry of `GET /v1/stacks/NAME/processes`: the processes of a container, as `ps` shows them.
public struct ProcessTable: Codable, Equatable, Sendable {
    /// The container's name.
    public var container: String
    public var service: String
    public var number: Int
    public var titles: [String]
    public var rows: [[String]]

    public init(container: String, service: String, number: Int, titles: [String], rows: [[String]]) {
        self.container = container
        self.service = service
        self.number = number
        self.titles = titles
        self.rows = rows
    }
}

/// One entry of `GET /v1/stacks/NAME/volumes`.
public struct VolumeSummary: Codable, Equatable, Sendable {
    public var name: String
    public var driver: String
    public var labels: [String: String]
    /// The directory of what is in it.
    public var path: String
    /// The services whose containers use it.
    public var services: [String]

    public init(name: String, driver: String, labels: [String: String], path: String, services: [String]) {
        self.name = name
        self.driver = driver
        self.labels = labels
        self.path = path
        self.services = services
    }
}

/// How somebody has to attach to a container: `GET /v1/containers/NAME/attachment`.
public struct AttachmentSettings: Codable, Equatable, Sendable {
    /// It has a terminal.
    public var terminal: Bool
    /// It reads what is written to it.
    public var openInput: Bool

    public init(terminal: Bool, openInput: Bool) {
        self.terminal = terminal
        self.openInput = openInput
    }
}

/// The answer of `POST /v1/containers/NAME/wait`.
public struct ContainerEnd: Codable, Equatable, Sendable {
    public var exitCode: Int32

    public init(exitCode: Int32) { self.exitCode = exitCode }
}

/// One entry of `GET /v1/stacks/NAME/images`.
public struct ContainerImageSummary: Codable, Equatable, Sendable {
    /// The container's name.
    public var container: String
    public var repository: String
    public var tag: String
    /// The configuration's digest.
    public var id: String
    /// `os/architecture[/variant]`.
    public var platform: String
    /// Bytes.
    public var size: Int64
    /// Nanoseconds since 1970; 0 if the image doesn't say.
    public var created: Int64

    public init(
        container: String, repository: String, tag: String, id: String, platform: String, size: Int64,
        created: Int64
    ) {
        self.container = container
        self.repository = repository
        self.tag = tag
        self.id = id
        self.platform = platform
        self.size = size
        self.created = created
    }
}

/// `GET /v1/version`, and the body of every refused request.
public struct SupervisorVersion: Codable, Equatable, Sendable {
    public var version: String
    public var pid: Int32

    public init(version: String, pid: Int32) {
        self.version = version
        self.pid = pid
    }
}

/// The body of an answer with a status of 400 and above.
public struct Refusal: Codable, Equatable, Sendable, Error, CustomStringConvertible {
    public var message: String

    public init(message: String) { self.message = message }

    public var description: String { message }
}
