import OrderedCollections

/// What a service names has to be defined: networks, volumes, models, secrets, configs.
struct References {
    /// What is defined, by the key at the top of the files.
    private let defined: [String: Mapping]
    /// Something else is wrong, and what is missing may only have been left out for it.
    private let isPartial: Bool

    private static let sections = ["networks", "volumes", "models", "secrets", "configs", "services"]

    init(project: Project) {
        defined = Dictionary(uniqueKeysWithValues: Self.sections.map { ($0, project.section($0)) })
        isPartial = false
    }

    /// What the documents name counts as defined, right or wrong.
    private init(documents: [Document]) {
        var defined: [String: Mapping] = [:]
        for section in Self.sections {
            var names = Mapping()
            for document in documents {
                for (key, entry) in document.tree[section]?.mapping?.entries ?? [:] { names.set(key, entry.node) }
            }
            defined[section] = names
        }
        self.defined = defined
        isPartial = true
    }

    func check(_ service: Node, _ path: Path, _ findings: inout Findings) {
        for (name, entry) in service["networks"]?.mapping?.entries ?? [:] where !isPartial || name != "default" {
            undefined("network", name, in: "networks", entry.keyMark, path.key("networks"), &findings)
        }
        for name in service["models"]?.mapping?.keys ?? [] {
            let mark = service["models"]?.mapping?.entries[name]?.keyMark ?? service.mark
            undefined("model", name, in: "models", mark, path.key("models"), &findings)
        }
        for (index, mount) in (service["volumes"]?.list ?? []).enumerated() {
            let place = path.key("volumes").index(index)
            if !isPartial, mount["type"]?.string == "bind", mount["source"] == nil {
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
                if !isPartial { findings.error("\"source\" is missing", at: grant.mark, path.index(index)) }
                continue
            }
            undefined(kind, name, in: section, grant.mark, path.index(index), &findings)
        }
    }

    private func undefined(
        _ kind: String, _ name: String, in section: String, _ mark: Mark, _ path: Path, _ findings: inout Findings
    ) {
        guard let defined = defined[section], defined[name] == nil else { return }
        findings.error(
            "refers to undefined \(kind) \"\(name)\"", at: mark, path,
            suggestion: Findings.suggestion(for: name, in: defined.keys)
                ?? "define it under \"\(section):\" at the top of the file")
    }
}

extension References {
    /// The same for files in which something else is wrong already, so that this is said at once and not after the next
    /// attempt. Files that include others aren't looked at: what those define may be missing for the other error.
    static func check(_ merged: Node, of documents: [Document], _ findings: inout Findings) {
        guard documents.allSatisfy({ $0.tree["include"] == nil }) else { return }
        let references = References(documents: documents)
        for (name, entry) in merged["services"]?.mapping?.entries ?? [:] {
            let path = Path("services", name)
            references.check(entry.node, path, &findings)
            for (target, dependency) in entry.node["depends_on"]?.mapping?.entries ?? [:]
            where references.defined["services"]?[target] == nil {
                findings.error(
                    "depends on undefined service \"\(target)\"", at: dependency.keyMark, path.key("depends_on"),
                    suggestion: Findings.suggestion(for: target, in: references.defined["services"]?.keys ?? []))
            }
        }
    }
}
