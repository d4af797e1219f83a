import StackModel

/// The containers that a command on what exists is about.
struct LifecycleSelection {
    let options: LifecycleOptions
    let graph: ServiceGraph
    /// Those of the services named, by service and number.
    let containers: [ObservedContainer]
    private let everything: [ObservedContainer]

    /// - Parameter withDependencies: what the services named depend on comes along.
    init(
        _ observed: ObservedStack, _ options: LifecycleOptions, stack: Stack? = nil, withDependencies: Bool = false
    ) throws(PlanError) {
        let existing = Set(observed.containers.map(\.service))
        let known = existing.union(stack?.services.keys.map { $0 } ?? [])
        for name in options.services where !known.contains(name) {
            let isDisabled = stack?.disabledServices.contains(name) ?? false
            // A service without a container isn't wrong to name, there is just nothing to do.
            if !isDisabled { throw .unknownService(name, known: known.sorted(), disabled: false) }
        }
        self.options = options
        graph = ServiceGraph(observed.containers)
        everything = observed.containers
            .sorted { ($0.service, $0.number, $0.id) < ($1.service, $1.number, $1.id) }
        let names = withDependencies ? graph.closure(of: options.services) : Set(options.services)
        containers = everything.filter { options.services.isEmpty || names.contains($0.service) }
    }

    /// By service, dependencies first; one-off containers stand with their service.
    private func byService(_ chosen: [ObservedContainer]) -> [(service: String, containers: [ObservedContainer])] {
        let groups = Dictionary(grouping: chosen, by: \.service)
        return graph.order.compactMap { name in groups[name].map { (service: name, containers: $0) } }
    }

    /// Stops those of `chosen` that run, dependents before what they depend on. The steps, by container id.
    func stop(
        _ chosen: [ObservedContainer], reason: String, _ builder: inout PlanBuilder
    ) -> [String: Int] {
        var steps: [String: Int] = [:]
        var ofService: [String: [Int]] = [:]
        for (service, containers) in byService(chosen).reversed() {
            // Services without a running container pass the order on.
            let before = (graph.dependents[service] ?? []).flatMap { ofService[$0] ?? [] }
            let added = containers.filter(\.state.isAlive).map { container in
                let step = builder.add(
                    .stopContainer(container, timeout: options.timeout), reason, after: before)
                steps[container.id] = step
                return step
            }
            ofService[service] = added.isEmpty ? before : added
        }
        return steps
    }

    /// Stops and removes all of `chosen`. The removals, by container id.
    func remove(
        _ chosen: [ObservedContainer], cause: String, volumes: Bool, _ builder: inout PlanBuilder
    ) -> [String: Int] {
        let stops = stop(chosen, reason: "remove: \(cause)", &builder)
        var steps: [String: Int] = [:]
        for (_, containers) in byService(chosen).reversed() {
            for container in containers {
                let change = PlanChange(container: container.reference, verb: .remove, cause: cause)
                builder.changes.append(change)
                steps[container.id] = builder.add(
                    .removeContainer(container.reference, volumes: volumes), change.reason,
                    after: stops[container.id].map { [$0] } ?? [])
            }
        }
        return steps
    }

    /// Starts all of `chosen`, each service when the conditions of its recorded dependencies hold. `stops`: steps that
    /// a container's start waits for, by container id.
    ///
    /// - Returns: the starts, by container id.
    @discardableResult
    func start(
        _ chosen: [ObservedContainer], verb: PlanChange.Verb, cause: (ObservedContainer) -> String,
        after stops: [String: Int], _ builder: inout PlanBuilder
    ) -> [String: Int] {
        var starts: [String: Int] = [:]
        var waits: [String: Int] = [:]
        for (service, group) in byService(chosen) {
            let conditions = conditions(of: service, starts, &waits, &builder)
            for container in group {
                let change = PlanChange(container: container.reference, verb: verb, cause: cause(container))
                builder.changes.append(change)
                starts[container.id] = builder.add(
                    .startContainer(container.reference), change.reason,
                    after: conditions.after + (stops[container.id].map { [$0] } ?? []), afterEnd: conditions.afterEnd)
            }
        }
        return starts
    }

    /// Waits until all containers that the command is about are ready, or have ended well where others wait for that.
    func waitForAll(_ starts: [String: Int], _ builder: inout PlanBuilder) {
        for container in containers
        where !container.isOneOff && (starts[container.id] != nil || container.state.isAlive) {
            let isAwaited = (graph.dependents[container.service] ?? []).contains { dependent in
                graph.dependencies[dependent]?[container.service]?.condition == .serviceCompletedSuccessfully
            }
            let condition: WaitCondition = isAwaited || container.isJob == true ? .completed : .ready
            if starts[container.id] == nil && condition.holds(for: container) { continue }
            builder.add(
                .waitFor(container.reference, condition, dependents: [], required: true), "--wait",
                after: starts[container.id].map { [$0] } ?? [])
        }
    }

    /// The steps that a start of the service waits for. What a dependency that neither runs nor starts would have to
    /// reach is not waited for: the command isn't about it.
    private func conditions(
        of service: String, _ starts: [String: Int], _ waits: inout [String: Int], _ builder: inout PlanBuilder
    ) -> (after: [Int], afterEnd: [Int]) {
        var after: [Int] = []
        var afterEnd: [Int] = []
        for (name, dependency) in graph.sortedDependencies(of: service) {
            for container in everything where container.service == name && !container.isOneOff {
                let start = starts[container.id]
                guard start != nil || container.state.isAlive else { continue }
                let step =
                    switch dependency.condition {
                    case .serviceStarted: start
                    case .serviceHealthy: wait(container, .healthy, start, &waits, &builder)
                    case .serviceCompletedSuccessfully: wait(container, .completed, start, &waits, &builder)
                    }
                if let step { dependency.required ? after.append(step) : afterEnd.append(step) }
            }
        }
        return (after, afterEnd)
    }

    /// `nil`: the condition holds already. `waits`: the steps made before, by container and condition.
    private func wait(
        _ container: ObservedContainer, _ condition: WaitCondition, _ start: Int?, _ waits: inout [String: Int],
        _ builder: inout PlanBuilder
    ) -> Int? {
        if start == nil && condition.holds(for: container) { return nil }
        let key = "\(container.id) \(condition.rawValue)"
        if let step = waits[key] { return step }
        let dependents = (graph.dependents[container.service] ?? []).filter { dependent in
            graph.dependencies[dependent]?[container.service]?.condition == condition.dependency
        }
        let isRequired = dependents.contains { graph.dependencies[$0]?[container.service]?.required ?? true }
        let step = builder.add(
            .waitFor(container.reference, condition, dependents: dependents, required: isRequired),
            "for \(dependents.joined(separator: ", "))", after: start.map { [$0] } ?? [])
        waits[key] = step
        return step
    }
}
