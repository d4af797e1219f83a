import StackModel

/// What an `up` is about: the desired and the observed stack, and which services take part.
struct UpSelection {
    let stack: Stack
    let observed: ObservedStack
    let options: PlanOptions
    let graph: ServiceGraph
    /// Taking part, dependencies before dependents.
    let services: [Service]
    let names: Set<String>
    /// By service; by number, the newest one first where an interrupted recreation left two.
    let containers: [String: [ObservedContainer]]
    let networks: NetworkChanges

    init(
        _ stack: Stack, _ observed: ObservedStack, _ options: PlanOptions
    ) throws(PlanError) {
        if options.noRecreate && (options.forceRecreate || options.alwaysRecreateDeps) { throw .contradictingOptions }
        for name in (options.services + options.scale.keys).sorted() where stack.services[name] == nil {
            throw .unknownService(
                name, known: stack.services.keys.sorted(), disabled: stack.disabledServices.contains(name))
        }
        var stack = stack
        if let oneOff = options.oneOff { stack.services[oneOff.service]?.container = oneOff.settings }
        self.stack = stack
        self.observed = observed
        self.options = options
        let graph = try ServiceGraph(stack)
        self.graph = graph
        var names = options.services.isEmpty ? Set(stack.services.keys) : Set(options.services)
        if !options.noDeps { names = graph.closure(of: names) }
        let networks = NetworkChanges(stack, observed, options, among: names)
        // A network can only be made anew once nothing is attached to it.
        names.formUnion(networks.attachedServices)
        self.networks = networks
        self.names = names
        services = graph.order.filter(names.contains).compactMap { stack.services[$0] }
        containers = Dictionary(grouping: observed.containers.filter { !$0.isOneOff }, by: \.service)
            .mapValues { $0.sorted(by: Self.standsBefore) }
        for service in services { try check(service) }
    }

    private static func standsBefore(_ one: ObservedContainer, _ other: ObservedContainer) -> Bool {
        if one.number != other.number { return one.number < other.number }
        return (one.created, one.id) > (other.created, other.id)
    }

    private func check(_ service: Service) throws(PlanError) {
        let count = scale(of: service)
        if count < 0 { throw .negativeScale(service: service.name, scale: count) }
        if let asked = options.scale[service.name], asked > 0, service.schedule != nil {
            throw .scheduledScaled(service: service.name)
        }
        if count > 1, let name = service.container.containerName {
            throw .fixedNameScaled(service: service.name, name: name, scale: count)
        }
    }

    /// What runs at times has no containers in between.
    func scale(of service: Service) -> Int {
        service.schedule == nil ? options.scale[service.name] ?? service.scale : 0
    }

    /// What `run` makes of the service, in the place of its replicas.
    func oneOff(of service: Service) -> OneOff? {
        options.oneOff.flatMap { $0.service == service.name ? $0 : nil }
    }

    /// Named on the command line, or all are meant.
    func isNamed(_ service: String) -> Bool {
        options.services.isEmpty || options.services.contains(service)
    }

    func pullPolicy(of service: Service) -> PullPolicy { options.pull ?? service.pullPolicy }

    func image(of service: Service) -> ObservedImage { observed.images[service.imageKey] ?? ObservedImage() }

    /// The digest of the image that the service gets, as far as it is known.
    func imageID(of service: Service) -> String? {
        let image = image(of: service)
        return image.registry?.imageID ?? image.stored
    }

    /// Why the service's image is fetched; `nil` if it is there as it should be, as far as anybody has asked.
    func pullReason(of service: Service) -> String? {
        let image = image(of: service)
        if image.stored == nil { return "pull: not in the store" }
        guard let registry = image.registry, registry.imageID != image.stored else { return nil }
        return isRefreshed(service)
            ? "pull: pull_policy \(pullPolicy(of: service).rawValue)" : "pull: another image by now"
    }

    /// Whether an image that is there is looked up anew whatever the containers look like.
    func isRefreshed(_ service: Service) -> Bool {
        let policy = pullPolicy(of: service)
        if policy == .always { return true }
        guard let interval = policy.interval else { return false }
        return image(of: service).age.map { $0 >= interval } ?? true
    }

    /// Whether the service's containers run to their end: the file says so, or somebody waits for it.
    func isJob(_ service: String) -> Bool {
        stack.services[service]?.isJob == true || !waitingForCompletion(of: service).isEmpty
    }

    /// The services that wait for the end of this one.
    func waitingForCompletion(of service: String) -> [String] {
        (graph.dependents[service] ?? []).filter {
            graph.dependencies[$0]?[service]?.condition == .serviceCompletedSuccessfully
        }
    }

    func reference(_ service: Service, _ number: Int) -> ContainerReference {
        ContainerReference(
            service: service.name, number: number,
            name: service.container.containerName ?? "\(stack.name)-\(service.name)-\(number)", id: nil)
    }

    /// What a container of the service is made from.
    func spec(_ service: Service, _ reference: ContainerReference, imageID: String) -> ContainerSpec {
        let settings = service.container
        let oneOff = oneOff(of: service)
        var spec = ContainerSpec(
            name: reference.name,
            owner: oneOff == nil
                ? .replica(stack: stack.name, service: service.name, number: reference.number)
                : .oneOff(stack: stack.name, service: service.name, number: reference.number),
            image: service.image, platform: service.platform, imageID: imageID, settings: settings,
            dependsOn: service.dependsOn,
            networks: settings.networks.keys.reduce(into: [:]) { result, key in
                result[key] = stack.networks[key].map(networks.effective)
            },
            volumes: settings.volumeKeys.reduce(into: [:]) { $0[$1] = stack.volumes[$1] },
            contents: observed.contents[service.name] ?? [:], projectDirectory: stack.workingDirectory,
            files: stack.files)
        spec.isJob = oneOff == nil ? service.isJob : nil
        spec.run = oneOff?.run
        return spec
    }

    func isOrphan(_ container: ObservedContainer) -> Bool {
        !container.isOneOff && stack.services[container.service] == nil
            && !stack.disabledServices.contains(container.service)
    }
}

/// The networks whose definition changed since they were made.
struct NetworkChanges {
    /// By name on the host: the differences, as one cause. These networks are made anew.
    private(set) var causes: [String: String] = [:]
    /// The services with a container on one of them.
    private(set) var attachedServices: Set<String> = []
    private(set) var warnings: [String] = []
    /// Networks that stay as they were made although the file wants them otherwise.
    private var kept: [String: StackNetwork] = [:]

    init(_ stack: Stack, _ observed: ObservedStack, _ options: PlanOptions, among names: Set<String>) {
        let used = Set(names.flatMap { (stack.services[$0]?.container.networks ?? [:]).keys })
        for (key, wanted) in stack.networks.sorted(by: { $0.key < $1.key }) where used.contains(key) {
            guard !wanted.external, let made = observed.networks[wanted.name], made != wanted else { continue }
            let attached = observed.containers.filter { $0.isOn(wanted.name) }
            let strangers = attached.filter { container in
                container.isOneOff || container.isConnected(to: wanted.name)
                    || (stack.services[container.service] == nil && !options.removeOrphans)
            }
            let names = strangers.map(\.name) + (observed.networkUsers[wanted.name] ?? [])
            if names.isEmpty && !options.noRecreate && options.oneOff == nil {
                causes[wanted.name] = SettingsDifference.between(made, wanted).cause
                attachedServices.formUnion(attached.map(\.service).filter { stack.services[$0] != nil })
            } else {
                kept[wanted.name] = made
                warnings.append(Self.warning(wanted.name, names))
            }
        }
    }

    private static func warning(_ network: String, _ strangers: [String]) -> String {
        if strangers.isEmpty { return "network \(network) changed in the file, but stays as it is until up" }
        let names = strangers.sorted().joined(separator: ", ")
        return "network \(network) changed in the file, but \(names) still uses it and the file doesn't name that: "
            + "remove it first (--remove-orphans)"
    }

    /// The definition that holds when the plan has been carried out.
    func effective(_ wanted: StackNetwork) -> StackNetwork { kept[wanted.name] ?? wanted }
}
