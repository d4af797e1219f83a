import StackModel

extension UpSteps {
    /// The steps that a start of the service waits for, because of its dependencies.
    mutating func conditions(of service: Service) -> (after: [Int], afterEnd: [Int]) {
        var after: [Int] = []
        var afterEnd: [Int] = []
        for (name, dependency) in selection.graph.sortedDependencies(of: service.name)
        where selection.names.contains(name) {
            let steps =
                switch dependency.condition {
                case .serviceStarted: starts[name] ?? []
                case .serviceHealthy: waitSteps(on: name, .healthy)
                case .serviceCompletedSuccessfully: waitSteps(on: name, .completed)
                }
            if dependency.required { after += steps } else { afterEnd += steps }
        }
        return (after, afterEnd)
    }

    private mutating func waitSteps(on name: String, _ condition: WaitCondition) -> [Int] {
        decisions[name].filter { $0.verb != .remove }.compactMap { wait($0, condition) }
    }

    /// `nil`: the condition holds already.
    private mutating func wait(_ decision: ContainerDecision, _ condition: WaitCondition) -> Int? {
        if decision.verb == .keep, let current = decision.current, condition.holds(for: current) { return nil }
        let container = decision.outcome
        let key = Wait(container: container, condition: condition)
        if let step = waits[key] { return step }
        let dependents = waitingServices(for: container.service, condition)
        let isRequired =
            dependents.isEmpty
            || dependents.contains { selection.graph.dependencies[$0]?[container.service]?.required ?? true }
        let step = builder.add(
            .waitFor(container, condition, dependents: dependents, required: isRequired),
            dependents.isEmpty ? "--wait" : "for \(dependents.joined(separator: ", "))",
            after: startOf[container].map { [$0] } ?? [], maker: makerOf[container])
        waits[key] = step
        return step
    }

    /// The services that start in this plan and depend on `name` in this way.
    private func waitingServices(for name: String, _ condition: WaitCondition) -> [String] {
        (selection.graph.dependents[name] ?? []).filter { dependent in
            guard selection.names.contains(dependent), decisions[dependent].contains(where: \.isStarted) else {
                return false
            }
            return selection.graph.dependencies[dependent]?[name]?.condition == condition.dependency
        }
    }

    /// `up --wait`: waits for all that were asked for.
    mutating func addFinalWaits() {
        for service in selection.services where selection.isNamed(service.name) {
            let condition: WaitCondition = selection.isJob(service.name) ? .completed : .ready
            for decision in decisions[service.name] where decision.verb != .remove {
                // Whoever is healthy is ready: it is waited for once.
                let isAwaited = waits[Wait(container: decision.outcome, condition: .healthy)] != nil
                if condition == .ready && isAwaited { continue }
                _ = wait(decision, condition)
            }
        }
    }
}
