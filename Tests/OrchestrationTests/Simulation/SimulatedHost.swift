import Containers
import ControlAPI
import OCI
import Planning
import StackModel
import Synchronization

@testable import Orchestration

/// A host made of values: what is on its disk, which processes run, and what of that a supervisor's death leaves.
///
/// Every effect takes some time and may fail, and before each of them the supervisor may die: what it had begun by then
/// goes on or not, as on a real host, and nothing that it still does has any effect.
final class SimulatedHost: Sendable {
    /// What the simulation does wrong on purpose.
    struct Faults: Sendable {
        /// One effect in so many fails; 0 for none.
        var failureRate = 0
        /// Effects that begin so fail, each time, where they may fail.
        var broken: String?
        /// The supervisor dies before the effect with this number, counted from the last death.
        var deathAt: Int?
        /// The longest an effect takes. Milliseconds.
        var slowness: Int64 = 20
    }

    /// How the processes of a service behave.
    struct Behaviour: Sendable {
        /// Ends by itself after this time with this code.
        var end: (after: TimeSpan, code: Int32)?
        /// Time from the stop signal to the end; `nil`: it ignores the signal.
        var reaction: TimeSpan? = .milliseconds(5)
        /// Healthy this long after its start.
        var healthyAfter = TimeSpan.milliseconds(30)
        var failsToStart = false
    }

    struct Process: Sendable {
        var container: String
        var service: String
        var number: Int32
        var started: Instant
        var ports: [ResolvedPort]
    }

    struct Disk: Sendable {
        var records: [String: ContainerRecord] = [:]
        var halfMade: Set<String> = []
        var statuses: [String: ContainerStatus] = [:]
        var ends: [String: RunEnd] = [:]
        var ledgers: [String: StackLedger] = [:]
        var networks: [String: (definition: StackNetwork, stack: String)] = [:]
        var volumes: [String: (definition: StackVolume, stack: String)] = [:]
        var anonymousVolumes: Set<String> = []
        var images: [String: String] = [:]
        var attached: [String: Availability] = [:]
    }

    struct State: Sendable {
        var disk = Disk()
        var processes: [Int32: Process] = [:]
        var launching: Set<String> = []
        var waits: [Int32: [UnsafeContinuation<Void, Never>]] = [:]
        var behaviours: [String: Behaviour] = [:]
        var faults = Faults()
        var random: SeededGenerator
        var supervisor = 1
        var effects = 0
        var lastPID: Int32 = 100
        var lastID = 0
        var complaints: [String] = []
        /// Nobody kills anything any more.
        var isCalm = false
        /// While set, each start is checked against this stack's dependencies.
        var gates: Stack?
        /// What must never happen, and did.
        var violations: [String] = []
        /// What happened, the newest last.
        var history: [String] = []
    }

    let executor: SimulationExecutor
    let state: Mutex<State>

    init(seed: UInt64) {
        executor = SimulationExecutor(seed: seed)
        state = Mutex(State(random: SeededGenerator(seed: seed)))
    }

    func note(_ text: String) {
        let time = executor.now
        state.withLock { state in
            state.history.append("\(time.nanoseconds / 1_000_000 - 1_000_000) ms: \(text)")
            if state.history.count > 400 { state.history.removeFirst(100) }
        }
    }

    func violate(_ text: String) {
        note("VIOLATION: \(text)")
        state.withLock { $0.violations.append(text) }
    }

    // MARK: Effects in general

    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// What a dead supervisor gets for an effect that doesn't take time.
    struct Dead: Error {}

    /// Counts an effect of a supervisor, which may die before it.
    ///
    /// - Returns: whether the supervisor lives.
    func begins(_ what: String, _ supervisor: Int) -> Bool {
        let isAlive = state.withLock { state in
            guard state.supervisor == supervisor else { return false }
            state.effects += 1
            guard let death = state.faults.deathAt, state.effects >= death else { return true }
            state.faults.deathAt = nil
            state.supervisor += 1
            return false
        }
        if isAlive && !what.hasPrefix("probe") { note(what) }
        return isAlive
    }

    /// An effect that takes its time.
    func take(_ what: String, _ supervisor: Int, mayFail: Bool = true) async throws {
        guard begins(what, supervisor) else { return await never() }
        let (delay, fails) = state.withLock { state in
            let slowness = state.faults.slowness
            let rate = state.faults.failureRate
            let isBroken = state.faults.broken.map { what.hasPrefix($0) } ?? false
            return (
                Int64.random(in: 0...max(0, slowness), using: &state.random),
                mayFail && (isBroken || rate > 0 && Int.random(in: 0..<rate, using: &state.random) == 0)
            )
        }
        // Cancellation doesn't stop an effect in the middle.
        try? await Task(executorPreference: executor) { [executor] in
            try await executor.sleep(until: executor.now + .milliseconds(delay))
        }.value
        guard state.withLock({ $0.supervisor == supervisor }) else { return await never() }
        if fails {
            note("\(what) fails")
            throw Failure(description: "\(what) failed")
        }
    }

    /// A dead supervisor's task: nothing ever comes of it.
    func never() async { await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in } }

    /// An effect that is over at once.
    func check(_ what: String, _ supervisor: Int) throws {
        guard begins(what, supervisor) else { throw Dead() }
    }

    // MARK: Processes

    /// Ends a process. `isRecorded`: its shim wrote the end down.
    func end(_ pid: Int32, code: Int32, isRecorded: Bool = true) {
        let now = executor.now
        let waits = state.withLock { state -> [UnsafeContinuation<Void, Never>] in
            guard let process = state.processes.removeValue(forKey: pid) else { return [] }
            if isRecorded {
                state.disk.ends[process.container] = RunEnd(code: code, started: process.started, finished: now)
            }
            return state.waits.removeValue(forKey: pid) ?? []
        }
        waits.forEach { $0.resume() }
    }

    /// Somebody removes a container from the disk; what runs goes on.
    func vanish(_ id: String) {
        let record = state.withLock { $0.disk.records.removeValue(forKey: id) }
        if let record { note("\(record.name) vanishes") }
    }

    /// What a supervisor takes away when it begins: what is left of containers that nobody has on the disk.
    func sweep(supervisor: Int) {
        guard state.withLock({ $0.supervisor == supervisor }) else { return }
        let processes = state.withLock { state in
            let known = Set(state.disk.records.keys).union(state.disk.halfMade).union(state.launching)
            state.disk.statuses = state.disk.statuses.filter { known.contains($0.key) }
            state.disk.ends = state.disk.ends.filter { known.contains($0.key) }
            state.disk.attached = state.disk.attached.filter { known.contains($0.key) }
            return state.processes.values.filter { !known.contains($0.container) }.map(\.number)
        }
        for process in processes.sorted() { end(process, code: 137, isRecorded: false) }
    }

    func start(_ record: ContainerRecord, _ ports: [ResolvedPort]) -> ContainerProcesses {
        let now = executor.now
        checkGates(record)
        let (process, behaviour) = state.withLock { state in
            state.lastPID += 1
            state.processes[state.lastPID] = Process(
                container: record.id, service: record.service, number: state.lastPID, started: now, ports: ports)
            state.disk.ends[record.id] = nil
            return (state.lastPID, state.behaviours[record.service] ?? Behaviour())
        }
        note("\(record.name) runs as \(process)")
        let twins = state.withLock { $0.processes.values.filter { $0.container == record.id }.count }
        if twins > 1 { violate("\(record.name) runs \(twins) times") }
        if let end = behaviour.end { executor.at(now + end.after) { self.end(process, code: end.code) } }
        return Self.processes(process)
    }

    static func processes(_ pid: Int32) -> ContainerProcesses {
        ContainerProcesses(pid: pid, startTime: UInt64(pid), shim: pid, shimStartTime: UInt64(pid))
    }

    /// Whether what the container's service depends on has come as far as it asks for.
    private func checkGates(_ record: ContainerRecord) {
        let now = executor.now
        let broken = state.withLock { state -> [String] in
            guard let service = state.gates?.services[record.service] else { return [] }
            return service.dependsOn.filter { $0.value.required }.flatMap { name, dependency in
                state.disk.records.values.filter { $0.service == name }.compactMap { other in
                    let process = state.processes.values.first { $0.container == other.id }
                    let after = state.behaviours[name]?.healthyAfter ?? .milliseconds(30)
                    let holds =
                        switch dependency.condition {
                        case .serviceStarted: process != nil || state.disk.ends[other.id] != nil
                        case .serviceHealthy: process.map { now - $0.started >= after } ?? false
                        case .serviceCompletedSuccessfully: state.disk.ends[other.id]?.code == 0 && process == nil
                        }
                    return holds ? nil : "\(record.name) starts before \(other.name): \(dependency.condition)"
                }
            }
        }
        broken.forEach(violate)
    }
}
