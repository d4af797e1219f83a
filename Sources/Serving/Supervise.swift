import Cgroups
import Containers
public import ControlAPI
import Glibc
import Kernel
import Logging
import NIOPosix
import Orchestration
import ServiceLifecycle
import UnixSignals

/// Runs the supervisor of an instance until it has nothing left to do or is told to end. Containers go on without it.
///
/// - Parameter readiness: a descriptor that is closed, after a byte was written to it, when requests are answered.
public func supervise(locations: Locations, readiness: Int32?) async throws {
    signal(SIGPIPE, SIG_IGN)
    umask(0o022)
    try Files.makeDirectories(locations.runRoot, mode: 0o711)
    guard let lock = try becomeOnlyOne(locations, readiness) else { return }
    redirectErrors(to: locations.supervisorLog)
    defer { withExtendedLifetime(lock) {} }
    let group = ContainerCgroups.own(locations)
    group.enter()
    defer { group.leave() }
    let supervisor = try Supervisor(locations: locations)
    try await supervisor.adopt()
    let server = try SocketServer(
        path: locations.socket, routers: [ControlRoutes(supervisor)], group: MultiThreadedEventLoopGroup.singleton)
    let socket = FileIdentity(locations.socket)
    // From here on the shims see that there is a supervisor.
    let alive = try AliveMark(locations.aliveFIFO)
    defer { withExtendedLifetime(alive) {} }
    if let readiness { tellReady(readiness) }
    let services = ServiceGroup(
        configuration: .init(
            services: [
                .init(service: ConvergenceService(supervisor: supervisor), successTerminationBehavior: .ignore),
                .init(service: ServerService(server: server, supervisor: supervisor)),
                .init(
                    service: IdlenessService(supervisor: supervisor, time: idleTime),
                    successTerminationBehavior: .gracefullyShutdownGroup),
            ],
            gracefulShutdownSignals: [.sigterm, .sigint], logger: supervisor.log))
    do {
        try await services.run()
    } catch {
        supervisor.log.error("the supervisor ends early: \(error)")
    }
    // Whoever removed the run directory may have a supervisor there by now.
    if FileIdentity(locations.socket) == socket { unlink(locations.socket) }
}

/// There is one supervisor of an instance at a time, whoever starts it and dies. One that finds another waits until that
/// one answers, and then isn't needed; until it has ended, and takes its place; or until nobody wants it any more.
///
/// - Returns: `nil` if this one isn't needed.
private func becomeOnlyOne(_ locations: Locations, _ readiness: Int32?) throws -> FileLock? {
    // An earlier shim's attempt is one of many, and the one that is too many has nothing to do.
    guard let readiness else { return try FileLock.take(ifFree: locations.supervisorLock) }
    let wait = try LockWait.wait(
        for: locations.supervisorLock, orListeningAt: locations.socket, orClosed: readiness,
        milliseconds: longestWait)
    switch consume wait {
    case .locked(let lock): return lock
    case .answered: tellReady(readiness)
    case .abandoned: break
    case .timedOut: throw SuccessionFailure(lock: locations.supervisorLock)
    }
    return nil
}

/// Whoever starts a supervisor gives it up long before. Milliseconds.
private let longestWait: Int32 = 60_000

/// Another supervisor neither answers nor ends.
private struct SuccessionFailure: Error, CustomStringConvertible {
    var lock: String
    var description: String { "another supervisor holds \(lock) and doesn't answer; `fuser \(lock)` finds it" }
}

private func tellReady(_ readiness: Int32) {
    _ = "1".withCString { write(readiness, $0, 1) }
    close(readiness)
}

/// Whoever started it may not have given it the log.
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
    let server: SocketServer
    let supervisor: Supervisor

    func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run { answer in try await supervisor.serving { try await answer() } } }
            group.addTask {
                try await gracefulShutdown()
                // Before anything is cancelled, so that nobody takes it for a user who gave his command up.
                supervisor.depart()
            }
            do {
                try await group.next()
            } catch is CancellationError {
                // The way in which a server ends.
            }
            group.cancelAll()
        }
    }
}

/// Goes on with what the last supervisor was doing when it ended, and keeps the stacks as they are wanted.
private struct ConvergenceService: ServiceLifecycle.Service {
    let supervisor: Supervisor

    func run() async throws {
        await cancelWhenGracefulShutdown { await supervisor.lookAfterStacks() }
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
