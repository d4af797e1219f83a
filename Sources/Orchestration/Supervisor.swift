import Builds
import Containers
package import ControlAPI
import Glibc
import Images
import Kernel
package import Logging
import Planning
import StackModel
import Volumes

/// All stacks of one instance: finds what runs when it starts, and hands requests to the stacks' controllers.
package actor Supervisor {
    let engine: Engine
    nonisolated let table: ContainerTable
    nonisolated let logs: ContainerLogs
    package nonisolated let events = EventHistory()
    /// Commands that are cut short by it are gone on with by the next supervisor.
    private nonisolated let departure = Departure()
    nonisolated let attention = Attention()
    private var controllers: [String: StackController] = [:]
    /// Requests that are being answered.
    private var requests = 0
    private var idleSince = ContinuousClock.now
    private var rest: Task<Void, Never>?
    /// Containers that have ended and are to go then.
    nonisolated let ended: AsyncStream<String>
    private nonisolated let noteEnded: AsyncStream<String>.Continuation

    init(engine: Engine) {
        self.engine = engine
        let logs = ContainerLogs(locations: engine.locations)
        self.logs = logs
        let (ended, noteEnded) = AsyncStream.makeStream(of: String.self)
        (self.ended, self.noteEnded) = (ended, noteEnded)
        table = ContainerTable(effects: engine.containers) { [attention, events] record, news in
            logs.tell(record, news)
            events.note(record, news)
            guard case .ended(_, let restarts) = news else { return }
            attention.call(record.stack)
            if !restarts, record.run?.autoRemove == true { noteEnded.yield(record.id) }
        }
    }

    /// Opens everything that the instance has on disk.
    package init(locations: Locations) throws {
        self.init(engine: try Engine(locations: locations))
    }

    /// The state directory.
    package nonisolated var root: String { engine.locations.root }

    /// Where what concerns no single command is written.
    package nonisolated var log: Logger { engine.log }

    /// This supervisor is about to end: what is being carried out ends between two steps, and the next one goes on.
    package nonisolated func depart() { departure.begin() }

    package nonisolated var version: SupervisorVersion { SupervisorVersion(version: roostVersion, pid: getpid()) }

    /// The controller of a stack; one that doesn't exist yet begins empty.
    func controller(of stack: String) -> StackController {
        if let controller = controllers[stack] { return controller }
        let controller = StackController(
            name: stack, table: table, effects: engine.stacks, logs: logs, departure: departure)
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
    package func adopt() async throws {
        try await table.adopt()
        for stack in await table.stacks.union(try engine.stacks.ledgers()) { _ = controller(of: stack) }
        try engine.containers.sweep()
        await engine.containers.holdLayers(of: await table.running().map(\.record))
        let all = await table.snapshots(await table.all)
        let areAll = try engine.containers.identifiers().count == all.count
        await engine.containers.networks.adopt(all, areAll: areAll, log: engine.log)
        await table.resume()
        try await Builder.sweep(table, engine.containers.networks, engine.locations)
        for snapshot in all where snapshot.record.run?.autoRemove == true { noteEnded.yield(snapshot.record.id) }
    }

    // MARK: Idleness

    /// Counts a request that is being answered: while there is one, the supervisor stays.
    package func serving<Result: Sendable>(_ work: @Sendable () async throws -> Result) async rethrows -> Result {
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
    package func waitForIdleness(_ time: Duration) async throws {
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
