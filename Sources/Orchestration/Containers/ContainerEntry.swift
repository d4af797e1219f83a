import Health
import Launching
import Planning
import Sandboxes
import StackModel

/// A container as its stack's controller knows it: what is on disk, and what happens now.
struct ContainerEntry: Sendable {
    var record: ContainerRecord
    var status: ContainerStatus
    var phase: Phase
    var health: HealthStatus = .none
    var healthReport: HealthReport?
    /// The end of the shim, the health probes and the pending restart, each a task that this entry owns: they are
    /// cancelled when the container is removed or its run ends.
    var watch: Task<Void, Never>?
    var probes: Task<Void, Never>?
    var restart: Task<Void, Never>?
    /// What follows the end of the run, while it is under way. It isn't cancelled: it takes away what the run had.
    var ending: Task<Void, Never>?

    /// Where the container is in its life.
    enum Phase: Equatable, Sendable {
        case created
        /// Its shim is at work, and the command has not been executed yet.
        case starting
        case running(LaunchSuccess)
        /// The restart policy will start it again.
        case restarting
        case exited
        /// Its making or removal was interrupted.
        case incomplete
    }

    var isRunning: Bool {
        if case .running = phase { true } else { false }
    }

    /// Whether a supervisor has anything to do for it.
    var isAlive: Bool {
        switch phase {
        case .starting, .running, .restarting: true
        case .created, .exited, .incomplete: false
        }
    }

    var processes: LaunchSuccess? {
        if case .running(let processes) = phase { processes } else { nil }
    }

    /// As the planner sees it.
    var state: Planning.ContainerState {
        switch phase {
        case .created: .created
        case .starting, .running: .running(since: Instant(nanoseconds: status.started))
        case .restarting: .restarting(exitCode: status.exitCode)
        case .exited: .exited(code: status.exitCode)
        case .incomplete: .incomplete
        }
    }

    /// As the planner sees it.
    var observed: ObservedContainer {
        ObservedContainer(
            id: record.id, name: record.name, service: record.service, number: record.number,
            created: Instant(nanoseconds: record.created), image: record.image, imageID: record.imageID,
            settings: record.settings, dependsOn: record.dependsOn, networks: record.networks, volumes: record.volumes,
            state: state, health: health)
    }

    /// Docker's word for the state.
    var stateName: String {
        switch phase {
        case .created: "created"
        case .starting, .running: "running"
        case .restarting: "restarting"
        case .exited: "exited"
        case .incomplete: "dead"
        }
    }

    /// Ends everything that goes on for it.
    func cancelTasks() {
        watch?.cancel()
        probes?.cancel()
        restart?.cancel()
    }
}
