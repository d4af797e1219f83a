import Addressing
import Containers
import Glibc
import Launching
import Planning
import StackModel
import Synchronization

@testable import Orchestration

/// The effects on containers, as one supervisor of the simulated host has them.
struct SimulatedContainers: ContainerEffects {
    let host: SimulatedHost
    let supervisor: Int

    var now: Instant { host.executor.now }
    var boot: String { "boot" }
    var executor: (any TaskExecutor)? { host.executor }

    func sleep(until time: Instant) async throws {
        try await host.executor.sleep(until: time)
        if !host.state.withLock({ $0.supervisor == supervisor }) { await host.never() }
    }

    // MARK: Records

    func identifiers() throws -> [String] {
        host.state.withLock { Array($0.disk.records.keys) + $0.disk.halfMade }
    }

    func read(_ id: String) throws -> ContainerRecord? { host.state.withLock { $0.disk.records[id] } }

    func status(of record: ContainerRecord) -> ContainerStatus {
        host.state.withLock { $0.disk.statuses[record.id] } ?? ContainerStatus(of: record)
    }

    func save(_ status: ContainerStatus, of record: ContainerRecord) throws {
        try host.check("save \(record.name): \(status.machine.stateName)", supervisor)
        host.state.withLock { $0.disk.statuses[record.id] = status }
    }

    func outline(ofUnreadable id: String) -> ContainerOutline { ContainerOutline(id: id) }

    func newIdentifier() -> String {
        host.state.withLock { state in
            state.lastID += 1
            return "id\(state.lastID)"
        }
    }

    func make(_ record: ContainerRecord, keeping kept: [String: String]) async throws -> ContainerRecord {
        try await host.take("make \(record.name)", supervisor, mayFail: false)
        host.state.withLock { _ = $0.disk.halfMade.insert(record.id) }
        var record = record
        for mount in record.settings.volumes where mount.source == .anonymous {
            let name = kept[mount.target] ?? "anonymous-\(record.id)"
            record.anonymousVolumes[mount.target] = name
            host.state.withLock { _ = $0.disk.anonymousVolumes.insert(name) }
        }
        do {
            try await host.take("make \(record.name) whole", supervisor)
        } catch {
            host.state.withLock { state in
                state.disk.halfMade.remove(record.id)
                for name in record.anonymousVolumes.values where !kept.values.contains(name) {
                    state.disk.anonymousVolumes.remove(name)
                }
            }
            throw error
        }
        host.state.withLock { [record] state in
            state.disk.halfMade.remove(record.id)
            state.disk.records[record.id] = record
        }
        return record
    }

    func update(_ record: ContainerRecord, isRunning: Bool) throws {
        try host.check("update \(record.name)", supervisor)
        host.state.withLock { $0.disk.records[record.id] = record }
    }

    func remove(_ id: String, _ record: ContainerRecord?, volumes: [String]) async throws {
        let name = record?.name ?? id
        try await host.take("remove \(name)", supervisor)
        if host.state.withLock({ state in state.processes.values.contains { $0.container == id } }) {
            host.violate("\(name) is removed while it runs")
        }
        host.state.withLock { state in
            if state.disk.records.removeValue(forKey: id) != nil { state.disk.halfMade.insert(id) }
            for volume in volumes { state.disk.anonymousVolumes.remove(volume) }
            if record == nil { state.disk.anonymousVolumes.remove("anonymous-\(id)") }
            state.disk.attached[id] = nil
        }
        try await host.take("remove \(name) whole", supervisor, mayFail: false)
        host.state.withLock { state in
            state.disk.halfMade.remove(id)
            state.disk.statuses[id] = nil
            state.disk.ends[id] = nil
        }
    }

    // MARK: Processes

    func launch(
        _ record: ContainerRecord, joining joined: JoinedContainers,
        willLaunch: @Sendable ([ResolvedPort]) async -> Void
    ) async throws -> LaunchedContainer {
        try await host.take("prepare \(record.name)", supervisor)
        let ports = record.settings.ports.compactMap { port in
            port.published.map {
                ResolvedPort(hostIP: nil, published: $0.lowerBound, target: port.target, protocol: port.protocol)
            }
        }
        await willLaunch(ports)
        guard host.begins("launch \(record.name)", supervisor) else {
            await host.never()
            throw SimulatedHost.Dead()
        }
        // From here on the shim is at work, whatever becomes of the supervisor.
        let begun = Task(executorPreference: host.executor) { try await shim(record, ports) }
        let result = await begun.result
        guard host.state.withLock({ $0.supervisor == supervisor }) else {
            await host.never()
            throw SimulatedHost.Dead()
        }
        return LaunchedContainer(processes: try result.get(), ports: ports, started: now)
    }

    private func shim(_ record: ContainerRecord, _ ports: [ResolvedPort]) async throws -> ContainerProcesses {
        host.state.withLock { _ = $0.launching.insert(record.id) }
        defer { host.state.withLock { _ = $0.launching.remove(record.id) } }
        try await host.executor.sleep(until: now + .milliseconds(3))
        let (clash, fails) = host.state.withLock { state in
            // The containers of a service hold its ports together.
            let others = state.processes.values.filter { $0.service != record.service }
            let held = others.first { process in
                process.ports.contains { port in
                    ports.contains { $0.published == port.published && $0.protocol == port.protocol }
                }
            }
            return (held, state.behaviours[record.service]?.failsToStart ?? false)
        }
        for network in record.networks.values where host.state.withLock({ $0.disk.networks[network.name] == nil }) {
            throw LaunchFailure("network \(network.name) doesn't exist", step: "net", code: 125, errno: 0)
        }
        if let clash {
            throw LaunchFailure(
                "port is already allocated by \(clash.container)", step: "hold", code: 125, errno: EADDRINUSE)
        }
        if fails { throw LaunchFailure("no such file", step: "execute", code: 127, errno: ENOENT) }
        return host.start(record, ports)
    }

    func signal(_ processes: ContainerProcesses, _ signal: Int32) {
        guard host.begins("signal \(signal) to \(processes.pid)", supervisor) else { return }
        let (process, behaviour) = host.state.withLock { state in
            let process = state.processes[processes.pid]
            return (process, process.flatMap { state.behaviours[$0.service] } ?? SimulatedHost.Behaviour())
        }
        guard let process else { return }
        if signal == SIGKILL { return host.end(processes.pid, code: 137) }
        let isConnected = host.state.withLock { state in
            state.isCalm && state.disk.attached[process.container] == .ready
        }
        if isConnected { host.violate("\(process.container) is told to end while connections still come") }
        guard signal == SIGTERM, let reaction = behaviour.reaction else { return }
        host.executor.at(now + reaction) { host.end(processes.pid, code: 0) }
    }

    func isInVain(
        _ signal: Int32, to processes: ContainerProcesses, of record: ContainerRecord, within: TimeSpan
    ) -> Bool { false }
    func freeze(_ record: ContainerRecord, _ isFrozen: Bool) throws {}

    func isAlive(_ processes: ContainerProcesses) -> Bool {
        host.state.withLock { $0.processes[processes.pid] != nil }
    }

    func waitForEnd(of processes: ContainerProcesses) async {
        await withUnsafeContinuation { continuation in
            let isAlive = host.state.withLock { state in
                guard state.processes[processes.pid] != nil else { return false }
                state.waits[processes.pid, default: []].append(continuation)
                return true
            }
            if !isAlive { continuation.resume() }
        }
        if !host.state.withLock({ $0.supervisor == supervisor }) { await host.never() }
    }

    func recordedEnd(of record: ContainerRecord) -> RunEnd? { host.state.withLock { $0.disk.ends[record.id] } }

    func find(_ record: ContainerRecord) async -> ContainerEvent.Found {
        while host.state.withLock({ $0.launching.contains(record.id) }) {
            try? await host.executor.sleep(until: now + .milliseconds(1))
        }
        let (process, end) = host.state.withLock { state in
            (state.processes.values.first { $0.container == record.id }, state.disk.ends[record.id])
        }
        guard let process else { return .gone(end) }
        return .running(SimulatedHost.processes(process.number), since: process.started)
    }

    func run(
        _ hook: ServiceHook, in record: ContainerRecord, _ processes: ContainerProcesses
    ) async -> ProbeAnswer {
        do {
            try await host.take("run \(hook.command.first ?? "") in \(record.name)", supervisor)
            return ProbeAnswer(outcome: .exited(code: 0))
        } catch {
            return ProbeAnswer(outcome: .failed("\(error)"))
        }
    }

    func probe(
        _ record: ContainerRecord, _ processes: ContainerProcesses, _ check: EffectiveHealthCheck
    ) async -> ProbeAnswer {
        // A probe that dies with its supervisor says nothing.
        try? await host.take("probe \(record.name)", supervisor, mayFail: false)
        let isHealthy = host.state.withLock { state in
            guard let process = state.processes[processes.pid] else { return false }
            let after = state.behaviours[process.service]?.healthyAfter ?? .milliseconds(30)
            return host.executor.now - process.started >= after
        }
        return ProbeAnswer(outcome: .exited(code: isHealthy ? 0 : 1))
    }

    func check(_ record: ContainerRecord, _ processes: ContainerProcesses, _ check: Probe) async -> ProbeAnswer {
        await probe(record, processes, EffectiveHealthCheck(command: ["check"]))
    }

    // MARK: Surroundings

    func attach(
        _ record: ContainerRecord, _ processes: ContainerProcesses, ports: [ResolvedPort], _ availability: Availability
    ) async {
        try? await host.take("attach \(record.name)", supervisor, mayFail: false)
        host.state.withLock { $0.disk.attached[record.id] = availability }
    }

    func move(_ record: ContainerRecord, _ processes: ContainerProcesses) async throws {
        try await host.take("move \(record.name)", supervisor)
    }

    func setAvailability(_ availability: Availability, of record: ContainerRecord) async {
        try? await host.take("\(record.name) is \(availability)", supervisor, mayFail: false)
        host.state.withLock { state in
            if state.disk.attached[record.id] != nil { state.disk.attached[record.id] = availability }
        }
    }

    func cleanUp(after record: ContainerRecord, isKilled: Bool, isAwaited: Bool) async {
        try? await host.take("clean up after \(record.name)", supervisor, mayFail: false)
        host.state.withLock { $0.disk.attached[record.id] = nil }
    }

    func complain(_ text: String) {
        guard host.state.withLock({ $0.supervisor == supervisor }) else { return }
        host.note("complaint: \(text)")
        host.state.withLock { $0.complaints.append(text) }
    }
}
