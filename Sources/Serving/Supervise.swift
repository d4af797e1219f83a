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
    // There is one supervisor at a time. Who waits for readiness found none answering: if the lock is taken, the last
    // one is about to end. A shim's attempt is one of many, and the one that is too many has nothing to do.
    let taken =
        try readiness == nil ? FileLock.take(ifFree: locations.supervisorLock) : FileLock(locations.supervisorLock)
    guard let lock = taken else { return }
    if readiness == nil { redirectErrors(to: locations.supervisorLog) }
    defer { withExtendedLifetime(lock) {} }
    let supervisor = try Supervisor(locations: locations)
    try await supervisor.adopt()
    let server = try SocketServer(
        path: locations.socket, routers: [ControlRoutes(supervisor)], group: MultiThreadedEventLoopGroup.singleton)
    let socket = FileIdentity(locations.socket)
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
            gracefulShutdownSignals: [.sigterm, .sigint], logger: supervisor.log))
    do {
        try await services.run()
    } catch {
        supervisor.log.error("the supervisor ends early: \(error)")
    }
    // Whoever removed the run directory may have a supervisor there by now.
    if FileIdentity(locations.socket) == socket { unlink(locations.socket) }
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
    let server: SocketServer
    let supervisor: Supervisor

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown {
                try await server.run { answer in try await supervisor.serving { try await answer() } }
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
