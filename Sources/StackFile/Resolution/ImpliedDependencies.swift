/// Whoever uses something of another service starts after it, and mostly again when it does.
enum ImpliedDependencies {
    static func add(to service: inout Mapping) {
        for link in service["links"]?.list ?? [] {
            // With an alias, what stands before it; anything else is a name.
            let parts = link.string?.split(separator: ":", omittingEmptySubsequences: false) ?? []
            depend(&service, on: parts.count == 2 ? String(parts[0]) : link.string ?? "", link)
        }
        for key in ["network_mode", "ipc", "pid", "uts", "cgroup"] {
            guard let node = service[key], let text = node.string, text.hasPrefix("service:") else { continue }
            depend(&service, on: String(text.dropFirst(8)), node)
        }
        for node in service["volumes_from"]?.list ?? [] {
            guard let text = node.string, !text.hasPrefix("container:") else { continue }
            let name = text.split(separator: ":", omittingEmptySubsequences: false).first.map(String.init) ?? text
            depend(&service, on: name, node, restart: false)
        }
    }

    private static func depend(_ service: inout Mapping, on name: String, _ node: Node, restart: Bool = true) {
        var details = [
            ("condition", node.with(.string("service_started"))), ("required", node.with(.boolean(true))),
        ]
        if restart { details.append(("restart", node.with(.boolean(true)))) }
        let all = service["depends_on"] ?? node.with(.map(Mapping()))
        service.set("depends_on", all.completed(name, Node.map(details, node.mark).value))
    }
}
