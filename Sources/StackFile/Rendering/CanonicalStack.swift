import OrderedCollections

/// The stack in the canonical form of the specification, for `config`.
public struct CanonicalStack: Sendable {
    let project: Project

    /// The services that are enabled (`--services`), in order of their names.
    public var services: [String] { project.section("services").keys.sorted() }
    /// The keys of the volumes that a service uses (`--volumes`).
    public var volumes: [String] { project.section("volumes").keys.sorted() }
    /// The keys of the networks that a service uses (`--networks`).
    public var networks: [String] { project.section("networks").keys.sorted() }
    /// Every profile that the files name (`--profiles`).
    public var profiles: [String] { project.profiles.sorted() }
    /// The images in order of the services' names (`--images`).
    public var images: [String] {
        services.compactMap { project.section("services")[$0]?["image"]?.string }
    }

    /// The top of the tree in the order of Docker's output.
    var tree: Node {
        var result = Mapping()
        result.set("name", Node(.string(project.name), project.tree.mark))
        for key in ["services", "networks", "volumes", "secrets", "configs"] {
            guard let section = project.tree[key] else { continue }
            result.set(key, section)
        }
        for (key, entry) in project.tree.mapping?.entries ?? [:] where result[key] == nil && key != "version" {
            result.set(key, entry.node)
        }
        return project.tree.with(.map(result))
    }

    /// The service as JSON on one line with sorted keys: equal texts, equal services. What doesn't make a container
    /// different (`build`, `pull_policy`, `scale`, `deploy.replicas`, `depends_on`, `profiles`) is left out, so its
    /// digest is what `--hash` prints. `nil`: no such service.
    public func hashInput(service: String) -> String? {
        guard let node = project.section("services")[service], case .map(var mapping) = node.value else { return nil }
        for key in ["build", "pull_policy", "scale", "depends_on", "profiles"] { mapping.remove(key) }
        if let deploy = mapping["deploy"], case .map(var entries) = deploy.value {
            entries.remove("replicas")
            mapping.set("deploy", deploy.with(.map(entries)))
        }
        return JSONWriter(isIndented: false).text(of: node.with(.map(mapping)))
    }

    /// As `config --format json` prints it, with a final newline.
    public func json() -> String {
        JSONWriter(isIndented: true).text(of: JSONForm.complete(tree)) + "\n"
    }

    /// As `config` prints it.
    public func yaml() -> String { YAMLWriter.text(of: tree) }
}

/// What Docker's JSON has and its YAML leaves out.
enum JSONForm {
    static func complete(_ tree: Node) -> Node {
        guard case .map(var top) = tree.value else { return tree }
        if let services = top["services"] {
            top.set("services", each(services, service))
        }
        if let networks = top["networks"] {
            top.set("networks", each(networks) { adding("ipam", .map(Mapping()), to: withoutExtensions($0)) })
        }
        for key in ["secrets", "configs"] {
            if let section = top[key] { top.set(key, each(section, withoutExtensions)) }
        }
        return tree.with(.map(top))
    }

    private static func service(_ node: Node) -> Node {
        var result = adding("entrypoint", .null, to: adding("command", .null, to: withoutExtensions(node)))
        guard case .map(var mapping) = result.value else { return result }
        guard let deploy = mapping["deploy"] else { return node.with(.map(mapping)) }
        let filled = adding("placement", .map(Mapping()), to: adding("resources", .map(Mapping()), to: deploy))
        mapping.set("deploy", filled)
        result = node.with(.map(mapping))
        return result
    }

    private static func withoutExtensions(_ node: Node) -> Node {
        guard case .map(var mapping) = node.value else { return node }
        for key in mapping.keys where key.hasPrefix("x-") { mapping.remove(key) }
        return node.with(.map(mapping))
    }

    private static func each(_ node: Node, _ change: (Node) -> Node) -> Node {
        guard case .map(var mapping) = node.value else { return node }
        for (key, entry) in mapping.entries { mapping.entries[key]?.node = change(entry.node) }
        return node.with(.map(mapping))
    }

    private static func adding(_ key: String, _ value: Node.Value, to node: Node) -> Node {
        guard case .map(var mapping) = node.value, mapping[key] == nil else { return node }
        mapping.set(key, node.with(value))
        return node.with(.map(mapping))
    }
}
