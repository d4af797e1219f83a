import StackModel

// How the life goes on, event by event.
extension ContainerMachine {
    // MARK: Starts

    mutating func startAsked() -> [ContainerAction] {
        wanted = .running
        restarts.reset()
        switch phase {
        case .created, .exited, .waiting: return launch(isRestart: false)
        case .starting:
            // The stop that was to come is off.
            stopping = nil
            return []
        // One that is being stopped is started again when it has ended.
        case .running, .paused: return []
        }
    }

    private mutating func launch(isRestart: Bool) -> [ContainerAction] {
        phase = .starting(isRestart: isRestart)
        run.failure = nil
        stopping = nil
        return [.launch]
    }

    mutating func started(
        _ processes: ContainerProcesses, _ time: Instant, _ now: Instant
    ) -> [ContainerAction] {
        guard case .starting = phase else { return [] }
        run = ContainerRun()
        run.started = time
        phase = .running(processes)
        isHealing = nil
        probes?.begin(time, now)
        let health = probes?.isStarted == false ? [] : beginHealth(time)
        return [.announce(.started)] + health + takeUpStop(now)
    }

    /// A stop that came while the container started.
    private mutating func takeUpStop(_ now: Instant) -> [ContainerAction] {
        let asked = stopping
        stopping = nil
        guard wanted == .stopped, let asked else { return [] }
        return stopAsked(asked.signal, asked.grace, now)
    }

    mutating func launchFailed(_ code: Int32, _ reason: String, _ now: Instant) -> [ContainerAction] {
        guard case .starting(let isRestart) = phase else { return [] }
        run.exitCode = code
        run.failure = reason
        // A restart that fails counts as an exit; a start that a user asked for is answered, and not tried again.
        if isRestart && wanted == .running { return rest(after: code, ranFor: TimeSpan(nanoseconds: 0), now) }
        wanted = .stopped
        stopping = nil
        phase = run.started == nil ? .created : .exited
        return [.cleanUp, .announce(.ended(code: code, restarts: false))]
    }

    // MARK: Ends

    mutating func ended(_ end: RunEnd, _ now: Instant) -> [ContainerAction] {
        guard processes != nil else { return [] }
        if let started = end.started { run.started = started }
        run.finished = end.finished
        run.exitCode = end.code
        run.outOfMemory = end.outOfMemory
        let length = run.started.map { end.finished - $0 } ?? TimeSpan(nanoseconds: 0)
        let wasStopping = stopping != nil
        endHealth()
        stopping = nil
        let isHealed = wanted == .running && isHealing == true
        isHealing = nil
        if isHealed {
            phase = .waiting(until: restarts.pause(ranFor: length, now: now))
            return [.cleanUp, .announce(.ended(code: end.code, restarts: true))]
        }
        if wanted == .running && wasStopping {
            return [.cleanUp, .announce(.ended(code: end.code, restarts: true))] + launch(isRestart: false)
        }
        return rest(after: end.code, ranFor: length, now)
    }

    /// What comes after a run: a pause before the next one, or the end.
    private mutating func rest(after code: Int32, ranFor length: TimeSpan, _ now: Instant) -> [ContainerAction] {
        let next = wanted == .running ? restarts.next(after: code, ranFor: length, now: now) : nil
        phase = next.map { .waiting(until: $0) } ?? .exited
        return [.cleanUp, .announce(.ended(code: code, restarts: next != nil))]
    }

    // MARK: Stops

    mutating func stopAsked(_ signal: Int32, _ grace: TimeSpan, _ now: Instant) -> [ContainerAction] {
        wanted = .stopped
        switch phase {
        case .created, .exited: return []
        case .waiting:
            phase = .exited
            return [.announce(.ended(code: run.exitCode, restarts: false))]
        case .starting:
            stopping = Stopping(signal: signal, grace: min(grace, stopping?.grace ?? grace))
            return []
        case .running, .paused:
            return stopProcess(signal, until: now + grace, grace)
        }
    }

    mutating func stopProcess(_ signal: Int32, until deadline: Instant, _ grace: TimeSpan) -> [ContainerAction] {
        // Frozen processes take no signals.
        let thaw = unfreeze()
        if let running = stopping {
            // One that was killed already has no deadline any more.
            guard let earlier = running.deadline else { return thaw }
            stopping?.deadline = signal == Self.sigkill ? nil : min(earlier, deadline)
            return signal == Self.sigkill ? thaw + [.signal(signal)] : thaw
        }
        let isLast = signal == Self.sigkill
        stopping = Stopping(signal: signal, grace: grace, deadline: isLast ? nil : deadline)
        return thaw + [.signal(signal)]
    }

    mutating func killAsked(_ signal: Int32, isStop: Bool, _ now: Instant) -> [ContainerAction] {
        guard isStop else {
            // A container that waits for its restart goes on waiting: there is nobody to signal.
            return processes == nil ? [] : [.signal(signal)]
        }
        if signal == Self.sigkill { return stopAsked(signal, TimeSpan(nanoseconds: 0), now) }
        wanted = .stopped
        switch phase {
        case .running, .paused: return unfreeze() + [.signal(signal)]
        case .created, .exited, .waiting, .starting: return stopAsked(signal, Self.longest, now)
        }
    }

    /// `kill` waits for nothing: as good as for ever.
    private static let longest = TimeSpan.seconds(3_155_760_000)

    // MARK: Pauses

    mutating func pauseAsked() -> [ContainerAction] {
        // What is being stopped is not frozen: it could not end.
        guard case .running(let processes) = phase, stopping == nil else { return [] }
        phase = .paused(processes)
        return [.freeze, .announce(.paused)]
    }

    mutating func unpauseAsked() -> [ContainerAction] {
        let thaw = unfreeze()
        return thaw.isEmpty ? [] : thaw + [.announce(.unpaused)]
    }

    mutating func unfreeze() -> [ContainerAction] {
        guard case .paused(let processes) = phase else { return [] }
        phase = .running(processes)
        return [.thaw]
    }

    // MARK: Time

    mutating func timerDue(_ now: Instant) -> [ContainerAction] {
        var actions: [ContainerAction] = []
        if processes != nil, let deadline = stopping?.deadline, deadline <= now {
            stopping?.deadline = nil
            actions += unfreeze() + [.signal(Self.sigkill)]
        }
        if case .waiting(let time) = phase, time <= now {
            restarts.count += 1
            actions += launch(isRestart: true)
        }
        if case .running = phase, probing == nil, let time = nextProbe, time <= now {
            nextProbe = nil
            probing = now
            actions.append(.probe)
        }
        if case .running = phase { actions += (probes?.take(now) ?? []).map { .check($0) } }
        return actions
    }
}
