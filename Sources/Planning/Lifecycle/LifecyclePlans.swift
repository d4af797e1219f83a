import StackModel

extension Plan {
    /// Stops what runs, dependents before what they depend on.
    public static func stop(observed: ObservedStack, options: LifecycleOptions = .init()) throws(PlanError) -> Plan {
        let selection = try LifecycleSelection(observed, options)
        var builder = PlanBuilder()
        let running = selection.containers.filter(\.state.isAlive)
        _ = selection.stop(running, reason: "stop", &builder)
        builder.changes = running.map { PlanChange(container: $0.reference, verb: .stop, cause: "") }
        return try builder.finish()
    }

    /// Starts the containers that exist and don't run, with those that they depend on. One-off containers stay as they are.
    public static func start(observed: ObservedStack, options: LifecycleOptions = .init()) throws(PlanError) -> Plan {
        let selection = try LifecycleSelection(observed, options, withDependencies: true)
        var builder = PlanBuilder()
        let resting = selection.containers.filter {
            !$0.isOneOff && (!$0.state.isAlive || $0.isEnding)
        }
        let starts = selection.start(resting, verb: .start, cause: \.state.startCause, after: [:], &builder)
        if options.waitHealthy == true { selection.waitForAll(starts, &builder) }
        return try builder.finish()
    }

    /// Stops and starts the containers of the services named, and those of services that depend on one of them with
    /// `restart: true`. What doesn't run is only started.
    public static func restart(observed: ObservedStack, options: LifecycleOptions = .init()) throws(PlanError) -> Plan {
        var everything = options
        everything.services = []
        let selection = try LifecycleSelection(observed, everything)
        let named = Set(try LifecycleSelection(observed, options).containers.map(\.service))
        let followers = options.noDependents == true ? [:] : selection.followers(of: named)
        let chosen = selection.containers.filter { container in
            guard !container.isOneOff else { return false }
            return named.contains(container.service)
                || followers[container.service] != nil && container.state.isAlive
        }
        var builder = PlanBuilder()
        let stops = selection.stop(chosen, reason: "restart", &builder)
        selection.start(
            chosen, verb: .restart,
            cause: { container in
                followers[container.service].map { "depends_on.\($0).restart: \($0) is restarted" } ?? ""
            },
            after: stops, &builder)
        return try builder.finish()
    }

    /// Sends a signal to what runs, to all at once.
    public static func kill(observed: ObservedStack, options: LifecycleOptions = .init()) throws(PlanError) -> Plan {
        let selection = try LifecycleSelection(observed, options)
        var builder = PlanBuilder()
        let known = options.knownServices.map { Set($0) }
        for container in selection.containers
        where container.state.isAlive && known?.contains(container.service) != false {
            builder.add(.killContainer(container.reference, signal: options.signal), "kill")
            builder.changes.append(PlanChange(container: container.reference, verb: .kill, cause: options.signal))
        }
        return try builder.finish()
    }

    /// Freezes what runs.
    public static func pause(observed: ObservedStack, options: LifecycleOptions = .init()) throws(PlanError) -> Plan {
        try each(observed, options, .pause) { .pauseContainer($0) }
    }

    /// Lets go on what is frozen.
    public static func unpause(observed: ObservedStack, options: LifecycleOptions = .init()) throws(PlanError) -> Plan {
        try each(observed, options, .unpause) { .unpauseContainer($0) }
    }

    private static func each(
        _ observed: ObservedStack, _ options: LifecycleOptions, _ verb: PlanChange.Verb,
        _ action: (ContainerReference) -> PlanAction
    ) throws(PlanError) -> Plan {
        let selection = try LifecycleSelection(observed, options)
        var builder = PlanBuilder()
        for container in selection.containers where container.state.isRunning && !container.isOneOff {
            builder.add(action(container.reference), verb.rawValue)
            builder.changes.append(PlanChange(container: container.reference, verb: verb, cause: ""))
        }
        return try builder.finish()
    }

    /// Removes containers that don't run; with `stopFirst` all; with `onlyOneOffs` those that `run` made.
    public static func remove(observed: ObservedStack, options: LifecycleOptions = .init()) throws(PlanError) -> Plan {
        let selection = try LifecycleSelection(observed, options)
        var builder = PlanBuilder()
        let chosen = selection.containers.filter { container in
            (options.stopFirst || !container.state.isAlive) && (!options.onlyOneOffs || container.isOneOff)
        }
        _ = selection.remove(chosen, cause: "rm", volumes: options.volumes, &builder)
        return try builder.finish()
    }
}

extension LifecycleSelection {
    /// Services that restart because one of `names` does, directly or not, each with the service that it follows.
    func followers(of names: Set<String>) -> [String: String] {
        var found: [String: String] = [:]
        for service in graph.order where !names.contains(service) {
            for (name, dependency) in graph.sortedDependencies(of: service) where found[service] == nil {
                let sharesNetwork = containers.contains {
                    $0.service == service && $0.settings.networkMode == .service(name)
                }
                let isRestarted = names.contains(name) || found[name] != nil
                if isRestarted && (dependency.restart || sharesNetwork) { found[service] = name }
            }
        }
        return found
    }
}
