import Addressing
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
    /// The step that makes a container as the plan leaves it, where one does.
    var makerOf: [ContainerReference: Int] = [:]
    private var creationOf: [ContainerReference: Int] = [:]
    private var beingMade: Set<ContainerReference> = []
    /// By container as it exists now.
    var removalOf: [ContainerReference: Int] = [:]
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
        try checkExternals(selection)
        var steps = UpSteps(selection)
        try steps.addPulls()
        steps.addStops()
        steps.addNetworks()
        steps.addVolumes()
        for service in selection.services { try steps.addContainers(of: service) }
        steps.addOrphans()
        if selection.options.waitHealthy && !selection.options.noStart { steps.addFinalWaits() }
        steps.addWarnings()
        return try steps.builder.finish()
    }

    private static func checkExternals(_ selection: UpSelection) throws(PlanError) {
        let used = Set(selection.services.flatMap(\.container.networks.keys))
        for (key, network) in selection.stack.networks.sorted(by: { $0.key < $1.key })
        where network.external && used.contains(key) {
            guard selection.observed.externalNetworks.contains(network.name) else {
                throw .externalNetworkMissing(network.name)
            }
        }
        let mounted = Set(selection.services.flatMap(\.container.volumeKeys))
        for (key, volume) in selection.stack.volumes.sorted(by: { $0.key < $1.key })
        where volume.external && mounted.contains(key) {
            guard selection.observed.externalVolumes.contains(volume.name) else {
                throw .externalVolumeMissing(volume.name)
            }
        }
    }

    // MARK: What containers are made of

    private mutating func addPulls() throws(PlanError) {
        for service in selection.services where pulls[service.imageKey] == nil {
            guard let registry = selection.image(of: service).registry,
                let reason = selection.pullReason(of: service)
            else { continue }
            pulls[service.imageKey] = builder.add(
                .pullImage(reference: service.image, platform: service.platform, digest: registry.digest), reason)
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

    private mutating func addContainers(of service: Service) throws(PlanError) {
        for decision in decisions[service.name] {
            if let change = decision.change { builder.changes.append(change) }
            let stop = stopOf[decision.reference].map { [$0] } ?? []
            switch decision.verb {
            case .keep: break
            case .create:
                let creation = try addCreation(decision, service, after: [])
                addStart(decision, service, after: [creation], maker: creation)
            case .recreate where decision.isStartFirst: try addReplacement(decision, service)
            case .recreate: try addRecreation(decision, service, after: stop)
            case .update: addUpdate(decision, service, after: ground(of: service))
            case .start, .restart:
                addStart(
                    decision, service, after: decision.isUpdated ? [addUpdate(decision, service, after: stop)] : stop)
            case .remove: addRemoval(of: decision)
            }
        }
    }

    private mutating func addRecreation(
        _ decision: ContainerDecision, _ service: Service, after stop: [Int]
    ) throws(PlanError) {
        let creation = try addCreation(decision, service, after: stop)
        let removal = try addRemoval(ofRecreated: decision, service)
        addStart(decision, service, after: [creation, removal], maker: creation)
    }

    /// What is recreated goes once its successor is made.
    private mutating func addRemoval(
        ofRecreated decision: ContainerDecision, _ service: Service
    ) throws(PlanError) -> Int {
        if let step = removalOf[decision.reference] { return step }
        let stop = stopOf[decision.reference].map { [$0] } ?? []
        let creation = try addCreation(decision, service, after: stop)
        let step = builder.add(
            .removeContainer(decision.reference, volumes: selection.options.renewAnonVolumes), decision.reason,
            after: [creation])
        removalOf[decision.reference] = step
        return step
    }

    mutating func addCreation(
        _ decision: ContainerDecision, _ service: Service, after: [Int]
    ) throws(PlanError) -> Int {
        if let step = creationOf[decision.outcome] { return step }
        beingMade.insert(decision.outcome)
        defer { beingMade.remove(decision.outcome) }
        guard let imageID = selection.imageID(of: service) else {
            throw .imageNotLookedUp(service: service.name, reference: service.image)
        }
        let pull = pulls[service.imageKey].map { [$0] } ?? []
        let spec = selection.spec(service, decision.outcome, imageID: imageID)
        let holders = try holders(ofName: spec.name, except: decision.current)
        let replacement = decision.current.map {
            Replacement(
                id: $0.id, keepsVolumes: !selection.options.renewAnonVolumes, formerHolder: holders.exchanging)
        }
        let step = builder.add(
            .createContainer(decision.outcome, spec, replaces: replacement), decision.reason,
            after: pull + ground(of: service) + holders.removals + after)
        creationOf[decision.outcome] = step
        return step
    }

    @discardableResult
    private mutating func addUpdate(_ decision: ContainerDecision, _ service: Service, after: [Int]) -> Int {
        var spec = selection.spec(service, decision.outcome, imageID: decision.current?.imageID ?? "")
        // What goes on as it is was started with what the files held then.
        if decision.verb == .update, let made = decision.current?.contents { spec.contents = made }
        return builder.add(.updateContainer(decision.reference, spec), decision.reason, after: after)
    }

    @discardableResult
    private mutating func addRemoval(of decision: ContainerDecision) -> Int {
        if let step = removalOf[decision.reference] { return step }
        let step = builder.add(
            .removeContainer(decision.reference, volumes: false), decision.reason,
            after: stopOf[decision.reference].map { [$0] } ?? [])
        removalOf[decision.reference] = step
        return step
    }

    /// The removals of containers that go away and whose name the new one gets: left over from an interrupted
    /// recreation, or of a service that was renamed. `exchanging`: one that waits for the new one in its turn.
    private mutating func holders(
        ofName name: String, except replaced: ObservedContainer?
    ) throws(PlanError) -> (removals: [Int], exchanging: String?) {
        var steps: [Int] = []
        var exchanging: String?
        for holder in everyDecision where holder.current?.name == name && holder.current?.id != replaced?.id {
            if holder.verb == .remove {
                steps.append(addRemoval(of: holder))
            } else if holder.verb == .recreate, holder.outcome.name != name,
                let service = selection.stack.services[holder.outcome.service]
            {
                if beingMade.contains(holder.outcome) {
                    exchanging = holder.current?.id
                } else {
                    steps.append(try addRemoval(ofRecreated: holder, service))
                }
            }
        }
        return (steps, exchanging)
    }

    /// The stops of containers whose published ports the started one gets.
    private func holders(ofPorts ports: [PublishedPort], except own: ContainerReference) -> [Int] {
        if ports.isEmpty { return [] }
        return everyDecision.filter { $0.isStopped && $0.reference != own }
            .filter {
                $0.current?.settings.ports.contains { held in ports.contains { $0.clashes(with: held) } } ?? false
            }
            .compactMap { stopOf[$0.reference] }
    }

    /// The networks and volumes that the service stands on and that this plan makes.
    private func ground(of service: Service) -> [Int] {
        let networkNames = service.container.networks.keys.compactMap { selection.stack.networks[$0]?.name }
        let volumeNames = service.container.volumeKeys.compactMap { selection.stack.volumes[$0]?.name }
        return networkNames.compactMap { networks[$0] } + volumeNames.compactMap { volumes[$0] }
    }

    mutating func addStart(
        _ decision: ContainerDecision, _ service: Service, after: [Int], maker: Int? = nil
    ) {
        guard !selection.options.noStart else { return }
        let container = decision.outcome
        let conditions = conditions(of: service)
        let ports = holders(ofPorts: service.container.ports, except: decision.reference)
        let step = builder.add(
            .startContainer(container), decision.reason,
            after: after + (decision.isMade ? [] : ground(of: service)) + ports + conditions.after,
            afterEnd: conditions.afterEnd, maker: maker)
        startOf[container] = step
        makerOf[container] = maker
        starts[service.name, default: []].append(step)
    }

    // MARK: The rest

    private mutating func addOrphans() {
        for decision in decisions.orphans {
            if let change = decision.change { builder.changes.append(change) }
            addRemoval(of: decision)
        }
    }

    private mutating func addWarnings() {
        builder.warnings += selection.networks.warnings
        for service in selection.services {
            let addresses = Set(service.container.ports.compactMap(\.hostIP)).filter { $0.v4 == nil }
            for address in addresses.map(\.description).sorted() {
                builder.warnings.append("\(service.name): ports on the IPv6 address \(address) are not published yet")
            }
        }
        for (_, volume) in usedVolumes {
            guard let made = selection.observed.volumes[volume.name], made != volume else { continue }
            let differences = SettingsDifference.between(made, volume).cause
            builder.warnings.append(
                "volume \(volume.name) keeps its data and stays as it was made (\(differences)): "
                    + "to have it made anew, remove it with down -v")
        }
        let orphans = selection.observed.containers.filter(selection.isOrphan).map(\.name).sorted()
        if !orphans.isEmpty && !selection.options.removeOrphans && selection.options.ignoreOrphans != true {
            builder.warnings.append(
                "orphans, whose services aren't in the file: \(orphans.joined(separator: ", ")): "
                    + "--remove-orphans removes them")
        }
    }
}
