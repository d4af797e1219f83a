/// A container that `run` makes for a service.
public struct OneOff: Codable, Equatable, Sendable {
    public var service: String
    /// The container's name.
    public var name: String
    /// The service's, with what `run` changes of them.
    public var settings: ContainerSettings
    public var run: RunSettings

    public init(service: String, name: String, settings: ContainerSettings, run: RunSettings = .init()) {
        self.service = service
        self.name = name
        self.settings = settings
        self.run = run
    }
}

/// How a container runs that somebody started for himself.
public struct RunSettings: Codable, Equatable, Sendable {
    /// It is removed when it has ended.
    public var autoRemove = false
    /// Whoever started it is about to attach.
    public var awaitsAttachment = false
    /// It can be found by its service's name and aliases, as a replica can.
    public var usesAliases = false
    /// The size of that one's terminal, in characters; 0 where there is none.
    public var terminalRows: UInt32 = 0
    public var terminalColumns: UInt32 = 0
    /// One of the runs of its service's schedule; `nil`, as in records of versions that had none: of somebody's own.
    public var job: JobRun?

    public init() {}
}
