public import StackModel

// What a new supervisor, a new boot of the host and new settings mean.
extension ContainerMachine {
    mutating func adopted(_ found: ContainerEvent.Found, _ now: Instant) -> [ContainerAction] {
        switch found {
        case .running(let processes, let since): adoptRunning(processes, since, now)
        case .gone(let end): adoptGone(end, now)
        }
    }

    private mutating func adoptRunning(
        _ found: ContainerProcesses, _ since: Instant, _ now: Instant
    ) -> [ContainerAction] {
        probing = nil
        if processes == found {
            // A probe that was under way died with the last supervisor.
            if health != nil && nextProbe == nil && probes?.isStarted != false { nextProbe = now }
            probes?.resume(now)
            // The last supervisor may have died between writing a signal down and sending it.
            guard let stopping else { return [] }
            return unfreeze() + [.signal(stopping.deadline == nil ? Self.sigkill : stopping.signal)]
        }
        // It was being launched when the last supervisor ended, or ended and was launched unrecorded.
        if case .starting = phase {} else { wanted = stopping == nil ? .running : wanted }
        phase = .starting(isRestart: false)
        return started(found, since, now)
    }

    private mutating func adoptGone(_ end: RunEnd?, _ now: Instant) -> [ContainerAction] {
        probing = nil
        switch phase {
        case .running, .paused:
            // Its shim is gone without a word, so that nobody knows how it ended; SIGKILL is the likeliest.
            return ended(end ?? RunEnd(code: 128 + Self.sigkill, finished: now), now)
        case .starting(let isRestart):
            guard let end else { return launchFailed(125, "its start was interrupted; start it again", now) }
            phase = .starting(isRestart: isRestart)
            return endOfUnseenRun(end, now)
        case .waiting(let time):
            phase = .waiting(until: max(time, now))
            return []
        case .created, .exited:
            return []
        }
    }

    /// A run that began and ended while there was no supervisor.
    private mutating func endOfUnseenRun(_ end: RunEnd, _ now: Instant) -> [ContainerAction] {
        phase = .running(ContainerProcesses(pid: 0, startTime: 0, shim: 0, shimStartTime: 0))
        run = ContainerRun()
        return ended(end, now)
    }

    /// Docker's rule for the start of its daemon: `always` outlasts a stop by the user, `unless-stopped` doesn't.
    mutating func hostBooted(_ now: Instant) -> [ContainerAction] {
        probing = nil
        let wasUp = isAlive
        if wasUp {
            if run.finished == nil && run.started != nil {
                run.finished = now
                // As Docker says of what the host took along.
                run.exitCode = 255
            }
            endHealth()
            stopping = nil
            isHealing = nil
            phase = run.started == nil ? .created : .exited
        }
        let isWanted =
            switch restarts.policy {
            case .no: false
            case .always: run.started != nil
            case .unlessStopped: run.started != nil && wanted == .running
            case .onFailure: run.started != nil && wanted == .running && wasUp
            }
        let cleanUp: [ContainerAction] = wasUp ? [.cleanUp] : []
        guard isWanted else { return cleanUp }
        wanted = .running
        restarts.reset()
        phase = .waiting(until: now)
        return cleanUp
    }

    mutating func policyChanged(_ policy: RestartPolicy) -> [ContainerAction] {
        restarts.policy = policy
        guard case .waiting = phase, !restarts.wantsRestart(after: run.exitCode) else { return [] }
        phase = .exited
        return [.announce(.ended(code: run.exitCode, restarts: false))]
    }
}

extension ContainerMachine {
    /// A life as an earlier version of Roost noted it.
    ///
    /// - Parameter isUp: it had been started, and its end wasn't noted. A supervisor that takes it over finds out what
    ///   became of it.
    public init(
        policy: RestartPolicy, healthCheck: EffectiveHealthCheck?, started: Instant?, finished: Instant?,
        exitCode: Int32, outOfMemory: Bool, failure: String?, isUp: Bool, isStoppedByUser: Bool,
        probes: Probes? = nil, unhealthyEnd: UnhealthyEnd? = nil
    ) {
        self.init(policy: policy, healthCheck: healthCheck, probes: probes, unhealthyEnd: unhealthyEnd)
        run.started = started
        run.finished = finished
        run.exitCode = exitCode
        run.outOfMemory = outOfMemory
        run.failure = failure
        wanted = isStoppedByUser ? .stopped : .running
        let unknown = ContainerProcesses(pid: 0, startTime: 0, shim: 0, shimStartTime: 0)
        phase =
            switch (isUp, started) {
            case (true, nil): .starting(isRestart: false)
            case (true, _): .running(unknown)
            case (false, nil): .created
            case (false, _): .exited
            }
    }
}
