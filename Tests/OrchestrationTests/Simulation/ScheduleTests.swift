import Containers
import ControlAPI
import Planning
import StackModel
import Synchronization
import Testing

@testable import Orchestration

/// A stack with a schedule on the simulated host: hours pass in milliseconds.
@Suite struct ScheduleTests {
    private static func stack(_ change: (inout ScheduleSettings) -> Void = { _ in }) throws -> Stack {
        var settings = ScheduleSettings(try CronExpression("* * * * *"))
        change(&settings)
        var db = Service(name: "db", image: "db")
        db.container.healthcheck = HealthCheck(test: ["CMD", "true"], interval: .seconds(5), retries: 100)
        var backup = Service(
            name: "backup", image: "backup", dependsOn: ["db": Dependency(condition: .serviceHealthy)])
        backup.schedule = settings
        backup.container.restart = .onFailure(maximumRetries: 6)
        return Stack(name: "demo", workingDirectory: "/", services: ["db": db, "backup": backup])
    }

    private static func up(_ stack: Stack) -> StackOrder {
        var order = StackOrder(.up(PlanOptions()), caller: "test")
        order.stack = stack
        return order
    }

    /// Plays on the host's clock until it is over.
    ///
    /// - Returns: what went wrong.
    private static func play(
        _ host: SimulatedHost, _ scene: @escaping @Sendable () async throws -> [String]
    ) -> [String] {
        let box = ResultBox()
        Task(executorPreference: host.executor) {
            do { box.set(try await scene()) } catch { box.set(["\(error)"]) }
        }
        let isOver = host.executor.run { box.value != nil }
        return host.state.withLock { $0.violations } + (isOver ? box.value ?? [] : ["it never ends"])
    }

    /// The minutes whose runs began, in order, each as often as it did.
    private struct Watch {
        private var lines: Set<String> = []

        mutating func look(_ host: SimulatedHost) {
            lines.formUnion(
                host.state.withLock { $0.history }.filter { $0.contains("demo-backup-") && $0.contains(" runs as ") })
        }

        var minutes: [Int] {
            lines.compactMap { line in
                line.split(separator: " ").first { $0.hasPrefix("demo-backup-") }?.split(separator: "-").last
                    .flatMap { Int($0) }
            }.sorted()
        }
    }

    private static func records(_ host: SimulatedHost) -> Int {
        host.state.withLock { $0.disk.records.values.filter { $0.service == "backup" }.count }
    }

    @Test(
        "Each minute has its one run, whenever the supervisor dies, and of those that ended three are kept",
        arguments: 0..<20)
    func everyMinute(seed: UInt64) throws {
        let (host, stack) = (SimulatedHost(seed: seed), try Self.stack())
        host.state.withLock { state in
            state.behaviours["backup"] = SimulatedHost.Behaviour()
            state.behaviours["backup"]?.end = (.seconds(5), 0)
        }
        let faults = Self.play(host) {
            var random = SeededGenerator(seed: seed)
            var supervisor = SimulatedSupervisor(host)
            try await supervisor.begin()
            _ = try await supervisor.perform(Self.up(stack))
            let first = Int(host.executor.now.nanoseconds / 60_000_000_000) + 1
            var watch = Watch()
            for _ in 0..<120 {
                if seed > 0, Int.random(in: 0..<8, using: &random) == 0 {
                    host.state.withLock { state in
                        state.faults.deathAt = state.effects + Int.random(in: 1...12, using: &random)
                    }
                }
                try await host.executor.sleep(until: host.executor.now + .seconds(5))
                watch.look(host)
                guard !supervisor.isAlive else { continue }
                host.state.withLock { $0.faults.deathAt = nil }
                supervisor = SimulatedSupervisor(host)
                try await supervisor.begin()
            }
            host.state.withLock { $0.faults.deathAt = nil }
            let last = Int(host.executor.now.nanoseconds / 60_000_000_000) + 1
            try await host.executor.sleep(until: Instant(nanoseconds: Int64(last) * 60_000_000_000 + 40_000_000_000))
            watch.look(host)
            var faults: [String] = []
            if watch.minutes != Array(first...last) { faults.append("\(watch.minutes), not \(first) to \(last)") }
            if Self.records(host) != 3 { faults.append("\(Self.records(host)) runs are kept") }
            _ = try await supervisor.perform(StackOrder(.down(LifecycleOptions(), services: nil), caller: "test"))
            let isOver = host.state.withLock { $0.disk.records.isEmpty && $0.disk.ledgers.isEmpty }
            return faults + (isOver ? [] : ["down leaves something"])
        }
        #expect(faults.isEmpty, "\(faults)\n\(host.state.withLock { $0.history.suffix(60) }.joined(separator: "\n"))")
    }

    @Test("After an hour without a supervisor the latest time is made up for, and no other")
    func missed() throws {
        let (host, stack) = (SimulatedHost(seed: 1), try Self.stack())
        let faults = Self.play(host) {
            var supervisor = SimulatedSupervisor(host)
            try await supervisor.begin()
            _ = try await supervisor.perform(Self.up(stack))
            host.state.withLock { state in
                state.supervisor += 1
                state.behaviours["backup"] = SimulatedHost.Behaviour()
                state.behaviours["backup"]?.end = (.seconds(5), 0)
            }
            try await host.executor.sleep(until: host.executor.now + .seconds(3590))
            let expected = Int(host.executor.now.nanoseconds / 60_000_000_000)
            supervisor = SimulatedSupervisor(host)
            try await supervisor.begin()
            try await host.executor.sleep(until: host.executor.now + .seconds(5))
            var watch = Watch()
            watch.look(host)
            let complaints = host.state.withLock { $0.complaints }
            return (watch.minutes == [expected] ? [] : ["\(watch.minutes), not \(expected)"])
                + (complaints.contains { $0.contains("times passed without a run") }
                    ? [] : ["nothing is told: \(complaints)"])
        }
        #expect(faults.isEmpty, "\(faults)\n\(host.state.withLock { $0.history.suffix(60) }.joined(separator: "\n"))")
    }

    @Test("A stack that is stopped begins no runs, nor does one whose schedule is suspended")
    func stopped() throws {
        for isSuspended in [false, true] {
            let host = SimulatedHost(seed: 2)
            let stack = try Self.stack { $0.isSuspended = isSuspended }
            let faults = Self.play(host) {
                let supervisor = SimulatedSupervisor(host)
                try await supervisor.begin()
                _ = try await supervisor.perform(Self.up(stack))
                if !isSuspended {
                    _ = try await supervisor.perform(StackOrder(.stop(LifecycleOptions()), caller: "test"))
                }
                if await supervisor.controller.waitsForTimes { return ["it waits for times"] }
                try await host.executor.sleep(until: host.executor.now + .seconds(600))
                return Self.records(host) == 0 ? [] : ["\(Self.records(host)) runs"]
            }
            #expect(faults.isEmpty, "\(faults)")
        }
    }
}
