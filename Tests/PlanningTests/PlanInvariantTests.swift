import Planning
import StackModel
import Testing

/// What holds for the plan from any version of a file to any other, whatever became of the containers meanwhile. That
/// such plans lead where they should is shown over the real controllers, in OrchestrationTests.
@Suite struct PlanInvariantTests {
    @Test(arguments: UInt64(1)...200)
    func everyPlanCanBeCarriedOut(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<5 {
            let new = RandomStack.make(&random)
            var observed = try ObservedStack(running: RandomStack.make(&random), health: .healthy)
            RandomStack.disturb(&observed, &random)
            var options = PlanOptions()
            options.removeOrphans = Bool.random(using: &random)
            options.waitHealthy = Bool.random(using: &random)
            options.noStart = Int.random(in: 0..<6, using: &random) == 0
            let plan = try Self.plan(new, &observed, options)
            try Self.check(plan, observed)
            try Self.check(Plan.down(observed: observed, stack: new), observed)
            try Self.check(Plan.down(observed: observed), observed)
            try Self.check(Plan.restart(observed: observed), observed)
            try Self.check(Plan.start(observed: observed), observed)
        }
    }

    /// Asks for images as long as there are questions; then there has to be a plan.
    private static func plan(
        _ stack: Stack, _ observed: inout ObservedStack, _ options: PlanOptions
    ) throws -> Plan {
        while true {
            let questions = try Plan.lookUps(stack, observed: observed, options: options)
                .filter { observed.images[$0.key]?.registry == nil }
            if questions.isEmpty { break }
            for question in questions {
                observed.images[question.key, default: ObservedImage()].registry = registry(question.reference)
            }
        }
        let plan = try Plan.up(stack, observed: observed, options: options)
        #expect(plan == (try Plan.up(stack, observed: observed, options: options)))
        return plan
    }

    private static func check(_ plan: Plan, _ observed: ObservedStack) throws {
        try #require(plan.isOrdered, "\(plan.text)")
        var removed: Set<String> = []
        for step in plan.steps {
            guard let container = step.action.container else { continue }
            checkMaker(step, container, plan)
            switch step.action {
            case .createContainer(_, let spec, let replaced):
                #expect(!spec.imageID.isEmpty)
                checkName(step, spec.name, replaced, plan, observed)
            case .stopContainer:
                #expect(observed.containers.contains { $0.id == container.id && $0.state.isAlive }, "\(plan.text)")
            case .removeContainer:
                let id = try #require(container.id)
                #expect(removed.insert(id).inserted, "\(plan.text)")
                let runs = observed.containers.contains { $0.id == id && $0.state.isAlive }
                #expect(!runs || waits(step, plan) { $0.isStop(of: id) }, "\(plan.text)")
            case .startContainer:
                let runs = observed.containers.contains { $0.id == container.id && $0.state.isAlive }
                #expect(!runs || waits(step, plan) { $0.isStop(of: container.id) }, "\(plan.text)")
            default: break
            }
        }
    }

    /// A step about a container that the plan makes waits for that one step; others need none.
    private static func checkMaker(_ step: PlanStep, _ container: ContainerReference, _ plan: Plan) {
        if case .createContainer = step.action {
            #expect(container.id == nil && step.maker == nil)
        } else if container.id != nil {
            #expect(step.maker == nil, "\(plan.text)")
        } else if let maker = step.maker {
            guard case .createContainer(container, _, _) = plan.steps[maker - 1].action else {
                Issue.record("step \(step.id) has a maker that doesn't make it:\n\(plan.text)")
                return
            }
            #expect(plan.orders(maker, before: step.id), "\(plan.text)")
        } else {
            Issue.record("step \(step.id) is about a container that nobody makes:\n\(plan.text)")
        }
    }

    /// Of two containers with one name only the one that is replaced, or that gets the name of the one that is replaced,
    /// is there when the other is made.
    private static func checkName(
        _ creation: PlanStep, _ name: String, _ replaced: Replacement?, _ plan: Plan, _ observed: ObservedStack
    ) {
        for holder in observed.containers where holder.name == name && holder.id != replaced?.id {
            if holder.id == replaced?.formerHolder { continue }
            let removal = plan.steps.first { $0.action.isRemoval(of: holder.id) }
            // An orphan that nobody removes keeps its name: then the creation fails and says so.
            guard let removal else { continue }
            #expect(plan.orders(removal.id, before: creation.id), "\(plan.text)")
        }
    }

    private static func waits(_ step: PlanStep, _ plan: Plan, for isMeant: (PlanAction) -> Bool) -> Bool {
        plan.steps.contains { isMeant($0.action) && plan.orders($0.id, before: step.id) }
    }
}

extension PlanAction {
    fileprivate func isStop(of id: String?) -> Bool {
        if case .stopContainer(let container, _, _) = self { container.id == id } else { false }
    }

    fileprivate func isRemoval(of id: String) -> Bool {
        if case .removeContainer(let container, _) = self { container.id == id } else { false }
    }
}
