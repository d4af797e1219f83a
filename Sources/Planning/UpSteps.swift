import StackModel

/// Makes steps of what ``UpDecisions`` decided.
struct UpSteps {
    let selection: UpSelection
    let decisions: UpDecisions
    var builder = PlanBuilder()
    /// By image reference.
    private var pulls: [String: Int] = [:]
    /// By the network's name on the host.
    private var networks: [String: Int] = [:]
    /// By the volume's name on the host.
    private var volumes: [String: Int] = [:]
    /// By service: the stops of its containers that run now.
    private var stops: [String: [Int]] = [:]
    /// By service: the starts of its containers.
    var starts: [String: [Int]] = [:]
    /// By container as it exists now.
    private var stopOf: [ContainerReference: Int] = [:]
    /// By container as the plan leaves it.
    var startOf: [ContainerReference: Int] = [:]
    var waits: [Wait: Int] = [:]

    struct Wait: Hashable {
        var container: ContainerReference
        var condition: WaitCondition
    }

    private init(_ selection: UpSelection) {
        self.selection = selection
        decisions = UpDecisions(selection)
    }

    static func plan(_ selection: UpSelection) throws(PlanError) -> Plan {
        var steps = UpSteps(selection)
        try steps.addPulls()
        steps.addStops()
        steps.addNetworks()
        steps.addVolumes()
        for service in selection.services { steps.addContainers(of: service) }
        steps.addOrphans()
        if selection.options.waitHealthy && !selection.options.noStart { steps.addFinalWaits() }
        steps.addWarnings()
        return try steps.builder.finish()
    }

    // MARK: What containers are made of

    private mutating func addPulls() throws(PlanError) {
        for service in selection.services {
            let policy = selection.pullPolicy(of: service)
            let isMissing = selection.imageID(of: service) == nil
            let isNeeded = isMissing && decisions[service.name].contains(where: \.isMade)
            let isWanted = selection.isRefreshed(service) && !selection.options.imagesAreFresh
            if isNeeded && (policy == .never || policy == .build) {
                throw .imageMissing(service: service.name, reference: service.image, policy: policy.rawValue)
            }
            guard isNeeded || isWanted, pulls[service.imageKey] == nil else { continue }
            pulls[service.imageKey] = builder.add(
                .pullImage(reference: service.image, platform: service.platform, policy: policy),
                isMissing ? "pull: not in the store" : "pull: pull_policy \(policy.rawValue)")
        }
    }

    private var usedNetworks: [(key: String, value: StackNetwork)] {
        let used = Set(selection.services.flatMap(\.container.networks.keys))
        return selection.stack.networks.filter { used.contains($0.key) && !$0.value.external }
            .sorted { $0.key < $1.key }
    }

    private mutating func addNetworks() {
        for (key, network) in usedNetworks {
            if let cause = selection.networks.causes[network.name],
                let made = selection.observed.networks[network.name]
            {
                let reason = "recreate: \(cause)"
                let detached = everyDecision.filter { isAttached($0, to: network.name) }
                    .compactMap { stopOf[$0.reference] }
                let removal = builder.add(.removeNetwork(made), reason, after: detached)
                networks[network.name] = builder.add(
                    .createNetwork(key: key, network), reason, after: [removal])
            } else if selection.observed.networks[network.name] == nil {
                networks[network.name] = builder.add(.createNetwork(key: key, network), "create: missing")
            }
        }
    }

    private func isAttached(_ decision: ContainerDecision, to network: String) -> Bool {
        decision.current?.networks.values.contains { $0.name == network } ?? false
    }

    private mutating func addVolumes() {
        for (key, volume) in usedVolumes where selection.observed.volumes[volume.name] == nil {
            volumes[volume.name] = builder.add(.createVolume(key: key, volume), "create: missing")
        }
    }

    private var usedVolumes: [(key: String, value: StackVolume)] {
        let used = Set(selection.services.flatMap(\.container.volumeKeys))
        return selection.stack.volumes.filter { used.contains($0.key) && !$0.value.external }
            .sorted { $0.key < $1.key }
    }

    // MARK: Containers

    private var everyDecision: [ContainerDecision] {
        selection.services.flatMap { decisions[$0.name] } + decisions.orphans
    }

    /// Dependents stop before what they depend on, and nothing that comes back stops before its image is there: while a
    /// pull goes on or has failed, the old containers still serve.
    private mutating func addStops() {
        for service in selection.services.reversed() {
            let dependents = (selection.graph.dependents[service.name] ?? []).flatMap { stops[$0] ?? [] }
            for decision in decisions[service.name] where decision.isStopped {
                guard let current = decision.current else { continue }
                let images = decision.verb == .remove ? [] : Array(pulls.values)
                let step = builder.add(
                    .stopContainer(current, timeout: selection.options.timeout), decision.reason,
                    after: images + (decision.verb == .remove ? [] : dependents))
                stopOf[current.reference] = step
                if decision.verb != .remove { stops[service.name, default: []].append(step) }
            }
        }
        for decision in decisions.orphans where decision.isStopped {
            guard let current = decision.current else { continue }
            stopOf[current.reference] = builder.add(
                .stopContainer(current, timeout: selection.options.timeout), decision.reason)
        }
    }

    private mutating func addContainers(of service: Service) {
        for decision in decisions[service.name] {
            if let change = decision.change { builder.changes.append(change) }
            let stop = stopOf[decision.reference].map { [$0] } ?? []
            switch decision.verb {
            case .keep: break
            case .create: addStart(decision, service, after: [addCreation(decision, service, after: [])])
            case .recreate: addRecreation(decision, service, after: stop)
            case .start, .restart: addStart(decision, service, after: stop)
            case .remove:
                builder.add(.removeContainer(decision.reference, volumes: false), decision.reason, after: stop)
            }
        }
    }

    private mutating func addRecreation(_ decision: ContainerDecision, _ service: Service, after stop: [Int]) {
        let creation = addCreation(decision, service, after: stop)
        let removal = builder.add(
            .removeContainer(decision.reference, volumes: selection.options.renewAnonVolumes), decision.reason,
            after: [creation])
        addStart(decision, service, after: [creation, removal])
    }

    private mutating func addCreation(_ decision: ContainerDecision, _ service: Service, after: [Int]) -> Int {
        let replacement = decision.current.map {
            Replacement(id: $0.id, keepsVolumes: !selection.options.renewAnonVolumes)
        }
        let pull = pulls[service.imageKey].map { [$0] } ?? []
        return builder.add(
            .createContainer(decision.outcome, replaces: replacement), decision.reason,
            after: pull + ground(of: service) + after)
    }

    /// The networks and volumes that the service stands on and that this plan makes.
    private func ground(of service: Service) -> [Int] {
        let networkNames = service.container.networks.keys.compactMap { selection.stack.networks[$0]?.name }
        let volumeNames = service.container.volumeKeys.compactMap { selection.stack.volumes[$0]?.name }
        return networkNames.compactMap { networks[$0] } + volumeNames.compactMap { volumes[$0] }
    }

    private mutating func addStart(_ decision: ContainerDecision, _ service: Service, after: [Int]) {
        guard !selection.options.noStart else { return }
        let container = decision.outcome
        let conditions = conditions(of: service)
        let step = builder.add(
            .startContainer(container), decision.reason,
            after: after + (decision.isMade ? [] : ground(of: service)) + conditions.after,
            afterEnd: conditions.afterEnd)
        startOf[container] = step
        starts[service.name, default: []].append(step)
    }

    // MARK: The rest

    private mutating func addOrphans() {
        for decision in decisions.orphans {
            if let change = decision.change { builder.changes.append(change) }
            builder.add(
                .removeContainer(decision.reference, volumes: false), decision.reason,
                after: stopOf[decision.reference].map { [$0] } ?? [])
        }
    }

    private mutating func addWarnings() {
        builder.warnings += selection.networks.warnings
        for (_, volume) in usedVolumes {
            guard let made = selection.observed.volumes[volume.name], made != volume else { continue }
            let differences = SettingsDifference.between(made, volume).joined(separator: ", ")
            builder.warnings.append(
                "volume \(volume.name) keeps its data and stays as it was made (\(differences)): "
                    + "to have it made anew, remove it with down -v")
        }
        let orphans = selection.observed.containers.filter(selection.isOrphan).map(\.name).sorted()
        if !orphans.isEmpty && !selection.options.removeOrphans {
            builder.warnings.append(
                "orphans, whose services aren't in the file: \(orphans.joined(separator: ", ")): "
                    + "--remove-orphans removes them")
        }
    }
}
