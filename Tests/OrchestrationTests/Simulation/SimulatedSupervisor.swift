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
        let listener = Listener()
        table = ContainerTable(effects: SimulatedContainers(host: host, supervisor: number)) { record, news in
            host.note("\(record.name) \(news)")
            if case .ended = news { listener.call(host) }
        }
        let places = Locations(root: "/nowhere", runRoot: "/nowhere")
        controller = StackController(
            name: "demo", table: table, effects: SimulatedStacks(host: host, supervisor: number),
            logs: ContainerLogs(locations: places))
        listener.controller.withLock { [controller] in $0 = { [weak controller] in await controller?.attend() } }
    }

    /// Tells the controller, which is made later than the table.
    private final class Listener: Sendable {
        let controller = Mutex<(@Sendable () async -> Void)?>(nil)

        func call(_ host: SimulatedHost) {
            guard let attend = controller.withLock({ $0 }) else { return }
            Task(executorPreference: host.executor) { await attend() }
        }
    }

    var isAlive: Bool { host.state.withLock { $0.supervisor == number } }

    /// What a supervisor does when it begins.
    func begin() async throws {
        try await table.adopt()
        host.sweep(supervisor: number)
        await table.resume()
        // It goes on beside the commands that come.
        await controller.attend()
    }

    /// Something of the stack's has vanished.
    func notice() { Task(executorPreference: host.executor) { await controller.attend() } }

    func perform(_ order: StackOrder) async throws -> Outcome {
        let host = host
        return try await controller.carryOut(
            order, events: EventSink { event in if case .warning(let text) = event { host.note("warning: \(text)") } })
    }
}
