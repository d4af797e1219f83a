public import Planning
public import StackModel

/// Everything that containers do to the world and ask of it. The engines carry it out on a host; in tests values and a
/// virtual clock do, so that what stands above runs without root, by seed, with a fault between any two effects.
public protocol ContainerEffects: Sendable {
    // MARK: The clock

    var now: Instant { get }
    /// Tells one boot of the host from the next.
    var boot: String { get }
    /// - Throws: `CancellationError` when the task is cancelled.
    func sleep(until time: Instant) async throws
    /// Where tasks run; `nil` for the process's own threads.
    var executor: (any TaskExecutor)? { get }

    // MARK: Records

    /// What is on disk, half-made containers included.
    func identifiers() throws -> [String]
    /// `nil`: its making or removal was interrupted.
    func read(_ id: String) throws -> ContainerRecord?
    func status(of record: ContainerRecord) -> ContainerStatus
    func save(_ status: ContainerStatus, of record: ContainerRecord) throws
    /// What is known of a container whose record can't be read.
    func outline(ofUnreadable id: String) -> ContainerOutline
    func newIdentifier() -> String
    /// Makes the container's volumes and directories; its record comes last and makes it exist.
    ///
    /// - Parameter kept: the anonymous volumes of the container that this one takes the place of.
    /// - Returns: the record with what the making decided.
    func make(_ record: ContainerRecord, keeping kept: [String: String]) async throws -> ContainerRecord
    /// Puts new settings into the record of a container, and into force where it runs.
    func update(_ record: ContainerRecord, isRunning: Bool) throws
    /// Removes everything of a container that doesn't run, or whose making was interrupted.
    ///
    /// - Parameter volumes: anonymous volumes that go too.
    func remove(_ id: String, _ record: ContainerRecord?, volumes: [String]) async throws

    // MARK: Processes

    /// Starts the container, and returns when its command has been executed.
    ///
    /// - Parameters:
    ///   - joined: the containers whose namespaces it shares.
    ///   - willLaunch: told the published ports before each attempt.
    func launch(
        _ record: ContainerRecord, joining joined: JoinedContainers,
        willLaunch: @Sendable ([ResolvedPort]) async -> Void
    ) async throws -> LaunchedContainer
    /// To the first process. One that is gone needs no signal.
    func signal(_ processes: ContainerProcesses, _ signal: Int32)
    /// Whether nothing at all can happen in the container within the time, the signal notwithstanding.
    func isInVain(
        _ signal: Int32, to processes: ContainerProcesses, of record: ContainerRecord, within: TimeSpan
    ) -> Bool
    func freeze(_ record: ContainerRecord, _ isFrozen: Bool) throws
    func isAlive(_ processes: ContainerProcesses) -> Bool
    /// Returns when the container's shim is gone.
    func waitForEnd(of processes: ContainerProcesses) async
    /// How the last run ended, if its shim could write it down.
    func recordedEnd(of record: ContainerRecord) -> RunEnd?
    /// What a new supervisor finds, once no launch is under way any more.
    func find(_ record: ContainerRecord) async -> ContainerEvent.Found
    /// Runs the health check once, and ends it after its time.
    func probe(
        _ record: ContainerRecord, _ processes: ContainerProcesses, _ check: EffectiveHealthCheck
    ) async
        -> ProbeAnswer
    /// Runs one probe once, and ends it after its time.
    func check(_ record: ContainerRecord, _ processes: ContainerProcesses, _ probe: Probe) async -> ProbeAnswer
    /// Runs a command of the service's in the container, to its end or until the task is cancelled.
    func run(_ hook: ServiceHook, in record: ContainerRecord, _ processes: ContainerProcesses) async -> ProbeAnswer

    // MARK: Surroundings

    /// The container runs: its names can be found, its ports lead to it as far as it is available.
    func attach(
        _ record: ContainerRecord, _ processes: ContainerProcesses, ports: [ResolvedPort], _ availability: Availability
    ) async
    /// The running container comes to the networks of its record and leaves the others. Done once more it does nothing.
    func move(_ record: ContainerRecord, _ processes: ContainerProcesses) async throws
    /// From now on, whoever connects to the running container can expect this.
    func setAvailability(_ availability: Availability, of record: ContainerRecord) async
    /// Takes away what the run had.
    ///
    /// - Parameters:
    ///   - isKilled: its shim could not do its part.
    ///   - isAwaited: it will be back: its ports stay its own for some time.
    func cleanUp(after record: ContainerRecord, isKilled: Bool, isAwaited: Bool) async

    /// What can't be done, but must not stop what goes on.
    func complain(_ text: String)
}

/// A container that runs.
public struct LaunchedContainer: Sendable {
    public var processes: ContainerProcesses
    public var ports: [ResolvedPort]
    public var started: Instant

    public init(processes: ContainerProcesses, ports: [ResolvedPort], started: Instant) {
        self.processes = processes
        self.ports = ports
        self.started = started
    }
}

/// The running container whose network another one shares.
public struct NetworkSource: Sendable {
    public var record: ContainerRecord
    public var processes: ContainerProcesses

    public init(record: ContainerRecord, processes: ContainerProcesses) {
        self.record = record
        self.processes = processes
    }
}

/// The containers whose namespaces and volumes another one shares.
public struct JoinedContainers: Sendable {
    public var network: NetworkSource?
    public var pid: ContainerProcesses?
    /// Those whose volumes it sees; they needn't run.
    public var volumes: [(record: ContainerRecord, readOnly: Bool)]

    public init(
        network: NetworkSource? = nil, pid: ContainerProcesses? = nil,
        volumes: [(record: ContainerRecord, readOnly: Bool)] = []
    ) {
        self.network = network
        self.pid = pid
        self.volumes = volumes
    }
}

/// How a probe ended, as whoever ran it says.
public struct ProbeAnswer: Equatable, Sendable {
    /// Longer outputs are cut, as Docker does. Bytes.
    public static let outputLimit = 4096

    public var outcome: ProbeResult.Outcome
    public var output: String

    public init(outcome: ProbeResult.Outcome, output: String = "") {
        self.outcome = outcome
        self.output = output
    }

    /// The output as far as it is kept.
    var boundedOutput: String {
        guard output.utf8.count > Self.outputLimit else { return output }
        return String(decoding: output.utf8.prefix(Self.outputLimit - 3), as: UTF8.self) + "…"
    }
}
