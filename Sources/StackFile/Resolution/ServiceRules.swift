import StackModel

/// What several attributes of a service say together.
enum ServiceRules {
    static func finish(
        _ service: Service, _ node: Node, _ place: Place, _ resolution: inout Resolution
    ) -> Service {
        var service = service
        service.name = place.name
        let services = resolution.project.section("services")
        // An optional dependency that a profile disables is nothing to wait for.
        service.dependsOn = service.dependsOn.filter { services[$0.key] != nil }
        pullPolicy(&service, node, place, &resolution)
        image(&service, node, place, &resolution)
        ports(node, place, &resolution)
        processor(service.container.resources, node, place, &resolution)
        JobRules.apply(to: &service, node, place, &resolution)
        JobRules.checkDependencies(service, node, place, &resolution)
        return service
    }

    private static func pullPolicy(
        _ service: inout Service, _ node: Node, _ place: Place, _ resolution: inout Resolution
    ) {
        guard node["pull_policy"]?.string == "refresh", let after = node["pull_refresh_after"], let text = after.string
        else { return }
        if let policy = PullPolicy(rawValue: "every_" + text) {
            service.pullPolicy = policy
        } else {
            resolution.fault(
                "\"\(text)\" is not a duration", at: after.mark, place.key("pull_refresh_after", after.mark),
                suggestion: "write it like 12h or 7d")
        }
    }

    private static func image(
        _ service: inout Service, _ node: Node, _ place: Place, _ resolution: inout Resolution
    ) {
        guard node["image"]?.string == nil else { return }
        guard service.build == nil else {
            // As Compose calls what it builds.
            service.image = "\(resolution.project.name)-\(service.name)"
            return
        }
        resolution.fault(
            "has no image, and providers are not supported yet", at: place.keyMark, place,
            suggestion: "name one with \"image:\"")
    }

    /// One limit, which is said either way.
    private static func processor(
        _ resources: Resources, _ service: Node, _ place: Place, _ resolution: inout Resolution
    ) {
        guard resources.milliCPUs != nil else { return }
        for key in ["cpu_period", "cpu_quota"] {
            guard let node = service[key] else { continue }
            resolution.fault("and cpus exclude each other", at: node.mark, place.key(key, node.mark))
        }
    }

    private static func ports(_ service: Node, _ place: Place, _ resolution: inout Resolution) {
        guard let mode = service["network_mode"]?.string, let ports = service["ports"], mode != "bridge" else { return }
        let place = place.key("ports", ports.mark)
        if mode == "host" {
            resolution.warning("published ports are discarded with network_mode: host", at: ports.mark, place)
        } else {
            resolution.fault(
                "can't be published with network_mode: \(mode)", at: ports.mark, place,
                suggestion: mode.hasPrefix("service:") ? "publish them with that service" : nil)
        }
    }
}
