import Launching
import Planning
import StackModel

/// What one run has: processes, their end, and its place on networks.
extension Container {
    func launch() async {
        guard status.machine.isStarting else { return }
        do {
            let joined = try await surroundings.joined(record)
            let launched = try await effects.launch(record, joining: joined) { await self.note($0) }
            launchError = nil
            status.publishedPorts = launched.ports
            send(.started(launched.processes, at: launched.started))
            guard status.machine.processes == launched.processes else { return }
            follow(launched.processes)
            await attach(launched.processes)
        } catch {
            launchError = error
            let code = (error as? LaunchFailure)?.code ?? 125
            send(.launchFailed(code: code, reason: "\(error)"))
        }
    }

    func attach(_ processes: ContainerProcesses) async {
        announced = status.machine.availability
        await effects.attach(record, processes, ports: status.publishedPorts, announced)
    }

    /// Lets the network know what whoever connects can expect, once that has changed.
    func announceAvailability() {
        let seen = status.machine.availability
        let availability = isDraining && seen == .ready ? .draining : seen
        guard status.machine.processes != nil, announced != availability, announced != .gone else { return }
        announced = availability
        enqueue { await $0.effects.setAvailability(availability, of: $0.record) }
    }

    func note(_ ports: [ResolvedPort]) {
        status.publishedPorts = ports
        status.boot = effects.boot
        save()
    }

    /// Watches a running container for its shim's end.
    func follow(_ processes: ContainerProcesses) {
        watch?.cancel()
        watch = Task(executorPreference: effects.executor) { [effects] in
            await effects.waitForEnd(of: processes)
            if !Task.isCancelled { await self.shimEnded(processes) }
        }
    }

    /// Notices an end whose news is still on its way: what is true counts.
    public func refresh() {
        guard let processes = status.machine.processes, !effects.isAlive(processes) else { return }
        shimEnded(processes)
    }

    func shimEnded(_ processes: ContainerProcesses) {
        guard status.machine.processes == processes else { return }
        // Without a record of its end the container was killed together with its shim.
        send(.ended(effects.recordedEnd(of: record) ?? RunEnd(code: 137, finished: effects.now)))
    }

    func cleanUp() {
        cancelProbes()
        let isKilled = effects.recordedEnd(of: record) == nil
        let isAwaited = status.machine.availability == .awaited
        status.publishedPorts = []
        announced = .gone
        enqueue { container in
            await container.effects.cleanUp(after: container.record, isKilled: isKilled, isAwaited: isAwaited)
        }
    }

    func freeze(_ isFrozen: Bool) {
        do {
            try effects.freeze(record, isFrozen)
        } catch {
            effects.complain("\(record.name): \(error)")
        }
    }
}
