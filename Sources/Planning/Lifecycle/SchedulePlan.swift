public import StackModel

extension Plan {
    /// Removes runs of a schedule, and begins the one whose time has come.
    /// - Parameter replicas: how many containers of each service should exist.
    public static func schedule(
        _ step: ScheduleStep, _ stack: Stack, observed: ObservedStack, replicas: [String: Int]
    ) throws(PlanError) -> Plan {
        let selection = try LifecycleSelection(observed, LifecycleOptions())
        let removed = selection.containers.filter { step.removals.contains($0.id) }
        var builder = PlanBuilder()
        _ = selection.remove(
            removed, cause: "a run of \(step.service)'s schedule that has had its time", volumes: true, &builder)
        var plan = try builder.finish()
        guard let run = step.run else { return plan }
        var rest = observed
        rest.containers.removeAll { step.removals.contains($0.id) }
        let options = PlanOptions(running: run, in: stack, replicas: replicas)
        plan.append(try up(stack, observed: rest, options: options))
        return plan
    }

    /// As ``lookUps(_:observed:options:)``, before ``schedule(_:_:observed:replicas:)``.
    public static func scheduleLookUps(
        _ step: ScheduleStep, _ stack: Stack, observed: ObservedStack, replicas: [String: Int]
    ) throws(PlanError) -> [ImageLookUp] {
        guard let run = step.run else { return [] }
        return try lookUps(stack, observed: observed, options: PlanOptions(running: run, in: stack, replicas: replicas))
    }

    /// What follows, once all steps are through that there are.
    private mutating func append(_ next: Plan) {
        let (count, before) = (steps.count, steps.map(\.id))
        steps += next.steps.map { step in
            var step = step
            step.id += count
            step.after = step.after.isEmpty ? before : step.after.map { $0 + count }
            step.afterEnd = step.afterEnd.map { $0 + count }
            step.ifFailed = step.ifFailed.map { $0 + count }
            step.maker = step.maker.map { $0 + count }
            return step
        }
        changes += next.changes
        warnings += next.warnings
    }
}
