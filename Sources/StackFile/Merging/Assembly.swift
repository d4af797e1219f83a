import OrderedCollections

/// Interpolates each tree, brings it into canonical form, follows `extends`, and merges it onto those before.
struct Assembly {
    let request: LoadRequest
    let location: Location
    private var interpolation: Interpolation

    init(request: LoadRequest, location: Location) {
        self.request = request
        self.location = location
        interpolation = Interpolation(environment: location.environment)
    }

    mutating func merge(_ trees: [Node], _ findings: inout Findings) throws(StackFileError) -> Node {
        var merged: Node?
        for tree in trees where !tree.isNull {
            guard let canonical = canonical(tree, &findings) else { continue }
            let extended = try extend(canonical, in: location.directory, &findings)
            merged = merged.map { Merging.merge($0, extended, ProjectFields.shape) } ?? extended
        }
        try findings.check()
        guard let merged, merged.mapping?.isEmpty == false else {
            let names = location.files.map {
                $0 == "-" ? "stdin" : FilePath.shown($0, from: request.currentDirectory)
            }
            throw findings.failure("\(names.joined(separator: ", ")): empty compose file")
        }
        return Pruning.prune(merged, ProjectFields.shape)
    }

    private mutating func canonical(_ tree: Node, _ findings: inout Findings) -> Node? {
        guard tree.mapping != nil else {
            return findings.invalid(tree, Path(), "the top of the file must be a mapping, not \(tree.kind)")
        }
        let interpolated = interpolation.apply(to: tree, Path(), &findings)
        return ProjectFields.shape.read(interpolated, Path(), &findings)
    }

    // MARK: extends (Compose specification, "Services", "extends")

    private mutating func extend(
        _ tree: Node, in directory: String, _ findings: inout Findings
    ) throws(StackFileError) -> Node {
        guard case .map(var top) = tree.value, let services = top["services"], case .map(var mapping) = services.value
        else { return tree }
        for (name, entry) in mapping.entries where entry.node["extends"] != nil {
            let chain = Chain(file: "", tree: tree, directory: directory)
            mapping.entries[name]?.node = try extended(name, chain, [], &findings) ?? entry.node
        }
        top.set("services", services.with(.map(mapping)))
        return tree.with(.map(top))
    }

    /// Where a service stands that another one extends.
    private struct Chain {
        /// Empty: the file that is being loaded.
        var file: String
        var tree: Node
        var directory: String
    }

    private mutating func extended(
        _ name: String, _ place: Chain, _ seen: [String], _ findings: inout Findings
    ) throws(StackFileError) -> Node? {
        let path = Path("services", name)
        guard let service = place.tree["services"]?[name] else { return nil }
        let key = place.file + "\u{0}" + name
        guard !seen.contains(key), seen.count < 32 else {
            let names = (seen + [key]).compactMap { $0.split(separator: "\u{0}").last }.joined(separator: " → ")
            throw findings.failure("extends goes in a circle: \(names)", at: service["extends"]?.mark, path)
        }
        guard let extends = service["extends"] else { return service }
        guard let target = extends.string ?? extends["service"]?.string else {
            return findings.invalid(extends, path.key("extends"), "must name a service")
        }
        var source = place
        if let file = extends["file"]?.string {
            guard let opened = try open(file, extends, place, path.key("extends"), &findings) else { return nil }
            source = opened
        }
        guard let base = try extended(target, source, seen + [key], &findings) else {
            let where_ = extends["file"]?.string.map { " in \($0)" } ?? ""
            return findings.invalid(extends, path.key("extends"), "there is no service \"\(target)\"\(where_)")
        }
        let rebased = source.directory == place.directory ? base : rebase(base, in: source.directory)
        var merged = Merging.merge(without(["depends_on"], rebased), service, ServiceFields.shape)
        if let dependencies = rebased["depends_on"] {
            let own = service["depends_on"].map { Merging.merge(dependencies, $0, Dependencies.shape) }
            if case .map(var mapping) = merged.value {
                mapping.set("depends_on", own ?? dependencies)
                merged = merged.with(.map(mapping))
            }
        }
        return without(["extends"], merged)
    }

    private mutating func open(
        _ file: String, _ node: Node, _ place: Chain, _ path: Path, _ findings: inout Findings
    ) throws(StackFileError) -> Chain? {
        let full = FilePath.absolute(file, in: place.directory, home: location.environment["HOME"])
        guard FileBytes.exists(full) else {
            findings.error("the file \"\(file)\" doesn't exist", at: node.mark, path)
            return nil
        }
        guard let document = try SourceFile.read(full, request, &findings).first,
            let tree = canonical(document, &findings)
        else { return nil }
        return Chain(file: full, tree: tree, directory: FilePath.directory(of: full))
    }

    private func rebase(_ service: Node, in directory: String) -> Node {
        PathResolution(directory: directory, home: location.environment["HOME"]).service(service)
    }

    private func without(_ keys: [String], _ node: Node) -> Node {
        guard case .map(var mapping) = node.value else { return node }
        for key in keys { mapping.remove(key) }
        return node.with(.map(mapping))
    }
}
