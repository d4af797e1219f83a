import OrderedCollections

/// Who waits for whom.
struct DependencyGraph {
    let project: Project
    private let services: Mapping

    init(project: Project) {
        self.project = project
        services = project.section("services")
    }

    func check(_ findings: inout Findings) {
        for (name, entry) in services.entries {
            let path = Path("services", name, "depends_on")
            for (target, dependency) in entry.node["depends_on"]?.mapping?.entries ?? [:] {
                guard services[target] == nil else { continue }
                let isDisabled = project.disabled.contains(target)
                if isDisabled, dependency.node["required"]?.boolean == false { continue }
                findings.error(
                    isDisabled
                        ? "depends on \"\(target)\", which its profile disables"
                        : "depends on undefined service \"\(target)\"",
                    at: dependency.keyMark, path,
                    suggestion: isDisabled
                        ? "activate it with --profile" : Findings.suggestion(for: target, in: services.keys))
            }
        }
        reportCycles(&findings)
    }

    private enum Visit {
        case open, done
    }

    /// Depth first, without recursion: a chain may be as long as the file.
    private func reportCycles(_ findings: inout Findings) {
        var visits: [String: Visit] = [:]
        for root in services.keys where visits[root] == nil {
            var stack: [(name: String, rest: [String])] = [(root, targets(of: root))]
            visits[root] = .open
            while let top = stack.last {
                guard let next = top.rest.first else {
                    visits[top.name] = .done
                    stack.removeLast()
                    continue
                }
                stack[stack.count - 1].rest.removeFirst()
                switch visits[next] {
                case .done: break
                case .open:
                    let names = stack.map(\.name)
                    let start = names.firstIndex(of: next) ?? 0
                    report(Array(names[start...]) + [next], &findings)
                case nil:
                    visits[next] = .open
                    stack.append((next, targets(of: next)))
                }
            }
        }
    }

    private func report(_ chain: [String], _ findings: inout Findings) {
        let dependency = chain.dropFirst().first ?? ""
        let entry = services[chain[0]]?["depends_on"]?.mapping?.entries[dependency]
        findings.error(
            "the services wait for each other: \(chain.joined(separator: " → "))", at: entry?.keyMark,
            Path("services", chain[0], "depends_on"))
    }

    private func targets(of name: String) -> [String] {
        (services[name]?["depends_on"]?.mapping?.keys ?? []).filter { services[$0] != nil }
    }
}
