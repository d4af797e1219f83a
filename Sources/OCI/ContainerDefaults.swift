/// What a container of an image starts with, unless its service says otherwise (`config` of an image configuration).
public struct ContainerDefaults: Hashable, Sendable, Codable {
    /// `USER[:GROUP]`, names or numbers; empty means root.
    public var user: String
    /// `PORT[/PROTOCOL]`, sorted.
    public var exposedPorts: [String]
    /// `NAME=VALUE`.
    public var environment: [String]
    /// What is started; `nil` if the image has none.
    public var entrypoint: [String]?
    /// The arguments, or what is started if there is no entry point.
    public var command: [String]?
    /// Directories that get a volume each, sorted.
    public var volumes: [String]
    /// Where the process starts; empty means `/`.
    public var workingDirectory: String
    /// Notes.
    public var labels: [String: String]
    /// The signal that asks the process to end: a name or a number.
    public var stopSignal: String?
    /// How to ask whether the container works.
    public var healthcheck: ImageHealthcheck?
    /// What builds on top of the image do first.
    public var onBuild: [String]?
    /// What shell forms are executed by; `nil`: `/bin/sh -c`.
    public var shell: [String]?
    /// `command` is a line for a shell already. Only Windows looks at it, and BuildKit always writes it.
    public var argumentsEscaped: Bool?

    /// The names are Docker's, as the OCI image specification took them over.
    private enum CodingKeys: String, CodingKey {
        case user = "User"
        case exposedPorts = "ExposedPorts"
        case environment = "Env"
        case entrypoint = "Entrypoint"
        case command = "Cmd"
        case volumes = "Volumes"
        case workingDirectory = "WorkingDir"
        case labels = "Labels"
        case stopSignal = "StopSignal"
        case healthcheck = "Healthcheck"
        case onBuild = "OnBuild"
        case shell = "Shell"
        case argumentsEscaped = "ArgsEscaped"
    }

    /// The value that ports and volumes map to: an object without content.
    private struct Nothing: Codable {}

    public init(
        user: String = "", exposedPorts: [String] = [], environment: [String] = [],
        entrypoint: [String]? = nil,
        command: [String]? = nil, volumes: [String] = [], workingDirectory: String = "",
        labels: [String: String] = [:], stopSignal: String? = nil, healthcheck: ImageHealthcheck? = nil
    ) {
        self.user = user
        self.exposedPorts = exposedPorts
        self.environment = environment
        self.entrypoint = entrypoint
        self.command = command
        self.volumes = volumes
        self.workingDirectory = workingDirectory
        self.labels = labels
        self.stopSignal = stopSignal
        self.healthcheck = healthcheck
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        user = try container.decodeIfPresent(String.self, forKey: .user) ?? ""
        exposedPorts = try Self.keys(container, .exposedPorts)
        environment = try container.decodeIfPresent([String].self, forKey: .environment) ?? []
        entrypoint = try container.decodeIfPresent([String].self, forKey: .entrypoint)
        command = try container.decodeIfPresent([String].self, forKey: .command)
        volumes = try Self.keys(container, .volumes)
        workingDirectory = try container.decodeIfPresent(String.self, forKey: .workingDirectory) ?? ""
        labels = try container.decodeIfPresent([String: String].self, forKey: .labels) ?? [:]
        stopSignal = try container.decodeIfPresent(String.self, forKey: .stopSignal)
        healthcheck = try container.decodeIfPresent(ImageHealthcheck.self, forKey: .healthcheck)
        onBuild = try container.decodeIfPresent([String].self, forKey: .onBuild)
        shell = try container.decodeIfPresent([String].self, forKey: .shell)
        argumentsEscaped = try container.decodeIfPresent(Bool.self, forKey: .argumentsEscaped)
    }

    private static func keys(
        _ container: KeyedDecodingContainer<CodingKeys>, _ key: CodingKeys
    )
        throws -> [String]
    {
        try container.decodeIfPresent([String: Nothing?].self, forKey: key)?.keys.sorted() ?? []
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        func set(_ names: [String]) -> [String: Nothing] {
            Dictionary(names.map { ($0, Nothing()) }) { first, _ in first }
        }
        if !user.isEmpty { try container.encode(user, forKey: .user) }
        if !exposedPorts.isEmpty { try container.encode(set(exposedPorts), forKey: .exposedPorts) }
        if !environment.isEmpty { try container.encode(environment, forKey: .environment) }
        try container.encodeIfPresent(entrypoint, forKey: .entrypoint)
        try container.encodeIfPresent(command, forKey: .command)
        if !volumes.isEmpty { try container.encode(set(volumes), forKey: .volumes) }
        if !workingDirectory.isEmpty {
            try container.encode(workingDirectory, forKey: .workingDirectory)
        }
        if !labels.isEmpty { try container.encode(labels, forKey: .labels) }
        try container.encodeIfPresent(stopSignal, forKey: .stopSignal)
        try container.encodeIfPresent(healthcheck, forKey: .healthcheck)
        try container.encodeIfPresent(onBuild, forKey: .onBuild)
        try container.encodeIfPresent(shell, forKey: .shell)
        try container.encodeIfPresent(argumentsEscaped, forKey: .argumentsEscaped)
    }
}

/// Docker's health check of an image. Durations are in nanoseconds; 0 or `nil` stands for Docker's default.
public struct ImageHealthcheck: Hashable, Sendable, Codable {
    /// `NONE`, `CMD ARGUMENT…` or `CMD-SHELL LINE`; empty inherits.
    public var test: [String]
    /// Nanoseconds between two probes.
    public var interval: Int64?
    /// Nanoseconds that one probe may take.
    public var timeout: Int64?
    /// Nanoseconds after the start in which failures don't count.
    public var startPeriod: Int64?
    /// Nanoseconds between two probes within the start period.
    public var startInterval: Int64?
    /// How many failures in a row make a container unhealthy.
    public var retries: Int?

    private enum CodingKeys: String, CodingKey {
        case test = "Test"
        case interval = "Interval"
        case timeout = "Timeout"
        case startPeriod = "StartPeriod"
        case startInterval = "StartInterval"
        case retries = "Retries"
    }

    public init(
        test: [String], interval: Int64? = nil, timeout: Int64? = nil, startPeriod: Int64? = nil,
        startInterval: Int64? = nil, retries: Int? = nil
    ) {
        self.test = test
        self.interval = interval
        self.timeout = timeout
        self.startPeriod = startPeriod
        self.startInterval = startInterval
        self.retries = retries
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        test = try container.decodeIfPresent([String].self, forKey: .test) ?? []
        interval = try container.decodeIfPresent(Int64.self, forKey: .interval)
        timeout = try container.decodeIfPresent(Int64.self, forKey: .timeout)
        startPeriod = try container.decodeIfPresent(Int64.self, forKey: .startPeriod)
        startInterval = try container.decodeIfPresent(Int64.self, forKey: .startInterval)
        retries = try container.decodeIfPresent(Int.self, forKey: .retries)
    }
}
