import OrderedCollections

/// What a tree whose variables stay as they are written leaves to defaults (`config --no-interpolate`).
struct WrittenCompletion {
    let request: LoadRequest
    let location: Location
    let name: String

    func complete(_ tree: Node) -> Node {
        var result = WrittenTree.changing(Merging.cleared(tree), "services") { WrittenTree.each($0, withDefaults) }
        if request.resolvesPaths {
            result = PathResolution(directory: location.directory, home: request.environment["HOME"]).project(result)
        }
        guard case .map(var top) = result.value else { return result }
        top.remove("version")
        guard request.normalizes else { return result.with(.map(top)) }
        top.set("name", result.with(.string(name)))
        var usesDefault = false
        if let services = top["services"] {
            top.set("services", WrittenTree.each(services) { normalized($0, &usesDefault) })
        }
        if usesDefault, top["networks"]?["default"] == nil {
            let networks = top["networks"] ?? result.with(.map(Mapping()))
            top.set("networks", WrittenTree.adding("default", .null, to: networks))
        }
        for key in ["networks", "volumes", "configs", "secrets"] {
            guard let section = top[key], case .map(var resources) = section.value else { continue }
            for (key, entry) in resources.entries { resources.entries[key]?.node = named(entry.node, key) }
            top.set(key, section.with(.map(resources)))
        }
        return result.with(.map(top))
    }

    private func named(_ resource: Node, _ key: String) -> Node {
        let node = resource.isNull ? resource.with(.map(Mapping())) : resource
        let isExternal = node["external"]?.boolean == true || node["external"]?.string == "true"
        return WrittenTree.adding("name", .string(isExternal ? key : "\(name)_\(key)"), to: node)
    }

    private func withDefaults(_ service: Node) -> Node {
        var result = WrittenTree.changing(service, "build") { WrittenTree.adding("context", .string("."), to: $0) }
        result = WrittenTree.changing(result, "secrets") { secrets in
            WrittenTree.items(secrets) { grant in
                WrittenTree.adding(
                    "target", .string("/run/secrets/" + (grant["source"]?.string ?? "")), to: grant)
            }
        }
        result = WrittenTree.changing(result, "ports") { ports in
            WrittenTree.items(ports) { port in
                WrittenTree.adding(
                    "protocol", .string("tcp"), to: WrittenTree.adding("mode", .string("ingress"), to: port))
            }
        }
        return WrittenTree.changing(result, "volumes") { volumes in
            WrittenTree.items(volumes) { volume in
                WrittenTree.changing(volume, "bind") {
                    WrittenTree.adding("create_host_path", .boolean(true), to: $0)
                }
            }
        }
    }

    private func normalized(_ service: Node, _ usesDefault: inout Bool) -> Node {
        guard case .map(var mapping) = service.value else { return service }
        if mapping["provider"] == nil, mapping["network_mode"] == nil {
            if mapping["networks"]?.mapping?.isEmpty ?? true {
                mapping.set("networks", .map([("default", service.with(.null))], service.mark))
            }
            if mapping["networks"]?["default"] != nil { usesDefault = true }
        }
        if mapping["pull_policy"]?.string == "if_not_present" {
            mapping.set("pull_policy", service.with(.string("missing")))
        }
        if let build = mapping["build"] { mapping.set("build", normalized(build: build)) }
        if let volumes = mapping["volumes"] {
            let cleaned = WrittenTree.items(volumes) { volume in
                WrittenTree.changing(volume, "target") { $0.with(.string(FilePath.clean($0.string ?? ""))) }
            }
            mapping.set("volumes", cleaned)
        }
        depend(&mapping, service)
        return service.with(.map(mapping))
    }

    private func normalized(build: Node) -> Node {
        var result = build
        if build["dockerfile"] == nil, build["dockerfile_inline"] == nil {
            result = WrittenTree.adding("dockerfile", .string("Dockerfile"), to: result)
        }
        return WrittenTree.changing(result, "args") { arguments in
            if let items = arguments.list { return arguments.with(.list(items.compactMap(argument))) }
            guard case .map(var mapping) = arguments.value else { return arguments }
            for (key, entry) in mapping.entries where entry.node.isNull {
                if let value = location.variables[key] {
                    mapping.set(key, entry.node.with(.string(value)))
                } else {
                    mapping.remove(key)
                }
            }
            return arguments.with(.map(mapping))
        }
    }

    /// An argument without a value has the shell's, or there is none.
    private func argument(_ node: Node) -> Node? {
        guard let text = node.string, !text.contains("=") else { return node }
        return location.variables[text].map { node.with(.string("\(text)=\($0)")) }
    }

    private func depend(_ service: inout Mapping, _ node: Node) {
        var dependencies = service["depends_on"]?.mapping ?? Mapping()
        func add(_ name: Substring, restarts: Bool) {
            guard dependencies[String(name)] == nil else { return }
            dependencies.set(
                String(name),
                .map(
                    [
                        ("condition", node.with(.string("service_started"))), ("required", node.with(.boolean(true))),
                        ("restart", node.with(.boolean(restarts))),
                    ], node.mark))
        }
        for link in service["links"]?.strings ?? [] { add(link.prefix { $0 != ":" }, restarts: true) }
        for key in ["network_mode", "ipc", "pid", "uts", "cgroup"] {
            if let text = service[key]?.string, text.hasPrefix("service:") { add(text.dropFirst(8), restarts: true) }
        }
        for source in service["volumes_from"]?.strings ?? [] where !source.hasPrefix("container:") {
            add(source.prefix { $0 != ":" }, restarts: false)
        }
        if !dependencies.isEmpty { service.set("depends_on", (service["depends_on"] ?? node).with(.map(dependencies))) }
    }
}
