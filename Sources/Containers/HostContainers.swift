import Blocking
import Cgroups
public import ControlAPI
import Glibc
public import Images
import Kernel
import Launching
public import Logging
import OCI
public import Planning
public import Sandboxes
public import StackModel
public import Volumes

/// Containers on this host: the effects as the engines carry them out.
public struct HostContainers: ContainerEffects {
    public let locations: Locations
    public let volumes: VolumeStore
    public let networks: NetworkController
    let store: ContainerStore
    let layers: LayerMounts
    let launcher: Launcher
    let log: Logger

    /// - Parameters:
    ///   - shim: how `roost-shim` is started.
    ///   - supervisorCommand: what a shim runs when the supervisor is gone.
    public init(
        locations: Locations, volumes: VolumeStore, networks: NetworkController, shim: Shim,
        supervisorCommand: [String], log: Logger
    ) throws {
        try Files.makeDirectories(locations.root + "/containers", mode: 0o710)
        try Files.makeDirectories(locations.runRoot + "/containers", mode: 0o711)
        self.locations = locations
        self.volumes = volumes
        self.networks = networks
        self.log = log
        store = ContainerStore(locations: locations)
        layers = LayerMounts(runRoot: locations.runRoot)
        launcher = Launcher(
            locations: locations, store: store, volumes: volumes, networks: networks, layers: layers,
            skeleton: try Skeleton(root: locations.root), seccomp: SeccompCache(), shim: shim,
            cgroups: try ContainerCgroups(locations), availableCapabilities: try Credentials.available(.max),
            supervisorCommand: supervisorCommand)
    }

    // MARK: The clock

    public var now: Instant { .now }
    public var boot: String { BootIdentity.current }
    public var executor: (any TaskExecutor)? { nil }

    public func sleep(until time: Instant) async throws {
        // The wall clock may be set meanwhile; what is waited for is the time between.
        let rest = min(time - now, Self.longestSleep)
        if rest.nanoseconds > 0 { try await Task.sleep(for: rest.duration) }
    }

    /// Who has waited so long looks once more. A month.
    private static let longestSleep = TimeSpan.seconds(2_592_000)

    // MARK: Records

    public func identifiers() throws -> [String] { try store.identifiers() }
    public func read(_ id: String) throws -> ContainerRecord? { try store.record(id) }
    public func status(of record: ContainerRecord) -> ContainerStatus { store.status(of: record) }
    public func newIdentifier() -> String { ContainerStore.newIdentifier() }

    public func save(_ status: ContainerStatus, of record: ContainerRecord) throws {
        try store.save(status, of: record.id)
    }

    public func outline(ofUnreadable id: String) -> ContainerOutline { store.outline(of: id) }

    public func update(_ record: ContainerRecord, isRunning: Bool) throws {
        try store.replace(record)
        guard isRunning else { return }
        try launcher.cgroups.update(record.id, try BundleBuilder.resources(record.settings.resources))
    }

    // MARK: Processes

    public func launch(
        _ record: ContainerRecord, joining joined: JoinedContainers,
        willLaunch: @Sendable ([ResolvedPort]) async -> Void
    ) async throws -> LaunchedContainer {
        try store.keepCopy(record)
        return try await launcher.launch(record, joining: joined, willLaunch: willLaunch)
    }

    public func signal(_ processes: ContainerProcesses, _ signal: Int32) {
        // `try?`: a process that is gone needs no signal.
        guard let process = try? ProcessDescriptor(processes.process) else { return }
        try? process.signal(signal)
    }

    public func isInVain(
        _ signal: Int32, to processes: ContainerProcesses, of record: ContainerRecord, within time: TimeSpan
    ) -> Bool {
        // In a namespace of others it is no first process, to which signals could be lost.
        guard signal != SIGKILL, record.settings.pid ?? .own == .own else { return false }
        // `try?`: if it can't be told, the signal is sent and waited for as usual.
        let others = try? launcher.cgroups.existing(record.id).processes()
        return others?.count == 1 && SignalDelivery.isInVain(signal, to: processes.pid, within: time)
    }

    public func freeze(_ record: ContainerRecord, _ isFrozen: Bool) throws {
        try launcher.cgroups.existing(record.id).freeze(isFrozen)
    }

    public func isAlive(_ processes: ContainerProcesses) -> Bool {
        processes.monitor.isAlive || processes.process.isAlive
    }

    public func waitForEnd(of processes: ContainerProcesses) async {
        // `try?`: a process that can't be opened is gone already.
        if let shim = try? ProcessDescriptor(processes.monitor) {
            await Readiness.readable(shim.descriptor.number)
            // `try?`: a shim of an earlier supervisor is init's child, not ours.
            _ = try? shim.reap(blocking: false)
        }
        await Self.end(processes.process)
    }

    /// Ends what a killed shim left behind. The kernel does so too, but not where the first process has executed a
    /// setuid program (that clears `PR_SET_PDEATHSIG`); and a container has ended only when its processes have.
    private static func end(_ process: ProcessIdentity) async {
        // `try?`: what is gone, or can't be told to end, has ended.
        guard !Task.isCancelled, let main = try? ProcessDescriptor(process) else { return }
        try? main.signal(SIGKILL)
        await Readiness.readable(main.descriptor.number)
    }

    public func recordedEnd(of record: ContainerRecord) -> RunEnd? {
        directory(record).exit().map { exit in
            RunEnd(
                code: exit.code, outOfMemory: exit.oomKilled, started: Instant(nanoseconds: exit.startedNanoseconds),
                finished: Instant(nanoseconds: exit.finishedNanoseconds))
        }
    }

    public func find(_ record: ContainerRecord) async -> ContainerEvent.Found {
        let directory = directory(record)
        guard let state = await Self.settled(directory) else { return .gone(recordedEnd(of: record)) }
        guard state.shim.isAlive, directory.exit() == nil else {
            await Self.end(state.process)
            return .gone(recordedEnd(of: record))
        }
        return .running(
            ContainerProcesses(
                pid: state.pid, startTime: state.startTime, shim: state.shimPid, shimStartTime: state.shimStartTime),
            since: Instant(nanoseconds: state.createdNanoseconds))
    }

    private func directory(_ record: ContainerRecord) -> SandboxDirectory {
        SandboxDirectory(locations.containerRunDirectory(record.id))
    }

    /// The container's state, once no launch is under way any more.
    private static func settled(_ directory: SandboxDirectory) async -> SandboxDirectory.RecordedState? {
        // A launch that nobody waits for any more ends within the shim's own bounds; this is only about not taking a
        // container that starts for one that doesn't exist.
        for _ in 0..<500 {
            if let state = directory.state() { return state }
            guard Files.exists(directory.lockPath), isLocked(directory.lockPath) else { return directory.state() }
            // Cancellation only makes the look more frequent, and it is bounded.
            try? await Task.sleep(for: .milliseconds(10))
        }
        return nil
    }

    private static func isLocked(_ path: String) -> Bool {
        // A lock file that can't be opened is nobody's.
        guard let lock = try? FileLock.take(ifFree: path) else { return true }
        _ = consume lock
        return false
    }

    public func probe(
        _ record: ContainerRecord, _ processes: ContainerProcesses, _ check: EffectiveHealthCheck
    ) async -> ProbeAnswer {
        await ContainerExec(launcher: launcher).probe(record, processes, check)
    }

    public func check(
        _ record: ContainerRecord, _ processes: ContainerProcesses, _ probe: Probe
    ) async -> ProbeAnswer {
        if case .exec(let command) = probe.check {
            let once = EffectiveHealthCheck(command: command, timeout: .seconds(Int64(probe.timeoutSeconds)))
            return await ContainerExec(launcher: launcher).probe(record, processes, once)
        }
        return await NetworkProbe.run(probe, in: processes)
    }

    public func run(
        _ hook: ServiceHook, in record: ContainerRecord, _ processes: ContainerProcesses
    ) async -> ProbeAnswer {
        await ContainerExec(launcher: launcher).run(hook, in: record, processes)
    }

    // MARK: Surroundings

    public func attach(
        _ record: ContainerRecord, _ processes: ContainerProcesses, ports: [ResolvedPort], _ availability: Availability
    ) async {
        await networks.attach(record, processes, ports: ports, availability, log: log)
    }

    public func move(_ record: ContainerRecord, _ processes: ContainerProcesses) async throws {
        try await networks.move(record, processes)
    }

    public func setAvailability(_ availability: Availability, of record: ContainerRecord) async {
        do {
            try await networks.setAvailability(availability, of: record)
        } catch {
            log.error("\(record.name): its network doesn't know that it is \(availability): \(error)")
        }
    }

    public func cleanUp(after record: ContainerRecord, isKilled: Bool, isAwaited: Bool) async {
        if isKilled { removeCgroup(of: record.id, record.name) }
        await networks.detach(record, isAwaited: isAwaited)
        await layers.release(record.id)
    }

    /// The group that a failed launch, or a shim that was killed, left.
    func removeCgroup(of id: String, _ name: String) {
        do {
            try launcher.cgroups.existing(id).remove()
        } catch {
            log.error("\(name): its control group stays: \(error)")
        }
    }

    public func complain(_ text: String) { log.error("\(text)") }

    // MARK: For commands

    /// The program of a further process in a running container, for the command line to hand to the shim.
    public func exec(_ request: ExecRequest, in snapshot: ContainerSnapshot) async throws -> ExecReply {
        guard let processes = snapshot.machine.processes else {
            throw ContainerError("container \(snapshot.record.name) is not running")
        }
        let program = try await ContainerExec(launcher: launcher).program(request, in: snapshot.record, processes)
        return ExecReply(program: program.wire, container: snapshot.record.name)
    }

    public func document(_ snapshot: ContainerSnapshot) async -> ContainerDocument {
        ContainerDocument(
            snapshot, locations: locations, volumes: volumes, places: await networks.places(of: snapshot.record))
    }

    /// What a launch would do, as text.
    public func program(_ record: ContainerRecord) async throws -> String {
        try await launcher.program(record, joining: JoinedContainers()).text
    }

    /// Containers that run keep their layers, mounted or not; others' are taken away.
    public func holdLayers(of records: [ContainerRecord]) async {
        for record in records {
            do {
                try await layers.hold(record.layers, for: record.id)
            } catch {
                // It goes on with what its overlay has; only other containers of the image don't share with it.
                log.error("\(record.name): its layers can't be mounted: \(error)")
            }
        }
        do {
            try await layers.removeUnneeded()
        } catch {
            log.error("layers that nobody uses stay mounted: \(error)")
        }
    }

    /// Mounts what of the layers isn't mounted, for whoever reads them, and returns their directories.
    public func holdLayers(_ records: [StoredLayer], for holder: String) async throws -> [String] {
        try await layers.hold(records, for: holder)
    }

    public func releaseLayers(_ holder: String) async { await layers.release(holder) }

    private static func end(_ process: ProcessIdentity) {
        // `try?`: one that is gone needs no signal.
        guard let process = try? ProcessDescriptor(process) else { return }
        try? process.signal(SIGKILL)
    }

    /// Takes away what is in the run directory of containers that don't exist any more. Somebody may have removed one that
    /// runs.
    public func sweep() throws {
        for name in try Directory.names(in: locations.runRoot + "/containers")
        where !Files.exists(locations.containerDirectory(name)) {
            let directory = SandboxDirectory(locations.containerRunDirectory(name))
            if let state = directory.state() { Self.end(state.process) }
            try Directory.remove(locations.containerRunDirectory(name))
        }
    }
}
