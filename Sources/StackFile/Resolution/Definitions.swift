import OrderedCollections

/// Rules for everything that the files define, used or not.
struct Definitions {
    let tree: Node

    func check(_ findings: inout Findings) {
        for (name, entry) in section("volumes").entries { external(entry.node, Path("volumes", name), &findings) }
        for (name, entry) in section("secrets").entries {
            sources(["file", "environment"], entry.node, Path("secrets", name), &findings)
            secret(entry.node, Path("secrets", name), &findings)
        }
        for (name, entry) in section("configs").entries {
            sources(["file", "environment", "content"], entry.node, Path("configs", name), &findings)
        }
        for (name, entry) in section("services").entries {
            let path = Path("services", name)
            for (index, watch) in (entry.node["develop"]?["watch"]?.list ?? []).enumerated() {
                guard let node = watch["path"], node.string?.isEmpty == true else { continue }
                findings.error("must name a path", at: node.mark, path.key("develop").key("watch").index(index))
            }
            devices(entry.node["gpus"], path.key("gpus"), &findings)
            devices(
                entry.node["deploy"]?["resources"]?["reservations"]?["devices"],
                path.key("deploy").key("resources").key("reservations").key("devices"), &findings)
        }
    }

    private func section(_ key: String) -> Mapping { tree[key]?.mapping ?? Mapping() }

    private func external(_ node: Node, _ path: Path, _ findings: inout Findings) {
        guard node["external"]?.boolean == true, let mapping = node.mapping else { return }
        for (key, entry) in mapping.entries where key != "name" && key != "external" && !key.hasPrefix("x-") {
            findings.error("an external one can't also say \"\(key)\"", at: entry.keyMark, path)
        }
    }

    private func sources(_ keys: [String], _ node: Node, _ path: Path, _ findings: inout Findings) {
        let said = keys.filter { node[$0] != nil }
        if said.count > 1 {
            findings.error("\(said.joined(separator: " and ")) exclude each other", at: node.mark, path)
        } else if said.isEmpty, node["driver"] == nil, node["external"] == nil {
            findings.error(
                "says neither where its content is nor what it is", at: node.mark, path,
                suggestion: "give it \"file:\" or \"environment:\"")
        }
    }

    private func secret(_ node: Node, _ path: Path, _ findings: inout Findings) {
        if node["external"]?.boolean == true || node["file"] != nil || node["environment"] != nil { return }
        findings.error(
            "doesn't say where its content is", at: node.mark, path,
            suggestion: "give it \"file:\" or \"environment:\"")
    }

    private func devices(_ node: Node?, _ path: Path, _ findings: inout Findings) {
        for (index, request) in (node?.list ?? []).enumerated() {
            guard request["count"] != nil, let which = request["device_ids"] else { continue }
            findings.error("count and device_ids exclude each other", at: which.mark, path.index(index))
        }
    }
}
