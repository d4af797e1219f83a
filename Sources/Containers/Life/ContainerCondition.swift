public import Planning
import StackModel

/// Why a condition can't hold any more.
public struct ConditionFailure: Error, Equatable {
    /// `is unhealthy`, `exited (3)`.
    public var problem: String
}

extension Container {
    /// Returns in the instant in which the condition holds.
    ///
    /// - Throws: ``ConditionFailure`` as soon as it can't hold any more.
    public func wait(until condition: WaitCondition) async throws {
        try await answer(condition).get()
        guard condition == .ready, machine.healthStatus == .none else { return }
        // Without a health check all that can be told is that it doesn't fall over at once: that one run of it lasts.
        var runs = 0
        while let started = machine.run.started, machine.processes != nil {
            runs += 1
            guard runs <= Self.mostRuns else {
                throw ConditionFailure(problem: "exits again and again, last with (\(machine.run.exitCode))")
            }
            // One that had to be started again shows that it lasts.
            let time = machine.restarts.count == 0 ? Self.settlingTime : Self.lastingTime
            let settled = started + time
            if settled <= effects.now { return }
            try await effects.sleep(until: settled)
            try await answer(condition).get()
            if machine.run.started == started { return }
        }
        try await answer(condition).get()
    }

    /// As long as it takes Docker Compose to look for the first time.
    private static var settlingTime: TimeSpan { .milliseconds(500) }

    private static var lastingTime: TimeSpan { .seconds(3) }
    /// A container that was started so often in vain is in a loop.
    private static var mostRuns: Int { 3 }

    private func answer(_ condition: WaitCondition) async throws -> Result<Void, ConditionFailure> {
        do {
            return try await wait { now, _ in condition.answer(now.machine) }
        } catch is ContainerError {
            return .failure(ConditionFailure(problem: "was removed"))
        }
    }
}

extension WaitCondition {
    /// Whether it holds for a container in this state; `nil` while it may still come to hold.
    func answer(_ machine: ContainerMachine) -> Result<Void, ConditionFailure>? {
        func failed(_ problem: String) -> Result<Void, ConditionFailure> {
            .failure(ConditionFailure(problem: problem))
        }
        switch machine.phase {
        case .starting, .waiting: return nil
        case .created: return failed(machine.run.failure ?? "has not been started")
        case .exited:
            if self == .completed && machine.run.exitCode == 0 && machine.run.failure == nil { return .success(()) }
            return failed(machine.run.failure ?? "exited (\(machine.run.exitCode))")
        case .running, .paused:
            switch (self, machine.healthStatus) {
            case (.completed, _), (_, .starting): return nil
            case (_, .unhealthy): return failed("is unhealthy")
            case (.healthy, .none): return failed("has no healthcheck configured")
            case (_, .healthy), (.ready, .none): return .success(())
            }
        }
    }
}
