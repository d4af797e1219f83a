/// The service's own short attributes and those under `deploy` must not say different things.
struct ResourceRules {
    func check(_ service: Node, _ path: Path, _ findings: inout Findings) {
        limits(service, path, &findings)
        scale(service, path, &findings)
    }

    private func limits(_ service: Node, _ path: Path, _ findings: inout Findings) {
        let resources = service["deploy"]?["resources"]
        let pairs: [(key: String, section: String, long: String)] = [
            ("mem_limit", "limits", "memory"), ("mem_reservation", "reservations", "memory"),
            ("cpus", "limits", "cpus"), ("pids_limit", "limits", "pids"),
        ]
        for pair in pairs {
            // A section that doesn't say it says none.
            guard let short = service[pair.key], let section = resources?[pair.section],
                short.scalarText != section[pair.long]?.scalarText
            else { continue }
            findings.error(
                "can't have a value other than deploy.resources.\(pair.section).\(pair.long)", at: short.mark,
                path.key(pair.key))
        }
    }

    private func scale(_ service: Node, _ path: Path, _ findings: inout Findings) {
        let replicas = service["deploy"]?["replicas"]
        if let scale = service["scale"], let replicas, scale.integer != replicas.integer {
            findings.error("can't have a value other than deploy.replicas", at: scale.mark, path.key("scale"))
        }
        guard let number = service["scale"] ?? replicas, let count = number.integer else { return }
        if count < 0 { findings.error("must be at least 0", at: number.mark, path.key("scale")) }
        if count > 1, let name = service["container_name"] {
            findings.error(
                "can't be set for a service of \(count) containers: the name must be unique", at: name.mark,
                path.key("container_name"))
        }
    }
}
