import OrderedCollections

/// The merged tree on its way to a stack: profiles are applied, then everything that the files leave unsaid is added.
struct Project {
    let name: String
    /// In canonical form.
    private(set) var tree: Node
    let location: Location
    let request: LoadRequest
    /// Names of services that profiles leave out.
    private(set) var disabled: [String] = []
    /// Every profile that the files name.
    private(set) var profiles: Set<String> = []

    /// The variables of the services' containers, and where they came from.
    private(set) var containerVariables: [ContainerVariable] = []

    init(name: String, tree: Node, location: Location, request: LoadRequest) {
        self.name = name
        self.tree = tree
        self.location = location
        self.request = request
    }

    /// The mapping of this name at the top of the file; empty where there is none.
    func section(_ key: String) -> Mapping { tree[key]?.mapping ?? Mapping() }

    private mutating func set(_ key: String, _ mapping: Mapping) {
        guard case .map(var top) = tree.value else { return }
        if mapping.isEmpty, key != "services" {
            top.remove(key)
        } else {
            top.set(key, (top[key] ?? tree).with(.map(mapping)))
        }
        tree = tree.with(.map(top))
    }

    // MARK: select

    /// Those of the command line; without any, those of the environment, which names one that is empty if it names none.
    private var activeProfiles: Set<String> {
        if !request.profiles.isEmpty { return Set(request.profiles) }
        let text = location.environment["COMPOSE_PROFILES"] ?? ""
        return Set(text.split(separator: ",", omittingEmptySubsequences: false).map(\.trimmed))
    }

    /// Leaves out the services that profiles disable (Compose specification, "Profiles").
    mutating func select(_ findings: inout Findings) {
        var services = section("services")
        var active = activeProfiles
        for name in request.services {
            guard let service = services[name] else {
                findings.error(
                    "no such service: \(name)", at: nil,
                    suggestion: Findings.suggestion(for: name, in: services.keys))
                continue
            }
            active.formUnion(service["profiles"]?.strings ?? [])
        }
        for (name, entry) in services.entries {
            let own = entry.node["profiles"]?.strings ?? []
            profiles.formUnion(own)
            if own.isEmpty || active.contains("*") || !active.isDisjoint(with: own) { continue }
            disabled.append(name)
        }
        for name in disabled { services.remove(name) }
        set("services", services)
        var jobs = section("jobs")
        for (name, entry) in jobs.entries {
            let own = entry.node["profiles"]?.strings ?? []
            if !own.isEmpty, !active.contains("*"), active.isDisjoint(with: own) { jobs.remove(name) }
        }
        set("jobs", jobs)
    }

    // MARK: complete

    /// Adds what the files leave to defaults: networks, names, absolute paths, the values of variables.
    mutating func complete(_ findings: inout Findings) {
        let completion = Completion(project: self)
        var services = section("services")
        for (name, entry) in services.entries {
            services.entries[name]?.node = completion.service(entry.node, name, &containerVariables, &findings)
        }
        if request.selectsServices { services = Selection(services: services).keeping(request.services) }
        set("services", services)
        var networks = section("networks")
        if networks["default"] == nil, request.normalizes { networks.set("default", Node(.map(Mapping()), tree.mark)) }
        set("networks", completion.named(networks, usedBy: services) { $0["networks"]?.mapping?.keys ?? [] })
        let volumes = completion.named(section("volumes"), usedBy: services) { service in
            (service["volumes"]?.list ?? []).filter { $0["type"]?.string == "volume" }
                .compactMap { $0["source"]?.string }
        }
        set("volumes", completion.paths(ofVolumes: volumes))
        for key in ["secrets", "configs"] {
            let used = completion.named(section(key), usedBy: services) { service in
                ((service[key]?.list ?? []) + (service["build"]?[key]?.list ?? [])).compactMap { $0["source"]?.string }
            }
            set(key, completion.files(used))
        }
        var models = section("models")
        let used = Set(services.entries.values.flatMap { $0.node["models"]?.mapping?.keys ?? [] })
        for name in models.keys where !used.contains(name) { models.remove(name) }
        set("models", models)
        var jobs = section("jobs")
        for (name, entry) in jobs.entries { jobs.entries[name]?.node = completion.job(entry.node, name) }
        set("jobs", jobs)
    }
}

extension Substring {
    /// Without blanks at both ends.
    var trimmed: String {
        let start = drop { $0 == " " }
        return start.lastIndex { $0 != " " }.map { String(start[...$0]) } ?? ""
    }
}
