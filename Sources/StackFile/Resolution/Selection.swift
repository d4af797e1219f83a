import OrderedCollections

/// Some services and those that they depend on (`config SERVICE…`).
struct Selection {
    /// Complete, with implied dependencies.
    let services: Mapping

    /// All of them where none is named.
    func keeping(_ names: [String]) -> Mapping {
        guard !names.isEmpty else { return services }
        var kept: Set<String> = []
        var pending = names
        while let name = pending.popLast() {
            guard let service = services[name], kept.insert(name).inserted else { continue }
            pending += service["depends_on"]?.mapping?.keys ?? []
        }
        var result = Mapping()
        for (name, entry) in services.entries where kept.contains(name) {
            result.set(name, entry.node, keyMark: entry.keyMark)
        }
        return result
    }
}
