import Containers
import ControlAPI
import Planning
import StackModel
import Synchronization

@testable import Orchestration

/// One scene on a simulated host that nothing goes wrong on by itself, with its first supervisor.
enum Simulated {
    private final class Box<Value: Sendable>: Sendable {
        let result = Mutex<Result<Value, any Error>?>(nil)
    }

    /// It never ends.
    struct Endless: Error {}

    static func run<Value: Sendable>(
        _ body: @escaping @Sendable (SimulatedHost, SimulatedSupervisor) async throws -> Value
    ) throws -> Value {
        let host = SimulatedHost(seed: 1)
        let box = Box<Value>()
        let task = Task(executorPreference: host.executor) {
            let result: Result<Value, any Error>
            do {
                let supervisor = SimulatedSupervisor(host)
                try await supervisor.begin()
                result = .success(try await body(host, supervisor))
            } catch {
                result = .failure(error)
            }
            box.result.withLock { $0 = result }
        }
        defer { task.cancel() }
        guard host.executor.run(until: { box.result.withLock { $0 != nil } }) else { throw Endless() }
        guard let result = box.result.withLock({ $0 }) else { throw Endless() }
        return try result.get()
    }
}

extension SimulatedHost {
    /// Lets virtual time pass.
    func rest(_ time: TimeSpan) async throws { try await executor.sleep(until: executor.now + time) }

    /// The names of the containers that run.
    var running: [String] {
        state.withLock { state in
            state.processes.values.compactMap { state.disk.records[$0.container]?.name }.sorted()
        }
    }

    func behave(_ service: String, _ change: (inout Behaviour) -> Void) {
        state.withLock { state in change(&state.behaviours[service, default: Behaviour()]) }
    }
}

/// What a user is told, as `Container demo-web-1 Started`.
final class ToldEvents: Sendable {
    private let texts = Mutex<[String]>([])

    var all: [String] { texts.withLock { $0 } }

    var sink: EventSink {
        EventSink { [self] event in
            if let text = Self.text(event) { texts.withLock { $0.append(text) } }
        }
    }

    private static func text(_ event: CommandEvent) -> String? {
        switch event {
        case .progress(let progress): "\(progress.id) \(progress.text)"
        case .warning(let text), .notice(let text): text
        case .plan(let text): "plan:\n\(text)"
        default: nil
        }
    }
}
