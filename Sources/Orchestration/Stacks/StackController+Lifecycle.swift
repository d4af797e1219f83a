import Cgroups
import ControlAPI
import Glibc
import Kernel
import Launching
import Logging
import Planning
import Sandboxes
import StackModel

/// What happens to a container's process: start, stop, signals, its end, and its restarts.
extension StackController {
    /// Starts a container and returns when its command has been executed.
    func start(_ id: String, byUser: Bool = true) async throws {
        let entry = try entry(id)
        if entry.isRunning || entry.phase == .starting { return }
        entry.restart?.cancel()
        update(id) { $0.phase = .starting }
        let launched: Launcher.Launched
        do {
            let joined = try networkSource(of: entry.record)
            launched = try await Launcher(engine: engine).launch(entry.record, joining: joined) {
                await self.willLaunch(id, ports: $0, byUser: byUser)
            }
        } catch {
            await engine.layers.release(id)
            let code = (error as? LaunchFailure)?.code ?? 125
            update(id) {
                $0.phase = entry.status.started == 0 ? .created : .exited
                $0.status = entry.status
                $0.status.exitCode = code
                $0.status.failure = "\(error)"
                $0.status.wantedRunning = false
            }
            throw error
        }
        guard entries[id] != nil else {
            Self.end(launched.processes)
            await engine.layers.release(id)
            throw OperationError("container \(entry.record.name) was removed while it started")
        }
        await started(id, launched)
    }

    /// Notes what is about to be launched: should this supervisor end in the middle, the next one knows what to expect.
    private func willLaunch(_ id: String, ports: [ResolvedPort], byUser: Bool) {
        update(id) {
            $0.status.failure = nil
            $0.status.wantedRunning = true
            $0.status.publishedPorts = ports
            $0.status.boot = BootIdentity.current
            _ = $0.restartMachine.handle(.started(byUser: byUser), now: .now)
        }
    }

    private static func end(_ processes: LaunchSuccess) {
        // A process that is gone needs no signal.
        try? ProcessDescriptor(processes.process).signal(SIGKILL)
    }

    /// Notes that a container runs, and begins to watch it.
    private func started(_ id: String, _ launched: Launcher.Launched) async {
        update(id) {
            $0.phase = .running(launched.processes)
            $0.health = $0.record.healthCheck == nil ? .none : .starting
            $0.status.started = launched.started
            $0.status.finished = 0
        }
        await watch(id)
        if let record = entries[id]?.record { tellFollowers(.started(record), of: record) }
    }

    /// Watches a running container: its shim's end, its health, its place in its networks.
    func watch(_ id: String) async {
        guard let entry = entries[id], let processes = entry.processes else { return }
        let shim = processes.monitor
        let task = Task {
            await Self.waitForEnd(of: shim)
            if !Task.isCancelled { await self.ended(id, processes) }
        }
        update(id) { $0.watch = task }
        startProbes(id)
        await engine.networks.attach(entry.record, processes, ports: entry.status.publishedPorts, log: engine.log)
    }

    /// Returns when the process is gone, and reaps it if it is a child of this supervisor.
    static func waitForEnd(of shim: ProcessIdentity) async {
        // A process that can't be opened is gone already.
        guard let process = try? ProcessDescriptor(shim) else { return }
        await Readiness.readable(process.descriptor.number)
        // A shim of an earlier supervisor is init's child, not ours.
        _ = try? process.reap(blocking: false)
    }

    /// A container's shim has ended. Returns when everything that follows is done.
    ///
    /// Its watch notices that, and so may a command that looks at the stack in this moment. It is followed up once for
    /// both: whoever did it a second time could come back from its waiting when the container runs again already, and
    /// would take the new run's layers and call it exited.
    func ended(_ id: String, _ processes: LaunchSuccess) async {
        guard let entry = entries[id], entry.processes == processes else { return }
        let ending = entry.ending ?? Task { await followUp(id, processes) }
        entries[id]?.ending = ending
        await ending.value
    }

    /// Takes away what the run had, and notes how it ended: what the shim wrote says how its container did.
    private func followUp(_ id: String, _ processes: LaunchSuccess) async {
        guard let entry = entries[id], entry.processes == processes else {
            entries[id]?.ending = nil
            return
        }
        let directory = SandboxDirectory(engine.locations.containerRunDirectory(id))
        let exit = directory.exit()
        entry.probes?.cancel()
        if exit == nil { cleanUp(after: entry.record) }
        await engine.networks.detach(entry.record)
        await engine.layers.release(id)
        let now = Instant.now
        // Without a record of its end the container was killed together with its shim.
        let code = exit?.code ?? 128 + SIGKILL
        var action = RestartMachine.Action.stay
        update(id) {
            $0.ending = nil
            $0.phase = .exited
            $0.health = .none
            $0.healthReport = nil
            $0.status.exitCode = code
            $0.status.outOfMemory = exit?.oomKilled ?? false
            // A short life may end before its start was heard of here: the shim was there at both.
            if let exit { $0.status.started = exit.startedNanoseconds }
            $0.status.finished = exit?.finishedNanoseconds ?? now.nanoseconds
            $0.status.publishedPorts = []
            action = $0.restartMachine.handle(.exited(code: code), now: now)
            if case .restart = action { $0.phase = .restarting } else { $0.status.wantedRunning = false }
            // Before the change itself, which may end their streams.
            tellFollowers(.exited(entry.record, code: code, restarts: isRestart(action)), of: entry.record)
        }
        if case .restart(let time) = action { scheduleRestart(id, at: time) }
    }

    /// Removes what a killed shim left: processes, cgroup, links.
    func cleanUp(after record: ContainerRecord) {
        do {
            try engine.cgroups.existing(engine.cgroupPath(record.id)).remove()
        } catch {
            engine.log.error("\(record.name): its control group stays: \(error)")
        }
    }

    func scheduleRestart(_ id: String, at time: Instant) {
        let task = Task {
            do {
                try await Task.sleep(for: (time - .now).duration)
                try await self.restartAfterExit(id)
            } catch is CancellationError {
            } catch {
                self.engine.log.error("\(self.entries[id]?.record.name ?? id): restart failed: \(error)")
                self.restartFailed(id)
            }
        }
        update(id) { $0.restart = task }
    }

    private func restartAfterExit(_ id: String) async throws {
        guard let entry = entries[id], entry.phase == .restarting else { return }
        update(id) {
            $0.restart = nil
            $0.status.restarts += 1
        }
        try await start(id, byUser: false)
    }

    /// A start that fails counts as an exit: the policy says whether there is a next attempt.
    private func restartFailed(_ id: String) {
        var action = RestartMachine.Action.stay
        update(id) {
            action = $0.restartMachine.handle(.exited(code: $0.status.exitCode), now: .now)
            if isRestart(action) { $0.phase = .restarting }
        }
        if case .restart(let time) = action { scheduleRestart(id, at: time) }
    }

    /// Stops a container: its stop signal, and SIGKILL when its grace period is over.
    func stop(_ id: String, signal: String?, timeout: TimeSpan) async throws {
        let entry = try entry(id)
        entry.restart?.cancel()
        update(id) {
            _ = $0.restartMachine.handle(.stoppedByUser, now: .now)
            $0.status.wantedRunning = false
            if $0.phase == .restarting { $0.phase = .exited }
        }
        try await settle(id)
        guard let processes = entries[id]?.processes else { return }
        let number = try SignalName.number(signal ?? entry.record.stopSignal)
        let target = processes.process
        // A process that is gone needs no signal.
        if let process = try? ProcessDescriptor(target) {
            // A signal that PID 1 doesn't handle is dropped by the kernel: waiting for it would be waiting for nothing.
            let isHeard = number == SIGKILL || SignalName.isHandled(number, by: processes.pid)
            try? process.signal(isHeard ? number : SIGKILL)
        }
        let deadline = Task {
            try await Task.sleep(for: timeout.duration)
            try ProcessDescriptor(target).signal(SIGKILL)
        }
        defer { deadline.cancel() }
        _ = try await wait(for: id) { $0?.processes == processes ? nil : true }
    }

    /// `kill`: one signal, and no waiting unless it is the last one.
    func kill(_ id: String, signal: String) async throws {
        let entry = try entry(id)
        let number = try SignalName.number(signal)
        entry.restart?.cancel()
        if number == SIGKILL {
            update(id) {
                _ = $0.restartMachine.handle(.stoppedByUser, now: .now)
                $0.status.wantedRunning = false
                if $0.phase == .restarting { $0.phase = .exited }
            }
        }
        try await settle(id)
        guard let processes = entries[id]?.processes else { return }
        // `try?`: it may have ended by itself in the meantime.
        try? ProcessDescriptor(processes.process).signal(number)
        if number == SIGKILL { _ = try await wait(for: id) { $0?.processes == processes ? nil : true } }
    }

    /// Waits for a launch that is under way: what starts can't be signalled yet.
    private func settle(_ id: String) async throws {
        _ = try await wait(for: id) { $0?.phase == .starting ? nil : true }
    }

    /// The running container whose network a `network_mode: service:X` shares.
    private func networkSource(of record: ContainerRecord) throws -> ContainerEntry? {
        guard case .service(let name) = record.settings.networkMode else { return nil }
        return try entry(service: name, index: nil)
    }
}

private func isRestart(_ action: RestartMachine.Action) -> Bool {
    if case .restart = action { true } else { false }
}

extension ContainerEntry {
    /// The state of the container's restart policy.
    var restartMachine: RestartMachine {
        get { status.restartMachine ?? RestartMachine(policy: record.settings.restart) }
        set { status.restartMachine = newValue }
    }
}

extension Instant {
    /// The wall clock, in nanoseconds since 1970.
    static var now: Instant { Instant(nanoseconds: Timestamp.now()) }
}
