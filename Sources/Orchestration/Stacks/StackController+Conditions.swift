import ControlAPI
import Health
import Planning
import StackModel

/// Why a condition can't hold any more.
struct ConditionFailure: Error {
    /// `is unhealthy`, `exited (3)`.
    var problem: String
}

extension StackController {
    /// Returns in the instant in which the condition holds.
    ///
    /// - Throws: ``ConditionFailure`` as soon as it can't hold any more.
    func wait(until condition: WaitCondition, of id: String) async throws {
        try await answer(condition, id).get()
        guard condition == .ready, let entry = entries[id], entry.health == .none else { return }
        // Without a health check all that can be told is that it doesn't fall over at once.
        let rest = Self.settlingTime - (Instant.now - Instant(nanoseconds: entry.status.started)).duration
        if rest > .zero { try await Task.sleep(for: rest) }
        try await answer(condition, id).get()
    }

    /// As long as it takes Docker Compose to look for the first time.
    private static let settlingTime = Duration.milliseconds(500)

    private func answer(_ condition: WaitCondition, _ id: String) async throws -> Result<Void, ConditionFailure> {
        try await wait(for: id) { entry in
            guard let entry else { return .failure(ConditionFailure(problem: "was removed")) }
            return Self.answer(condition, entry)
        }
    }

    private static func answer(_ condition: WaitCondition, _ entry: ContainerEntry) -> Result<Void, ConditionFailure>? {
        switch entry.phase {
        case .starting, .restarting:
            return nil
        case .created:
            return .failure(ConditionFailure(problem: entry.status.failure ?? "has not been started"))
        case .incomplete:
            return .failure(ConditionFailure(problem: "is half removed"))
        case .exited:
            let code = entry.status.exitCode
            if condition == .completed && code == 0 { return .success(()) }
            return .failure(ConditionFailure(problem: entry.status.failure ?? "exited (\(code))"))
        case .running:
            switch (condition, entry.health) {
            case (.completed, _), (_, .starting): return nil
            case (_, .unhealthy): return .failure(ConditionFailure(problem: "is unhealthy"))
            case (.healthy, .none): return .failure(ConditionFailure(problem: "has no healthcheck configured"))
            case (_, .healthy), (.ready, .none): return .success(())
            }
        }
    }

    /// The failure in the user's words: who waits for whom, what happened, and the culprit's last words.
    func explain(
        _ failure: ConditionFailure, of id: String, dependents: [String], stack: Stack?
    ) -> OperationError {
        guard let record = entries[id]?.record else { return OperationError(failure.problem) }
        let chain = Self.chain(to: record.service, from: dependents, in: stack)
        let head = chain.isEmpty ? "" : "dependency failed to start: \(chain.joined(separator: " → ")): "
        var lines = ["\(head)container \(record.name) \(failure.problem)"]
        lines += lastWords(of: record).map { "  \(record.service)-\(record.number)  | \($0)" }
        if let probe = entries[id]?.healthReport?.log.last, !probe.isSuccess {
            let output = probe.output.split(separator: "\n").suffix(3)
            lines += output.map { "  health check: \($0)" }
        }
        return OperationError(lines.joined(separator: "\n"))
    }

    private func lastWords(of record: ContainerRecord) -> [String] {
        var file = LogFile(path: engine.store.logPath(record.id), tail: 10)
        defer { file.close() }
        var lines: [String] = []
        while let entry = file.next() { lines.append(entry.log.trimmingLineBreak) }
        return lines
    }

    /// One way from a service that nothing depends on, through a dependent, to the culprit.
    private static func chain(to culprit: String, from dependents: [String], in stack: Stack?) -> [String] {
        guard var current = dependents.min() else { return [] }
        var chain = [current, culprit]
        let services = stack?.services ?? [:]
        while let next = services.values.filter({ $0.dependsOn[current] != nil && !chain.contains($0.name) })
            .map(\.name).min()
        {
            chain.insert(next, at: 0)
            current = next
        }
        return chain
    }
}

extension String {
    /// Without the line break at its end.
    var trimmingLineBreak: String {
        var text = Substring(self)
        while text.last == "\n" || text.last == "\r" || text.last == "\r\n" { text.removeLast() }
        return String(text)
    }
}
