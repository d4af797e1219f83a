import OrderedCollections

/// What no single attribute shows: references, cycles, and attributes that contradict each other.
struct Validation {
    let project: Project

    func check(_ findings: inout Findings) {
        let services = project.section("services")
        if services.isEmpty, project.disabled.isEmpty, project.section("jobs").isEmpty {
            findings.warning("the stack has no services", at: project.tree.mark)
        }
        let references = References(project: project)
        for (name, entry) in services.entries {
            let path = Path("services", name)
            image(entry.node, entry.keyMark, path, &findings)
            BuildRules(project: project).check(entry.node, path, &findings)
            references.check(entry.node, path, &findings)
            networking(entry.node, path, &findings)
            ResourceRules().check(entry.node, path, &findings)
            MountRules().check(entry.node, path, &findings)
            healthcheck(entry.node, path, &findings)
            watch(entry.node, path, &findings)
        }
        containerNames(services, &findings)
        DependencyGraph(project: project).check(&findings)
    }

    private func image(_ service: Node, _ mark: Mark, _ path: Path, _ findings: inout Findings) {
        guard service["image"] == nil, service["build"] == nil, service["provider"] == nil else { return }
        findings.error("has no image", at: mark, path, suggestion: "name one with \"image:\"")
    }

    private func networking(_ service: Node, _ path: Path, _ findings: inout Findings) {
        guard service["network_mode"] != nil, let networks = service["networks"] else { return }
        findings.error(
            "declares network_mode and networks, which exclude each other", at: networks.mark, path.key("networks"))
    }

    private func healthcheck(_ service: Node, _ path: Path, _ findings: inout Findings) {
        guard let first = service["healthcheck"]?["test"]?.list?.first, let kind = first.string,
            !["NONE", "CMD", "CMD-SHELL"].contains(kind)
        else { return }
        findings.error(
            "must begin with NONE, CMD or CMD-SHELL, not \"\(kind)\"", at: first.mark,
            path.key("healthcheck").key("test"), suggestion: "write it as one string for a shell")
    }

    private func watch(_ service: Node, _ path: Path, _ findings: inout Findings) {
        for (index, watch) in (service["develop"]?["watch"]?.list ?? []).enumerated() {
            guard watch["target"] == nil, !["rebuild", "restart"].contains(watch["action"]?.string) else { continue }
            findings.error(
                "\"target\" is missing, and only rebuild and restart need none", at: watch.mark,
                path.key("develop").key("watch").index(index))
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
}
