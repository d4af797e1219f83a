import OrderedCollections
import StackModel

/// The completed tree as values.
struct Resolution {
    let project: Project
    private let services: Mapping

    init(project: Project) {
        self.project = project
        services = project.section("services")
    }

    func stack() -> Stack {
        var stack = Stack(
            name: project.name, workingDirectory: project.location.directory,
            files: project.location.files, disabledServices: project.disabled)
        for (name, entry) in services.entries {
            stack.services[name] = service(entry.node, name)
        }
        for (key, entry) in project.section("networks").entries { stack.networks[key] = network(entry.node, key) }
        // Docker's own default bridge has no names; the stack's serves in its place.
        if stack.networks["default"] == nil, stack.services.values.contains(where: usesDefault) {
            stack.networks["default"] = StackNetwork(name: "\(project.name)_default")
        }
        for (key, entry) in project.section("volumes").entries { stack.volumes[key] = volume(entry.node, key) }
        return stack
    }

    private func usesDefault(_ service: Service) -> Bool { service.container.networks["default"] != nil }

    /// An empty name is none.
    private func name(_ node: Node, _ key: String) -> String {
        node["name"]?.string.flatMap { $0.isEmpty ? nil : $0 } ?? key
    }

    private func network(_ node: Node, _ key: String) -> StackNetwork {
        let ranges = (node["ipam"]?["config"]?.list ?? []).compactMap {
            AddressRange(
                subnet: $0["subnet"]?.string, gateway: $0["gateway"]?.string, ipRange: $0["ip_range"]?.string)
        }
        return StackNetwork(
            name: name(node, key), external: node["external"]?.boolean ?? false, driver: "bridge",
            driverOpts: texts(node["driver_opts"]), isInternal: node["internal"]?.boolean ?? false, ipam: ranges,
            labels: texts(node["labels"]))
    }

    private func volume(_ node: Node, _ key: String) -> StackVolume {
        StackVolume(
            name: name(node, key), external: node["external"]?.boolean ?? false,
            driver: node["driver"]?.string ?? "local", driverOpts: texts(node["driver_opts"]),
            labels: texts(node["labels"]))
    }

    private func pullPolicy(_ node: Node) -> PullPolicy? {
        guard let text = node["pull_policy"]?.string else { return nil }
        if text == "refresh" {
            return PullPolicy(rawValue: "every_" + (node["pull_refresh_after"]?.string ?? "24h"))
        }
        return PullPolicy(rawValue: text)
    }

    private func service(_ node: Node, _ name: String) -> Service {
        let count = (node["scale"] ?? node["deploy"]?["replicas"])?.integer ?? 1
        var service = Service(name: name, image: node["image"]?.string ?? "", scale: Int(count))
        if let policy = pullPolicy(node) { service.pullPolicy = policy }
        service.platform = node["platform"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        // An optional dependency that a profile disables is nothing to wait for.
        for (target, entry) in node["depends_on"]?.mapping?.entries ?? [:] where services[target] != nil {
            service.dependsOn[target] = Dependency(
                condition: entry.node["condition"]?.string.flatMap(DependencyCondition.init) ?? .serviceStarted,
                restart: entry.node["restart"]?.boolean ?? false, required: entry.node["required"]?.boolean ?? true)
        }
        service.profiles = node["profiles"]?.strings ?? []
        service.container = ContainerResolution(project: project, node: node).settings()
        return service
    }
}

/// A mapping's texts; null has none.
func texts(_ node: Node?) -> [String: String] {
    var result: [String: String] = [:]
    for (key, entry) in node?.mapping?.entries ?? [:] { result[key] = entry.node.scalarText }
    return result
}
