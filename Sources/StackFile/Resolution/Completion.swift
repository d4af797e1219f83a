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
        let completed = project.request.resolvesPaths ? paths.service(node) : node
        guard case .map(var service) = completed.value else { return node }
        let environment = ServiceEnvironment(request: project.request, variables: project.location.variables)
        variables += environment.resolve(&service, name, node, &findings)
        environment.labels(&service, name, node, &findings)
        if let mode = service["network_mode"], let text = mode.string {
            if text.hasPrefix("service:") { depend(&service, on: String(text.dropFirst(8)), mode) }
        } else if service["networks"]?.mapping?.isEmpty ?? true {
            service.set("networks", .map([("default", node.with(.null))], node.mark))
        }
        if let hosts = service["extra_hosts"], let items = hosts.list {
            service.set("extra_hosts", hosts.with(.list(sortedByHost(items))))
        }
        replicas(of: &service)
        if let secrets = service["secrets"], let grants = secrets.list {
            service.set("secrets", secrets.with(.list(grants.map(withTarget))))
        }
        if let links = service["links"]?.list {
            for link in links.compactMap({ $0.string?.split(separator: ":").first }) {
                depend(&service, on: String(link), node)
            }
        }
        for source in service["volumes_from"]?.strings ?? [] where !source.hasPrefix("container:") {
            let name = source.split(separator: ":").first.map(String.init) ?? source
            depend(&service, on: name, node, restart: false)
        }
        return node.with(.map(service))
    }

    /// The addresses of one host stay in the file's order.
    private func sortedByHost(_ items: [Node]) -> [Node] {
        let keyed = items.enumerated().map { (host: $1.string?.split(separator: "=").first ?? "", place: $0, node: $1) }
        return keyed.sorted { ($0.host, $0.place) < ($1.host, $1.place) }.map(\.node)
    }

    /// `scale` shows in `deploy` too, where there is one.
    private func replicas(of service: inout Mapping) {
        guard let scale = service["scale"], let deploy = service["deploy"], case .map(var mapping) = deploy.value,
            mapping["replicas"] == nil
        else { return }
        mapping.set("replicas", scale)
        service.set("deploy", deploy.with(.map(mapping)))
    }

    /// Whoever shares another's network starts after it, and again when it does.
    private func depend(_ service: inout Mapping, on name: String, _ node: Node, restart: Bool = true) {
        var details = [
            ("condition", node.with(.string("service_started"))), ("required", node.with(.boolean(true))),
        ]
        if restart { details.append(("restart", node.with(.boolean(true)))) }
        let dependency = Node.map(details, node.mark)
        guard let existing = service["depends_on"], case .map(var mapping) = existing.value else {
            service.set("depends_on", .map([(name, dependency)], node.mark))
            return
        }
        if mapping[name] == nil { mapping.set(name, dependency) }
        service.set("depends_on", existing.with(.map(mapping)))
    }

    private func withTarget(_ grant: Node) -> Node {
        guard case .map(var mapping) = grant.value, mapping["target"] == nil, let source = mapping["source"]?.string
        else { return grant }
        mapping.set("target", grant.with(.string("/run/secrets/\(source)")))
        return grant.with(.map(mapping))
    }

    /// The networks, volumes, secrets or configs that a service uses, each with its name on the host.
    func named(_ section: Mapping, usedBy services: Mapping, _ uses: (Node) -> [String]) -> Mapping {
        var used: Set<String> = []
        for entry in services.entries.values { used.formUnion(uses(entry.node)) }
        var result = Mapping()
        for (key, entry) in section.entries where used.contains(key) {
            guard case .map(var resource) = entry.node.value else { continue }
            if let external = resource["external"], let name = external["name"] {
                resource.set("external", external.with(.boolean(true)))
                if resource["name"] == nil { resource.set("name", name) }
            }
            if resource["name"] == nil {
                let isExternal = resource["external"]?.boolean ?? false
                resource.set("name", entry.node.with(.string(isExternal ? key : "\(project.name)_\(key)")))
            }
            result.set(key, entry.node.with(.map(resource)), keyMark: entry.keyMark)
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
