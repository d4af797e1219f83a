import ControlAPI
import Kernel
import Launching
import Planning
import Sandboxes

/// What a new supervisor does with the containers of an earlier one.
extension StackController {
    /// Takes a container from the disk into account. Nothing is started yet.
    func adopt(_ record: ContainerRecord) async {
        let directory = SandboxDirectory(engine.locations.containerRunDirectory(record.id))
        var entry = ContainerEntry(record: record, status: engine.store.status(record.id), phase: .created)
        let state = await Self.settled(directory)
        if let state, state.shim.isAlive, directory.exit() == nil {
            entry.phase = .running(
                LaunchSuccess(
                    pid: state.pid, startTime: state.startTime, shim: state.shimPid,
                    shimStartTime: state.shimStartTime))
            entry.health = record.healthCheck == nil ? .none : .starting
            if state.createdNanoseconds > entry.status.finished && entry.status.started < entry.status.finished
                || entry.status.started == 0
            {
                // It was being launched when the last supervisor ended.
                entry.status.started = state.createdNanoseconds
                entry.status.finished = 0
            }
        } else if entry.status.started != 0 || entry.status.wantedRunning || state != nil {
            entry.phase = .exited
        }
        entries[record.id] = entry
        engine.names.adopt(record)
    }

    /// The container's state, once no launch is under way any more.
    private static func settled(_ directory: SandboxDirectory) async -> SandboxDirectory.RecordedState? {
        // A launch that nobody waits for any more ends within the shim's own bounds; this is only about not taking a
        // container that starts for one that doesn't exist.
        for _ in 0..<500 {
            if let state = directory.state() { return state }
            guard Files.exists(directory.lockPath), isLocked(directory.lockPath) else { return directory.state() }
            // Cancellation only makes the look more frequent, and it is bounded.
            try? await Task.sleep(for: .milliseconds(10))
        }
        return nil
    }

    private static func isLocked(_ path: String) -> Bool {
        // A lock file that can't be opened is nobody's.
        guard let lock = try? FileLock.take(ifFree: path) else { return true }
        _ = consume lock
        return false
    }

    /// The containers that run, with the ports that lead to them.
    var runningContainers: [(ContainerRecord, [ResolvedPort])] {
        entries.values.filter(\.isRunning).map { ($0.record, $0.status.publishedPorts) }
    }

    /// Goes on where the last supervisor ended: watches what runs, and does what was due for what doesn't.
    func resume() async {
        for entry in entries.values.sorted(by: { $0.record.created < $1.record.created }) {
            if entry.isRunning {
                update(entry.record.id) { _ = $0.restartMachine.handle(.adopted(isRunning: true), now: .now) }
                await watch(entry.record.id)
            } else if entry.phase == .exited {
                await resumeExited(entry)
            }
        }
    }

    private func resumeExited(_ entry: ContainerEntry) async {
        let id = entry.record.id
        let directory = SandboxDirectory(engine.locations.containerRunDirectory(id))
        guard entry.status.wantedRunning || entry.restartMachine.restartTime != nil else { return }
        let exit = directory.exit()
        if exit == nil { cleanUp(after: entry.record) }
        // After a reboot `up` starts the stack again, not we.
        let isBooted = entry.status.boot != BootIdentity.current
        var action = RestartMachine.Action.stay
        update(id) {
            if $0.status.wantedRunning {
                $0.status.exitCode = exit?.code ?? (isBooted ? 255 : 137)
                $0.status.finished = exit?.finishedNanoseconds ?? Instant.now.nanoseconds
                if !isBooted { action = $0.restartMachine.handle(.exited(code: $0.status.exitCode), now: .now) }
            } else if !isBooted {
                action = $0.restartMachine.handle(.adopted(isRunning: false), now: .now)
            }
            $0.status.wantedRunning = false
            if case .restart = action { $0.phase = .restarting }
        }
        if case .restart(let time) = action { scheduleRestart(id, at: time) }
    }
}
