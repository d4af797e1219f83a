/// How far the carrying out of a plan is: which step's instant has come, and which one is left out.
///
/// Steps run side by side as far as the graph allows. After a failure nothing begins but what takes back what failed,
/// and after an interruption not even that: what it leaves is looked at anew by whatever comes next.
public struct PlanProgress: Sendable {
    /// How one step ended.
    public enum Ending: Sendable {
        case done
        /// What waits for it can't happen.
        case failed
        /// Its work was given up, because of a failure elsewhere or because nobody waits any more.
        case interrupted
        /// It was not begun.
        case skipped
    }

    /// Whether a step can begin.
    private enum Readiness {
        case waits, begins, skipped
    }

    private var waiting: [PlanStep]
    private var endings: [Int: Ending] = [:]
    /// The first step's ending that was no success.
    private var failure: Ending?

    public init(_ plan: Plan) { waiting = plan.steps }

    public mutating func end(_ step: Int, _ ending: Ending) {
        endings[step] = ending
        if ending == .failed || ending == .interrupted { failure = failure ?? ending }
    }

    /// The steps that begin now, each of them once.
    public mutating func takeReady() -> [PlanStep] {
        var begun: [PlanStep] = []
        var hasSkipped: Bool
        repeat {
            hasSkipped = false
            var left: [PlanStep] = []
            for step in waiting {
                switch readiness(of: step) {
                case .waits: left.append(step)
                case .begins: begun.append(step)
                case .skipped:
                    endings[step.id] = .skipped
                    hasSkipped = true
                }
            }
            waiting = left
        } while hasSkipped
        return begun
    }

    private func readiness(of step: PlanStep) -> Readiness {
        let before = step.after.map { endings[$0] }
        if before.contains(where: { $0 != nil && $0 != .done }) { return .skipped }
        switch isNeeded(step) {
        case nil: return .waits
        case false: return .skipped
        case true: return before.contains(nil) || step.afterEnd.contains { endings[$0] == nil } ? .waits : .begins
        }
    }

    /// - Returns: `nil` as long as nobody can know.
    private func isNeeded(_ step: PlanStep) -> Bool? {
        if step.ifFailed.isEmpty { return failure == nil }
        let attempts = step.ifFailed.map { endings[$0] }
        if attempts.contains(where: { $0 == .failed || $0 == .interrupted }) { return failure != .interrupted }
        return attempts.contains(nil) ? nil : false
    }
}
