import OrderedCollections

/// What `config` lists, a name a line. Where Docker's order is that of a hash table, names are sorted.
extension CanonicalStack {
    /// The services that are enabled, in order of their names.
    public var services: [String] { section("services").keys.sorted() }

    /// The same, each after those that it depends on (`--services`).
    public var servicesInOrder: [String] {
        // Without interpolation Docker shows the keys of the file.
        guard project.request.interpolates else { return services }
        let all = section("services")
        var seen: Set<String> = []
        var result: [String] = []
        // A stack of names with a mark for "its dependencies are through": files may nest deeper than this thread's stack.
        var open: [(name: String, isReady: Bool)] = services.reversed().map { ($0, false) }
        while let (name, isReady) = open.popLast() {
            if isReady { result.append(name) }
            guard !isReady, all[name] != nil, seen.insert(name).inserted else { continue }
            open.append((name, true))
            let dependencies = all[name]?["depends_on"]?.mapping?.keys ?? []
            for dependency in dependencies.sorted().reversed() { open.append((dependency, false)) }
        }
        return result
    }

    /// The keys of the volumes that a service uses (`--volumes`).
    public var volumes: [String] { section("volumes").keys.sorted() }
    /// The keys of the networks that a service uses (`--networks`).
    public var networks: [String] { section("networks").keys.sorted() }
    /// What the models of the stack are made from (`--models`).
    public var models: [String] {
        section("models").entries.sorted { $0.key < $1.key }.compactMap { $0.value.node["model"]?.string }
            .filter { !$0.isEmpty }
    }
    /// Every profile that the files name (`--profiles`).
    public var profiles: [String] { project.profiles.sorted() }

    /// The image of each service in order of the services' names, each followed by those of its hooks (`--images`).
    public var images: [String] {
        section("services").entries.sorted { $0.key < $1.key }.flatMap { name, entry -> [String] in
            let own = entry.node["image"]?.string ?? "\(project.name)-\(name)"
            let hooks = (entry.node["pre_start"]?.list ?? []).compactMap { $0["image"]?.string }
            return [own] + hooks.filter { $0 != own && !$0.isEmpty }
        }
    }

    func section(_ key: String) -> Mapping { tree[key]?.mapping ?? Mapping() }
}
