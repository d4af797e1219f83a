import OrderedCollections

/// What a file may leave unsaid, for one service or one resource at a time.
struct Completion {
    let project: Project
    private let paths: PathResolution

    init(project: Project) {
        self.project = project
        paths = PathResolution(
            directory: project.location.directory, home: project.request.environment["HOME"])
    }

    /// `variables` gets those of the service's containers.
    func service(
        _ node: Node, _ name: String, _ variables: inout [ContainerVariable], _ findings: inout Findings
    ) -> Node {
        guard case .map(var service) = workload(node).value else { return node }
        replicas(of: &service)
        if project.request.normalizes { ImpliedDependencies.add(to: &service) }
        service.change("secrets") { $0.each(withTarget) }
        let container = HookInheritance(service: service, environment: service["environment"].map(fromShell))
        if project.request.normalizes { service.change("pre_start") { $0.each(container.hook) } }
        let environment = ServiceEnvironment(request: project.request, variables: project.location.variables)
        variables += environment.resolve(&service, name, node, &findings)
        environment.labels(&service, name, node, &findings)
        return node.with(.map(service))
    }

    func job(_ node: Node, _ name: String) -> Node {
        workload(node).inside("environment", fromShell).inside("secrets") { $0.each(withTarget) }.completed(
            "name", .string(name))
    }

    /// What services and jobs have in common.
    private func workload(_ node: Node) -> Node {
        let completed = project.request.resolvesPaths ? paths.service(node) : node
        guard case .map(var workload) = container(completed).value else { return node }
        workload.change("build", build)
        if project.request.normalizes { normalize(&workload, node) }
        workload.change("ports") { ports in
            ports.each { $0.inside("published") { $0.with(.string($0.scalarText ?? "")) } }
        }
        workload.change("provider") { provider in
            provider.inside("options") { options in options.eachValue { $0.list == nil ? $0.with(.list([$0])) : $0 } }
        }
        // An empty one counts as said.
        if workload["network_mode"]?.string == "" { workload.remove("network_mode") }
        return node.with(.map(workload))
    }

    /// What Compose calls normal: older words replaced, paths clean, and the default network.
    private func normalize(_ workload: inout Mapping, _ node: Node) {
        workload.change("pull_policy") { $0.changed { $0 == "if_not_present" ? "missing" : $0 } }
        workload.change("volumes") { volumes in
            volumes.each { $0.inside("target") { $0.changed { $0.isEmpty ? $0 : FilePath.clean($0) } } }
        }
        if workload["provider"] == nil, workload["network_mode"] == nil, workload["networks"]?.mapping?.isEmpty ?? true
        {
            workload.set("networks", .map([("default", node.with(.null))], node.mark))
        }
    }

    /// What any container has.
    private func container(_ node: Node) -> Node {
        guard case .map(var container) = node.value else { return node }
        container.change("extra_hosts", ExtraHosts.canonical)
        if let servers = container["dns"], let items = servers.list {
            let kept = items.filter { $0.string?.isEmpty == false }
            container.set("dns", servers.with(.list(kept)))
            if kept.isEmpty { container.remove("dns") }
        }
        container.change("storage_opt", texts)
        container.change("logging") { $0.inside("options", texts) }
        container.change("gpus") { $0.each(request) }
        container.change("deploy") { deploy in
            deploy.inside("resources") { resources in
                resources.inside("reservations") { $0.inside("devices") { $0.each(request) } }
            }
        }
        container.change("pre_start") { $0.each(self.container) }
        return node.with(.map(container))
    }

    /// An option without a value has an empty one.
    private func texts(_ options: Node) -> Node {
        options.eachValue { $0.isNull ? $0.with(.string("")) : $0 }
    }

    /// All devices, where neither a number nor which ones is said.
    private func request(_ node: Node) -> Node {
        node["device_ids"] == nil ? node.completed("count", .integer(-1)) : node
    }

    private func build(_ node: Node) -> Node {
        var node = node.completed(
            "context", .string(project.request.resolvesPaths ? project.location.directory : "."))
        guard project.request.normalizes else { return node.inside("extra_hosts", ExtraHosts.canonical) }
        if node["dockerfile_inline"] == nil { node = node.completed("dockerfile", .string("Dockerfile")) }
        node = node.inside("extra_hosts", ExtraHosts.canonical)
        return node.inside("args") { arguments in
            // Without a value, and without one in the shell: as if it hadn't been named.
            guard case .map(var mapping) = fromShell(arguments).value else { return arguments }
            for key in mapping.keys where mapping[key]?.isNull == true { mapping.remove(key) }
            return arguments.with(.map(mapping))
        }
    }

    /// A variable without a value has the shell's.
    private func fromShell(_ variables: Node) -> Node {
        guard case .map(var mapping) = variables.value else { return variables }
        for (key, entry) in mapping.entries where entry.node.isNull {
            if let value = project.location.variables[key] { mapping.set(key, entry.node.with(.string(value))) }
        }
        return variables.with(.map(mapping))
    }

    /// `scale` shows in `deploy` too, where there is one.
    private func replicas(of service: inout Mapping) {
        guard project.request.checksConsistency, let scale = service["scale"] else { return }
        service.change("deploy") { $0.completed("replicas", scale.value) }
    }

    private func withTarget(_ grant: Node) -> Node {
        guard let source = grant["source"]?.string else { return grant }
        return grant.completed("target", .string("/run/secrets/\(source)"))
    }

    /// The networks, volumes, secrets or configs that a service uses, each with its name on the host.
    func named(_ section: Mapping, usedBy services: Mapping, _ uses: (Node) -> [String]) -> Mapping {
        var used: Set<String> = []
        for entry in services.entries.values { used.formUnion(uses(entry.node)) }
        var result = Mapping()
        for (key, entry) in section.entries where used.contains(key) {
            let isExternal = entry.node["external"]?.boolean ?? false
            let resource = entry.node.isNull ? entry.node.with(.map(Mapping())) : entry.node
            var named = isExternal ? resource : resource.without("external")
            if project.request.normalizes {
                named = named.completed("name", .string(isExternal ? key : "\(project.name)_\(key)"))
            }
            result.set(key, named, keyMark: entry.keyMark)
        }
        return result
    }

    /// Named volumes whose device is a directory have its absolute path.
    func paths(ofVolumes section: Mapping) -> Mapping {
        guard project.request.resolvesPaths else { return section }
        var result = section
        for (key, entry) in section.entries { result.set(key, paths.volume(entry.node)) }
        return result
    }

    /// Secrets and configs with absolute paths.
    func files(_ section: Mapping) -> Mapping {
        var result = Mapping()
        for (key, entry) in section.entries {
            result.set(key, project.request.resolvesPaths ? paths.file(entry.node) : entry.node)
        }
        return result
    }
}
