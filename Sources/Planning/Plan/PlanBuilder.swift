import StackModel

/// Collects steps in any order and numbers them in one in which they can be carried out.
struct PlanBuilder {
    /// A step that has no final number yet; drafts refer to each other by their index.
    private struct Draft {
        var action: PlanAction
        var reason: String
        var after: [Int]
        var afterEnd: [Int]
        var ifFailed: [Int]
        var maker: Int?
    }

    private var drafts: [Draft] = []
    var changes: [PlanChange] = []
    var warnings: [String] = []

    @discardableResult
    mutating func add(
        _ action: PlanAction, _ reason: String, after: [Int] = [], afterEnd: [Int] = [], ifFailed: [Int] = [],
        maker: Int? = nil
    ) -> Int {
        drafts.append(
            Draft(
                action: action, reason: reason, after: after, afterEnd: afterEnd, ifFailed: ifFailed, maker: maker))
        return drafts.count - 1
    }

    func finish() throws(PlanError) -> Plan {
        var numbers: [Int?] = Array(repeating: nil, count: drafts.count)
        var entered: Set<Int> = []
        var order: [Int] = []
        for index in drafts.indices { try number(index, &numbers, &entered, &order) }
        let steps = order.enumerated().map { position, index in
            let draft = drafts[index]
            let after = Set(draft.after.compactMap { numbers[$0] })
            let afterEnd = Set(draft.afterEnd.compactMap { numbers[$0] }).subtracting(after)
            return PlanStep(
                id: position + 1, action: draft.action, reason: draft.reason, after: after.sorted(),
                afterEnd: afterEnd.sorted(), ifFailed: draft.ifFailed.compactMap { numbers[$0] }.sorted(),
                maker: draft.maker.flatMap { numbers[$0] })
        }
        return Plan(steps: steps, changes: changes, warnings: warnings)
    }

    /// Depth first, so that a step stands right behind the last one that it waits for.
    private func number(
        _ index: Int, _ numbers: inout [Int?], _ entered: inout Set<Int>, _ order: inout [Int]
    ) throws(PlanError) {
        if numbers[index] != nil { return }
        guard entered.insert(index).inserted else {
            throw .circularSteps(entered.filter { numbers[$0] == nil }.sorted().map { drafts[$0].action.description })
        }
        for other in (drafts[index].after + drafts[index].afterEnd + drafts[index].ifFailed).sorted() {
            try number(other, &numbers, &entered, &order)
        }
        order.append(index)
        numbers[index] = order.count
    }
}

extension Plan {
    /// Whether each step waits only for steps before it; then the graph has no circle.
    public var isOrdered: Bool {
        for (index, step) in steps.enumerated() {
            guard step.id == index + 1 else { return false }
            guard (step.after + step.afterEnd + step.ifFailed).allSatisfy({ $0 >= 1 && $0 < step.id }) else {
                return false
            }
        }
        return true
    }
}
