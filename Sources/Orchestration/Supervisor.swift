import Containers
public import ControlAPI
import Glibc
import Images
import Kernel
import Launching
import Logging
import NIOPosix
import Planning
import Sandboxes
import ServiceLifecycle
import StackModel
import UnixSignals
import Volumes

/// All stacks of one instance: finds what runs when it starts, and hands requests to the stacks' controllers.
actor Supervisor {
    let engine: Engine
    nonisolated let table: ContainerTable
    nonisolated let logs: ContainerLogs
    private var controllers: [String: StackController] = [:]
    /// Requests that are being answered.
    private var requests = 0
    private var idleSince = ContinuousClock.now
    private var rest: Task<Void, Never>?

    init(engine: Engine) {
        self.engine = engine
        let logs = ContainerLogs(locations: engine.locations)
        self.logs = logs
        table = ContainerTable(effects: engine.containers) { record, news in logs.tell(record, news) }
    }

    var version: SupervisorVersion { SupervisorVersion(version: roostVersion, pid: getpid()) }

    /// The controller of a stack; one that doesn't exist yet begins empty.
    func controller(of stack: String) -> StackController {
        if let controller = controllers[stack] { return controller }
        let controller = StackController(name: stack, table: table, effects: engine.stacks, logs: logs)
        controllers[stack] = controller
        return controller
    }

    func existing(_ stack: String) -> StackController? { controllers[stack] }
    var all: [StackController] { controllers.sorted { $0.key < $1.key }.map(\.value) }

    /// Lets go of a stack of which nothing is left.
    func forgetIfEmpty(_ stack: String) async {
        // A request that came meanwhile may hold the controller already.
        guard await controllers[stack]?.isEmpty() == true, requests <= 1 else { return }
        controllers[stack] = nil
    }

    // MARK: Adoption

    /// Takes over what an earlier supervisor left: containers that run go on, those that ended are noted, and what was
    /// half done is removed.
    func adopt() async throws {
        try await table.adopt()
        for stack in await table.stacks.union(try engine.stacks.ledgers()) { _ = controller(of: stack) }
        try engine.containers.sweep()
        await engine.containers.holdLayers(of: await table.running().map(\.record))
        let all = await table.snapshots(await table.all)
        let areAll = try engine.containers.identifiers().count == all.count
        await engine.containers.networks.adopt(all, areAll: areAll, log: engine.log)
        await table.resume()
    }

    /// Makes true what is wanted of each stack, where that was cut short.
    func converge() async {
        await withDiscardingTaskGroup { group in
            for controller in all {
                group.addTask {
                    do {
                        try await controller.converge()
                    } catch {
                        self.engine.log.error("stack \(controller.name): \(error)")
                    }
                }
            }
        }
    }

    // MARK: Idleness

    /// Counts a request that is being answered: while there is one, the supervisor stays.
    func serving<Result: Sendable>(_ work: @Sendable () async throws -> Result) async rethrows -> Result {
        requests += 1
        rest?.cancel()
        defer {
            requests -= 1
            idleSince = .now
            if requests == 0 { rest = Task { await self.settle() } }
        }
        return try await work()
    }

    /// A second after the last request, gives back what only requests need.
    private func settle() async {
        do {
            try await Task.sleep(for: .seconds(1))
            try CodePages.release()
        } catch is CancellationError {
        } catch {
            engine.log.warning("memory stays in use: \(error)")
        }
    }

    /// Returns when nothing has needed a supervisor for the time.
    func waitForIdleness(_ time: Duration) async throws {
        while true {
            try await Task.sleep(until: idleSince + time, clock: .continuous)
            // A request may have come while the stacks were asked.
            if await isBusy || requests > 0 { idleSince = .now } else if idleSince + time <= .now { return }
        }
    }

    private var isBusy: Bool {
        get async {
            if requests > 0 { return true }
            for controller in controllers.values where await !controller.isIdle() { return true }
            return false
        }
    }
}

/// Runs the supervisor of an instance until it has nothing left to do or is told to end. Containers go on without it.
///
/// - Parameter readiness: a descriptor that is closed, after a byte was written to it, when requests are answered.
public func supervise(locations: Locations, readiness: Int32?) async throws {
    signal(SIGPIPE, SIG_IGN)
    umask(0o022)
    try Files.makeDirectories(locations.runRoot, mode: 0o711)
    // There is one supervisor at a time. Who waits for readiness found none answering: if the lock is taken, the last
    // one is about to end. A shim's attempt is one of many, and the one that is too many has nothing to do.
    let taken =
        try readiness == nil ? FileLock.take(ifFree: locations.supervisorLock) : FileLock(locations.supervisorLock)
    guard let lock = taken else { return }
    if readiness == nil { redirectErrors(to: locations.supervisorLog) }
    defer { withExtendedLifetime(lock) {} }
    let engine = try Engine(locations: locations)
    let supervisor = Supervisor(engine: engine)
    try await supervisor.adopt()
    let server = try await ControlServer(path: locations.socket, group: MultiThreadedEventLoopGroup.singleton)
    // From here on the shims see that there is a supervisor.
    let alive = try AliveMark(locations.aliveFIFO)
    defer { withExtendedLifetime(alive) {} }
    if let readiness {
        _ = "1".withCString { write(readiness, $0, 1) }
        close(readiness)
    }
    let services = ServiceGroup(
        configuration: .init(
            services: [
                .init(service: ConvergenceService(supervisor: supervisor), successTerminationBehavior: .ignore),
                .init(service: ServerService(server: server, supervisor: supervisor)),
                .init(
                    service: IdlenessService(supervisor: supervisor, time: idleTime),
                    successTerminationBehavior: .gracefullyShutdownGroup),
            ],
            gracefulShutdownSignals: [.sigterm, .sigint], logger: engine.log))
    do {
        try await services.run()
    } catch {
        engine.log.error("the supervisor ends early: \(error)")
    }
    unlink(locations.socket)
}

/// A supervisor that a shim started has nowhere to write yet.
private func redirectErrors(to path: String) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return }
    dup2(descriptor, 2)
    close(descriptor)
}

/// How long a supervisor without work stays, for the next command's sake.
private var idleTime: Duration {
    getenv("ROOST_IDLE_SECONDS").flatMap { Int(String(cString: $0)) }.map { .seconds($0) } ?? .seconds(5)
}

/// The FIFO that a supervisor holds open for writing as long as it lives: the shims see its end.
private struct AliveMark: ~Copyable {
    private let descriptor: OwnedDescriptor

    init(_ path: String) throws {
        if mkfifo(path, 0o600) != 0 && errno != EEXIST { throw KernelError("make", path, errno: errno) }
        // For reading too: opening it for writing alone would wait for a reader.
        descriptor = try OwnedDescriptor(open: path, [.readWrite, .nonBlocking])
    }
}

private struct ServerService: ServiceLifecycle.Service {
    let server: ControlServer
    let supervisor: Supervisor

    func run() async throws {
        let router = ControlRouter(supervisor: supervisor)
        do {
            try await cancelWhenGracefulShutdown {
                try await server.run { request, responder in
                    try await supervisor.serving { try await router.answer(request, responder) }
                }
            }
        } catch is CancellationError {
            // The way in which a server ends.
        }
    }
}

/// Goes on with what the last supervisor was doing when it ended.
private struct ConvergenceService: ServiceLifecycle.Service {
    let supervisor: Supervisor

    func run() async throws {
        await cancelWhenGracefulShutdown { await supervisor.converge() }
    }
}

private struct IdlenessService: ServiceLifecycle.Service {
    let supervisor: Supervisor
    let time: Duration

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown { try await supervisor.waitForIdleness(time) }
        } catch is CancellationError {
            // Told to end before it was idle.
        }
    }
}
