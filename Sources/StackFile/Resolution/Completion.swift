import OrderedCollections

/// What a file may leave unsaid, for one service or one resource at a time.
struct Completion {
    let project: Project
    private let paths: PathResolution

    init(project: Project) {
        self.project = project
        paths = PathResolution(
            directory: project.location.directory, home: project.location.environment["HOME"])
    }

    func service(_ node: Node, _ name: String, _ findings: inout Findings) -> Node {
        guard case .map(var service) = paths.service(node).value else { return node }
        let path = Path("services", name)
        environment(of: &service, node, path, &findings)
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

    /// `env_file`s in order, then `environment`; a name without a value takes the shell's.
    private func environment(of service: inout Mapping, _ node: Node, _ path: Path, _ findings: inout Findings) {
        let known = project.location.environment
        var variables = Mapping()
        for (index, file) in (service["env_file"]?.list ?? []).enumerated() {
            read(file, path.key("env_file").index(index), into: &variables, &findings)
        }
        for (key, entry) in service["environment"]?.mapping?.entries ?? [:] {
            let shell = entry.node.isNull ? known[key] : nil
            variables.set(key, shell.map { entry.node.with(.string($0)) } ?? entry.node, keyMark: entry.keyMark)
        }
        service.remove("env_file")
        if !variables.isEmpty { service.set("environment", node.with(.map(variables))) }
    }

    private func read(_ file: Node, _ path: Path, into variables: inout Mapping, _ findings: inout Findings) {
        guard let name = file["path"]?.string else { return }
        let isRequired = file["required"]?.boolean ?? true
        guard FileBytes.exists(name) else {
            if isRequired {
                findings.error(
                    "the env file \"\(name)\" doesn't exist", at: file["path"]?.mark, path,
                    suggestion: "make it, or say \"required: false\"")
            }
            return
        }
        let known = project.location.environment
        let before = variables
        var environmentFile = EnvironmentFile(
            path: name, name: FilePath.shown(name, from: project.request.currentDirectory))
        environmentFile.isRaw = file["format"]?.string == "raw"
        for entry in environmentFile.read(lookup: { known[$0] ?? before[$0]?.string }, &findings) {
            if let value = entry.value { variables.set(entry.name, file.with(.string(value))) }
        }
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

    /// Secrets and configs with absolute paths.
    func files(_ section: Mapping) -> Mapping {
        var result = Mapping()
        for (key, entry) in section.entries { result.set(key, paths.path("file", of: entry.node)) }
        return result
    }
}
