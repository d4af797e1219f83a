import Containers
import ControlAPI
import Planning
import StackModel
import Synchronization

@testable import Orchestration

/// A supervisor of the simulated host: the real table of containers and the real controllers.
struct SimulatedSupervisor: Sendable {
    let host: SimulatedHost
    let number: Int
    let table: ContainerTable
    let controller: StackController

    init(_ host: SimulatedHost) {
        self.host = host
        let number = host.state.withLock { $0.supervisor }
        self.number = number
        table = ContainerTable(effects: SimulatedContainers(host: host, supervisor: number)) { record, news in
            host.note("\(record.name) \(news)")
        }
        let places = Locations(root: "/nowhere", runRoot: "/nowhere")
        controller = StackController(
            name: "demo", table: table, effects: SimulatedStacks(host: host, supervisor: number),
            logs: ContainerLogs(locations: places))
    }

    var isAlive: Bool { host.state.withLock { $0.supervisor == number } }

    /// What a supervisor does when it begins.
    func begin() async throws {
        try await table.adopt()
        await table.resume()
        // It goes on beside the commands that come.
        Task(executorPreference: host.executor) {
            do {
                try await controller.converge()
            } catch {
                host.note("going on failed: \(error)")
            }
        }
    }

    func perform(_ order: StackOrder) async throws -> Outcome {
        let host = host
        return try await controller.carryOut(
            order, events: EventSink { event in if case .warning(let text) = event { host.note("warning: \(text)") } })
    }
}
