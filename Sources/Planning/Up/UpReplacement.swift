import StackModel

extension UpSteps {
    /// The new container starts, and when it is ready the old one goes: whoever connects finds one of them. What is
    /// not ready in the end goes itself, and the old one serves on.
    mutating func addReplacement(_ decision: ContainerDecision, _ service: Service) throws(PlanError) {
        guard let current = decision.current else { return }
        let container = decision.outcome
        let before = turn(of: service)
        let creation = try addCreation(decision, service, after: before)
        addStart(decision, service, after: [creation], maker: creation)
        guard let start = startOf[container] else { return }
        let ready = builder.add(
            .waitFor(container, .ready, dependents: [], required: true), "before the old one stops", after: [start],
            maker: creation)
        waits[Wait(container: container, condition: .ready)] = ready
        let stop = builder.add(
            .stopContainer(current, timeout: selection.options.timeout), decision.reason, after: [ready])
        removalOf[current.reference] = builder.add(
            .removeContainer(current.reference, volumes: false), decision.reason, after: [stop])
        addTakingBack(container, of: service, made: creation, ifFailed: [start, ready])
    }

    /// The step that has to be through before the next container's turn.
    private func turn(of service: Service) -> [Int] {
        let parallelism = service.update?.parallelism ?? 1
        let removals = decisions[service.name].filter(\.isStartFirst).compactMap { removalOf[$0.reference] }
        guard parallelism > 0, removals.count >= parallelism else { return [] }
        return [removals[removals.count - parallelism]]
    }

    private mutating func addTakingBack(
        _ container: ContainerReference, of service: Service, made creation: Int, ifFailed steps: [Int]
    ) {
        let reason = "take back: the old one serves on"
        let stop = builder.add(
            .stopContainer(container, of: service.container, timeout: selection.options.timeout), reason,
            ifFailed: steps, maker: creation)
        builder.add(
            .removeContainer(container, volumes: true), reason, after: [stop], ifFailed: steps, maker: creation)
    }
}
