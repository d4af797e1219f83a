import OrderedCollections

/// What no single attribute shows: references, cycles, and attributes that contradict each other.
struct Validation {
    let project: Project

    func check(_ findings: inout Findings) {
        let services = project.section("services")
        if services.isEmpty, project.disabled.isEmpty {
            findings.warning("the stack has no services", at: project.tree.mark)
        }
        for (name, entry) in services.entries {
            let path = Path("services", name)
            image(entry.node, entry.keyMark, path, &findings)
            references(entry.node, path, &findings)
            networking(entry.node, path, &findings)
            limits(entry.node, path, &findings)
            scale(entry.node, path, &findings)
        }
        containerNames(services, &findings)
        for key in ["secrets", "configs"] {
            for (name, entry) in project.section(key).entries { source(entry.node, Path(key, name), &findings) }
        }
        for key in ["networks", "volumes"] {
            for (name, entry) in project.section(key).entries { external(entry.node, Path(key, name), &findings) }
        }
        DependencyGraph(project: project).check(&findings)
    }

    private func image(_ service: Node, _ mark: Mark, _ path: Path, _ findings: inout Findings) {
        guard service["image"]?.string?.isEmpty ?? true else { return }
        let reason = service["build"] == nil ? "" : ", and building one is not supported yet"
        findings.error("has no image\(reason)", at: mark, path, suggestion: "name one with \"image:\"")
    }

    private func references(_ service: Node, _ path: Path, _ findings: inout Findings) {
        for (name, entry) in service["networks"]?.mapping?.entries ?? [:] {
            undefined("network", name, in: "networks", entry.keyMark, path.key("networks"), &findings)
        }
        for (index, mount) in (service["volumes"]?.list ?? []).enumerated() {
            let place = path.key("volumes").index(index)
            if mount["target"] == nil { findings.error("\"target\" is missing", at: mount.mark, place) }
            if mount["type"]?.string == "bind", mount["source"] == nil {
                findings.error("\"source\" is missing", at: mount.mark, place)
            }
            guard mount["type"]?.string == "volume", let name = mount["source"]?.string else { continue }
            undefined("volume", name, in: "volumes", mount.mark, place, &findings)
        }
        mountedTwice(service, path, &findings)
        for (key, kind) in [("secrets", "secret"), ("configs", "config")] {
            for (index, grant) in (service[key]?.list ?? []).enumerated() {
                let place = path.key(key).index(index)
                guard let name = grant["source"]?.string else {
                    findings.error("\"source\" is missing", at: grant.mark, place)
                    continue
                }
                undefined(kind, name, in: key, grant.mark, place, &findings)
            }
        }
    }

    private func mountedTwice(_ service: Node, _ path: Path, _ findings: inout Findings) {
        let targets = Set((service["volumes"]?.list ?? []).compactMap { $0["target"]?.string })
        for (index, mount) in (service["tmpfs"]?.list ?? []).enumerated() {
            guard let target = mount.string?.split(separator: ":").first, targets.contains(String(target)) else {
                continue
            }
            findings.error(
                "\"\(target)\" is the target of a volume already", at: mount.mark, path.key("tmpfs").index(index))
        }
    }

    private func undefined(
        _ kind: String, _ name: String, in section: String, _ mark: Mark, _ path: Path, _ findings: inout Findings
    ) {
        let defined = project.section(section)
        guard defined[name] == nil else { return }
        findings.error(
            "refers to undefined \(kind) \"\(name)\"", at: mark, path,
            suggestion: Findings.suggestion(for: name, in: defined.keys)
                ?? "define it under \"\(section):\" at the top of the file")
    }

    private func networking(_ service: Node, _ path: Path, _ findings: inout Findings) {
        guard let mode = service["network_mode"], let text = mode.string else { return }
        if let networks = service["networks"], text != "bridge" {
            findings.error(
                "declares network_mode and networks, which exclude each other", at: networks.mark,
                path.key("networks"))
        }
        guard let ports = service["ports"] else { return }
        if text == "host" {
            findings.warning(
                "published ports are discarded with network_mode: host", at: ports.mark, path.key("ports"))
        } else if text != "bridge" {
            findings.error(
                "can't be published with network_mode: \(text)", at: ports.mark, path.key("ports"),
                suggestion: text.hasPrefix("service:") ? "publish them with that service" : nil)
        }
    }

    /// The service's own short attribute and the one under `deploy` must not say different things.
    private func limits(_ service: Node, _ path: Path, _ findings: inout Findings) {
        let resources = service["deploy"]?["resources"]
        let pairs: [(String, Node?, String)] = [
            ("mem_limit", resources?["limits"]?["memory"], "limits.memory"),
            ("mem_reservation", resources?["reservations"]?["memory"], "reservations.memory"),
            ("cpus", resources?["limits"]?["cpus"], "limits.cpus"),
            ("pids_limit", resources?["limits"]?["pids"], "limits.pids"),
        ]
        for (key, long, name) in pairs {
            guard let short = service[key], let long, short.scalarText != long.scalarText else { continue }
            findings.error(
                "can't have a value other than deploy.resources.\(name)", at: short.mark, path.key(key))
        }
    }

    private func scale(_ service: Node, _ path: Path, _ findings: inout Findings) {
        let replicas = service["deploy"]?["replicas"]
        if let scale = service["scale"], let replicas, scale.integer != replicas.integer {
            findings.error("can't have a value other than deploy.replicas", at: scale.mark, path.key("scale"))
        }
        guard let count = (service["scale"] ?? replicas)?.integer, count > 1 else { return }
        if let name = service["container_name"] {
            findings.error(
                "can't be set for a service of \(count) containers: the name must be unique", at: name.mark,
                path.key("container_name"))
        }
    }

    private func containerNames(_ services: Mapping, _ findings: inout Findings) {
        var owners: [String: String] = [:]
        for (service, entry) in services.entries {
            guard let node = entry.node["container_name"], let name = node.string else { continue }
            if let owner = owners.updateValue(service, forKey: name) {
                findings.error(
                    "\"\(name)\" is already the name of service \"\(owner)\"", at: node.mark,
                    Path("services", service, "container_name"))
            }
        }
    }

    private func source(_ node: Node, _ path: Path, _ findings: inout Findings) {
        if node["external"]?.boolean == true {
            findings.error("external secrets and configs are not supported yet", at: node.mark, path)
            return
        }
        let keys = ["file", "environment", "content"].filter { node[$0] != nil }
        if keys.isEmpty {
            findings.error(
                "says neither where its content is nor what it is", at: node.mark, path,
                suggestion: "give it \"file:\" or \"environment:\"")
        } else if keys.count > 1 {
            findings.error("\(keys.joined(separator: " and ")) exclude each other", at: node.mark, path)
        }
        guard let variable = node["environment"], let name = variable.string,
            project.location.environment[name] == nil
        else { return }
        findings.error(
            "the environment variable \"\(name)\" is not set", at: variable.mark, path.key("environment"))
    }

    private func external(_ node: Node, _ path: Path, _ findings: inout Findings) {
        guard node["external"]?.boolean == true, let mapping = node.mapping else { return }
        for (key, entry) in mapping.entries where key != "name" && key != "external" && !key.hasPrefix("x-") {
            findings.error("an external one can't also say \"\(key)\"", at: entry.keyMark, path)
        }
    }
}
