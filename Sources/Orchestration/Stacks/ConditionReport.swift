import Containers
import ControlAPI
import Planning
import StackModel

extension OperationError {
    /// A failed condition in the user's words: who waits for whom, what happened, and the culprit's last words.
    init(_ unmet: UnmetCondition, in stack: Stack?) {
        let record = unmet.record
        let chain = Self.chain(to: record.service, from: unmet.dependents, in: stack)
        let head = chain.isEmpty ? "" : "dependency failed to start: \(chain.joined(separator: " → ")): "
        let lines = ["\(head)container \(record.name) \(unmet.failure.problem)"] + unmet.lastWords
        self.init(lines.joined(separator: "\n"))
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
