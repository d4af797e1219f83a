import Planning
public import StackModel

/// What somebody asks of a container.
extension Container {
    /// Starts the container, and returns when its command has been executed.
    public func start() async throws {
        launchError = nil
        send(.startAsked)
        _ = try await wait { snapshot, isBusy in
            snapshot.machine.isStarting || snapshot.machine.stopping != nil || isBusy ? nil : true
        }
        if let launchError, status.machine.run.failure != nil { throw launchError }
    }

    /// Stops the container, and returns when it has ended.
    ///
    /// - Parameters:
    ///   - signal: by name or number; `nil` for its own stop signal.
    ///   - grace: SIGKILL follows when it is over.
    public func stop(signal: String?, grace: TimeSpan) async throws {
        let number = try signal.map(SignalName.number) ?? record.stopSignal.number
        if grace.nanoseconds > 0 && number != ContainerMachine.sigkill {
            await drain()
            try await runPreStop()
        }
        // Where nothing can happen in it, waiting would be waiting for nothing.
        // A second signal is no first one: whoever heard that may be about to end.
        let isFirst = status.machine.stopping == nil && status.machine.wanted == .running
        let isInVain =
            isFirst
            && status.machine.processes.map { effects.isInVain(number, to: $0, of: record, within: grace) } ?? false
        send(.stopAsked(signal: number, grace: isInVain ? TimeSpan(nanoseconds: 0) : grace))
        isDraining = false
        try await ended()
    }

    private func runPreStop() async throws {
        // Whoever came first has run them.
        guard let hooks = record.settings.preStop, status.machine.stopping == nil else { return }
        do {
            try await run(hooks, "pre_stop")
        } catch {
            // It goes on as if nobody had wanted to stop it.
            isDraining = false
            announceAvailability()
            throw error
        }
    }

    /// Whoever connects gets another container from now on: a server that has heard its signal refuses what comes.
    private func drain() async {
        guard status.machine.availability == .ready else { return }
        isDraining = true
        announceAvailability()
        await work?.value
    }

    /// Sends one signal, and waits for the end if that is the last one that anybody sends.
    public func kill(signal: String) async throws {
        let number = try SignalName.number(signal)
        let isStop = number == ContainerMachine.sigkill || number == record.stopSignal.number
        _ = try await wait { snapshot, _ in snapshot.machine.isStarting ? nil : true }
        send(.killAsked(signal: number, isStop: isStop))
        if number == ContainerMachine.sigkill { try await ended() }
    }

    public func pause() { send(.pauseAsked) }
    public func unpause() { send(.unpauseAsked) }

    /// Puts settings into force that hold for a container as it is.
    public func update(_ spec: ContainerSpec) async throws {
        try await change {
            $0.spec = spec
            $0.labels = try ContainerLabels.of($0)
        }
    }

    /// Gives it another name, by which others on its networks find it, too.
    func rename(to name: String) async throws {
        try await change {
            $0.spec.name = name
            $0.labels = try ContainerLabels.of($0)
        }
    }

    /// Changes the record of the container, and what it has where it runs. One change at a time, and none in a launch.
    func change(_ edit: @escaping @Sendable (inout ContainerRecord) throws -> Void) async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            enqueue { container in
                do {
                    continuation.resume(returning: try await container.carryOut(edit))
                } catch {
                    continuation.resume(throwing: error)
                }
            }
        }
    }

    private func carryOut(_ edit: (inout ContainerRecord) throws -> Void) async throws {
        var changed = record
        try edit(&changed)
        // Noted when it is done: what was cut short is still a difference, and done once more it goes on.
        if let processes = status.machine.processes, try changed.isElsewhere(than: record) {
            try await effects.move(changed, processes)
        }
        try effects.update(changed, isRunning: status.machine.processes != nil)
        let old = record
        record = changed
        if old.settings.restart != changed.settings.restart { send(.policyChanged(changed.settings.restart)) }
        if old.settings.probes != changed.settings.probes || old.unhealthyEnd != changed.unhealthyEnd {
            send(.probesChanged(changed.settings.probes, changed.unhealthyEnd))
        }
        if old.healthCheck != changed.healthCheck { send(.healthCheckChanged(changed.healthCheck)) }
    }

    /// Returns when the container doesn't run, and what its run had is taken away.
    private func ended() async throws {
        _ = try await wait { snapshot, isBusy in
            snapshot.status.machine.processes != nil || snapshot.status.machine.isStarting || isBusy ? nil : true
        }
    }
}
