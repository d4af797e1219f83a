import OrderedCollections

/// What no single attribute shows: references, cycles, and attributes that contradict each other.
struct Validation {
    let project: Project

    func check(_ findings: inout Findings) {
        let services = project.section("services")
        if services.isEmpty, project.disabled.isEmpty, project.section("jobs").isEmpty {
            findings.warning("the stack has no services", at: project.tree.mark)
        }
        for (name, entry) in services.entries {
            let path = Path("services", name)
            image(entry.node, entry.keyMark, path, &findings)
            BuildRules(project: project).check(entry.node, path, &findings)
            references(entry.node, path, &findings)
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

    private func references(_ service: Node, _ path: Path, _ findings: inout Findings) {
        for (name, entry) in service["networks"]?.mapping?.entries ?? [:] {
            undefined("network", name, in: "networks", entry.keyMark, path.key("networks"), &findings)
        }
        for name in service["models"]?.mapping?.keys ?? [] {
            let mark = service["models"]?.mapping?.entries[name]?.keyMark ?? service.mark
            undefined("model", name, in: "models", mark, path.key("models"), &findings)
        }
        for (index, mount) in (service["volumes"]?.list ?? []).enumerated() {
            let place = path.key("volumes").index(index)
            if mount["type"]?.string == "bind", mount["source"] == nil {
                findings.error("\"source\" is missing", at: mount.mark, place)
            }
            guard mount["type"]?.string == "volume", let name = mount["source"]?.string else { continue }
            undefined("volume", name, in: "volumes", mount.mark, place, &findings)
        }
        for (key, kind) in [("secrets", "secret"), ("configs", "config")] {
            grants(service[key], kind, in: key, path.key(key), &findings)
        }
        grants(service["build"]?["secrets"], "secret", in: "secrets", path.key("build").key("secrets"), &findings)
    }

    private func grants(
        _ node: Node?, _ kind: String, in section: String, _ path: Path, _ findings: inout Findings
    ) {
        for (index, grant) in (node?.list ?? []).enumerated() {
            guard let name = grant["source"]?.string else {
                findings.error("\"source\" is missing", at: grant.mark, path.index(index))
                continue
            }
            undefined(kind, name, in: section, grant.mark, path.index(index), &findings)
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
