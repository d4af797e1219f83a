import Planning
import StackModel
import Testing

/// What one `up` was asked, on what, and what becomes of each container.
struct DecisionCase: CustomTestStringConvertible {
    var testDescription: String
    var old: Stack
    var new: Stack
    var change: (inout ObservedStack) -> Void
    var options: (inout PlanOptions) -> Void
    var expected: [String]

    init(
        _ name: String, _ old: Stack, to new: Stack? = nil, change: @escaping (inout ObservedStack) -> Void = { _ in },
        options: @escaping (inout PlanOptions) -> Void = { _ in }, _ expected: String...
    ) {
        testDescription = name
        self.old = old
        self.new = new ?? old
        self.change = change
        self.options = options
        self.expected = expected
    }

    func check() throws {
        var observed = try ObservedStack(running: old).storing(new)
        change(&observed)
        var asked = PlanOptions()
        options(&asked)
        let plan = try Plan.up(new, observed: observed, options: asked)
        #expect(plan.changes.map(\.description) == expected, "\(plan.text)")
        #expect(plan.isOrdered)
    }
}
