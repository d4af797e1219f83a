import Containers
import Planning
import StackModel
import Synchronization

@testable import Orchestration

// When nothing goes wrong any more.
extension Scenario {
    func calm(_ supervisor: SimulatedSupervisor, _ random: inout SeededGenerator) async -> [String] {
        let stack = RandomStack.withoutClashes(RandomStack.make(&random))
        let behaviours = RandomStack.behaviours(stack, isCalm: true, &random)
        host.state.withLock { state in
            state.faults = SimulatedHost.Faults()
            state.behaviours = behaviours
        }
        host.note("all is calm")
        // The longest pause before a restart is a minute.
        await rest(.seconds(130))
        host.state.withLock { $0.isCalm = true }
        var up = StackOrder(.up(Self.wholeStack), caller: "test")
        up.stack = stack
        do {
            host.note("the plan:\n\(try await supervisor.controller.plan(up, events: EventSink { _ in }).plan.text)")
            _ = try await supervisor.perform(up)
        } catch {
            return ["up failed: \(error)"]
        }
        await rest(.seconds(130))
        var faults = await differences(supervisor, stack)
        if !faults.isEmpty { return faults }
        // Nobody commands anything: what vanishes is made again all the same.
        vanish(supervisor, &random)
        await rest(.seconds(130))
        faults = await differences(supervisor, stack)
        if !faults.isEmpty { return faults.map { "after something vanished: \($0)" } }
        faults = await fresh(supervisor, stack)
        return faults
    }

    private static var wholeStack: PlanOptions {
        var options = PlanOptions()
        options.removeOrphans = true
        return options
    }

    /// What isn't as the stack wants it.
    private func differences(_ supervisor: SimulatedSupervisor, _ stack: Stack) async -> [String] {
        var faults: [String] = []
        do {
            let effects = SimulatedStacks(host: host, supervisor: supervisor.number)
            let observed = try await StackObserver(name: "demo", table: supervisor.table, effects: effects)
                .observe(for: stack)
            let plan = try Plan.up(stack, observed: observed, options: Self.wholeStack)
            if !plan.isEmpty { faults.append("a second up has something to do:\n\(plan.text)") }
        } catch {
            faults.append("no second up: \(error)")
        }
        for container in await supervisor.table.all { faults += await contradictions(container) }
        let (half, pending) = host.state.withLock { ($0.disk.halfMade, $0.disk.ledgers["demo"]?.pending) }
        if !half.isEmpty { faults.append("half made: \(half)") }
        if let pending { faults.append("pending: \(pending)") }
        return faults + strays()
    }

    /// A machine and its record tell the same, and so does what runs.
    private func contradictions(_ container: Container) async -> [String] {
        let snapshot = await container.snapshot
        let name = snapshot.record.name
        let (running, saved, known) = host.state.withLock { state in
            (
                state.processes.values.first { $0.container == snapshot.record.id }?.number,
                state.disk.statuses[snapshot.record.id], state.disk.attached[snapshot.record.id]
            )
        }
        var faults: [String] = []
        if snapshot.machine.processes?.pid != running {
            faults.append("\(name) is \(snapshot.machine.phase), and \(running.map { "\($0)" } ?? "nothing") runs")
        }
        if running != nil, known != snapshot.machine.availability {
            faults.append(
                "\(name) is \(snapshot.machine.availability), and its network takes it for \(known ?? .gone)")
        }
        if let saved, saved.machine.isWorthSaving(since: snapshot.machine) {
            faults.append("\(name) is \(snapshot.machine.phase), and its record says \(saved.machine.phase)")
        }
        return faults
    }

    /// Processes and volumes of nobody.
    private func strays() -> [String] {
        host.state.withLock { state in
            var faults: [String] = []
            for process in state.processes.values where state.disk.records[process.container] == nil {
                faults.append("process \(process.number) of \(process.container) is nobody's")
            }
            let used = Set(state.disk.records.values.flatMap(\.anonymousVolumes.values))
            // A removal without `-v` leaves them for a later `volume prune`; a recreation hands them on.
            for id in state.disk.attached.keys where state.disk.records[id] == nil {
                faults.append("\(id) is gone and has its place in a network")
            }
            for name in used where !state.disk.anonymousVolumes.contains(name) { faults.append("\(name) is gone") }
            return faults
        }
    }

    /// Down to nothing, and up once more: order and gates are kept.
    private func fresh(_ supervisor: SimulatedSupervisor, _ stack: Stack) async -> [String] {
        var options = LifecycleOptions()
        options.volumes = true
        let down = StackOrder(.down(options, services: nil), caller: "test")
        var up = StackOrder(.up(Self.wholeStack), caller: "test")
        up.stack = stack
        do {
            _ = try await supervisor.perform(down)
            if let rest = leftovers() { return [rest] }
            host.state.withLock { $0.gates = stack }
            _ = try await supervisor.perform(up)
            host.state.withLock { $0.gates = nil }
            _ = try await supervisor.perform(down)
            return leftovers().map { [$0] } ?? []
        } catch {
            return ["down and up failed: \(error)"]
        }
    }

    private func leftovers() -> String? {
        host.state.withLock { state in
            let disk = state.disk
            let isClean =
                disk.records.isEmpty && disk.halfMade.isEmpty && disk.statuses.isEmpty && disk.ledgers.isEmpty
                && disk.networks.isEmpty && disk.volumes.isEmpty && disk.attached.isEmpty && state.processes.isEmpty
            return isClean
                ? nil
                : "down left: records \(disk.records.keys), half made \(disk.halfMade), statuses \(disk.statuses.keys), "
                    + "ledgers \(disk.ledgers), networks \(disk.networks.keys), volumes \(disk.volumes.keys), attached "
                    + "\(disk.attached), processes \(state.processes.keys)"
        }
    }
}
