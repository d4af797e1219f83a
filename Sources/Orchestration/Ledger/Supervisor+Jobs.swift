import Containers
package import ControlAPI
import Planning
import StackModel

/// What of a stack runs to its end.
extension Supervisor {
    package func jobs(of stack: String) async throws -> [JobSummary] {
        do {
            guard let ledger = try engine.stacks.ledger(of: stack), let wanted = ledger.current?.stack else {
                return []
            }
            let containers = await table.snapshots(of: stack).map(\.observed)
            let zones = try engine.stacks.zones(of: wanted)
            let now = table.effects.now.nanoseconds / 1_000_000_000
            return wanted.services.values.filter { ledger.replicas[$0.name] != nil }.sorted { $0.name < $1.name }
                .compactMap { service in
                    if let settings = service.schedule, let zone = zones[settings.timeZone] {
                        return JobSummary(
                            service, Schedule(settings, in: zone), ledger.schedules?[service.name],
                            ServiceRuns(containers, of: service.name), now: now)
                    }
                    return service.isJob == true ? JobSummary(service, containers) : nil
                }
        } catch let error as OperationError {
            throw SupervisorRefusal(.conflict, error.description)
        }
    }
}

extension JobSummary {
    fileprivate init(
        _ service: Service, _ schedule: Schedule, _ state: ScheduleState?, _ runs: ServiceRuns, now: Int64
    ) {
        self.init(service: service.name)
        self.schedule = schedule.settings.expression.description
        timeZone = schedule.settings.timeZone
        isSuspended = schedule.settings.isSuspended
        active = runs.active.count
        last = state?.last
        next = schedule.next(after: now)
        self.state = runs.newest.map(State.init)
    }

    fileprivate init(_ service: Service, _ containers: [ObservedContainer]) {
        self.init(service: service.name)
        let own = containers.filter { $0.service == service.name && !$0.isOneOff }
        active = own.filter(\.state.isAlive).count
        state = own.map(State.init).max { $0.urgency < $1.urgency }
    }
}

extension JobSummary.State {
    fileprivate init(_ container: ObservedContainer) {
        self =
            switch container.state {
            case .created: .created
            case .running, .restarting: .running
            case .exited(let code): code == 0 ? .succeeded : .failed
            }
    }

    /// Of several containers the one that most has to be said of.
    fileprivate var urgency: Int {
        switch self {
        case .succeeded: 0
        case .created: 1
        case .running: 2
        case .failed: 3
        }
    }
}
