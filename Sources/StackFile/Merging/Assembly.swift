import OrderedCollections

/// One document of a file.
struct Document {
    /// Absolute; `-` is the standard input.
    var file: String
    var tree: Node
}

/// Brings the documents of a stack into one tree: interpolates each, adds what it includes, brings it into canonical
/// form, follows `extends`, and merges it onto those before.
struct Assembly {
    let request: LoadRequest
    var interpolation: Interpolation
    /// The files that services extend others of, each read once.
    var opened: [String: Extension] = [:]
    var rules: TreeRules { request.interpolates ? .canonical : .written }

    /// Where the documents belong.
    struct Place {
        /// Absolute: relative paths start here.
        var directory: String
        /// The files that led here, the first one first.
        var chain: [String] = []
        /// `true` in an included file, whose variables are unknown outside: what `environment` lists by name alone
        /// gets its value here.
        var resolvesPassedVariables = false
    }

    init(request: LoadRequest, variables: Variables) {
        self.request = request
        interpolation = Interpolation(variables: variables)
    }

    init(request: LoadRequest, interpolation: Interpolation) {
        self.request = request
        self.interpolation = interpolation
    }

    var home: String? { request.environment["HOME"] }

    /// The merged tree; `nil` where no document says anything.
    mutating func merge(
        _ documents: [Document], at place: Place, _ findings: inout Findings
    ) throws(StackFileError) -> Node? {
        var merged: Node?
        for document in documents {
            var place = place
            place.chain.append(document.file)
            guard let tree = try canonical(document, at: place, &findings) else { continue }
            let whole = merged.map { rules.mergeProjects($0, tree) } ?? tree
            if request.interpolates { Completeness.check(whole, ProjectFields.shape, Path(), &findings) }
            merged = whole
        }
        return merged
    }

    /// A document with its variables, together with what it includes and extends.
    private mutating func canonical(
        _ document: Document, at place: Place, _ findings: inout Findings
    ) throws(StackFileError) -> Node? {
        var tree = interpolated(document.tree, &findings)
        let passes = request.normalizes || request.resolvesEnvironment
        if request.interpolates, place.resolvesPassedVariables || !passes { tree = withPassedVariables(tree) }
        guard case .map(var top) = tree.value else {
            return findings.invalid(tree, Path(), "the top of the file must be a mapping, not \(tree.kind)")
        }
        let included = try include(top["include"], at: place, &findings)
        top.remove("include")
        let own = tree.with(.map(top))
        if let services = top["services"], services.isNull, services.override == .none {
            return findings.wrongType(services, Path("services"), "a mapping")
        }
        let raw = own["services"]?.mapping ?? Mapping()
        guard let canonical = rules.project(withoutExtending(own), &findings) else { return nil }
        let known = included.map { rules.mergeProjects($0, canonical) } ?? canonical
        var extending = Extension(
            services: raw, included: included?["services"]?.mapping ?? Mapping(),
            resolved: known["services"]?.mapping ?? Mapping(), file: document.file, directory: place.directory)
        return try extend(known, &extending, &findings)
    }

    mutating func interpolated(_ tree: Node, _ findings: inout Findings) -> Node {
        if request.interpolates { return interpolation.apply(to: tree, Path(), &findings) }
        interpolation.note(tree, Path(), findings)
        return tree
    }

    private func withPassedVariables(_ tree: Node) -> Node {
        guard case .map(var top) = tree.value, let services = top["services"], case .map(var mapping) = services.value
        else { return tree }
        for (name, entry) in mapping.entries {
            guard case .map(var service) = entry.node.value, let environment = service["environment"],
                let items = environment.list
            else { continue }
            let filled = items.map { item -> Node in
                guard let variable = item.string, let value = interpolation.variables[variable] else { return item }
                return item.with(.string("\(variable)=\(value)"))
            }
            service.set("environment", environment.with(.list(filled)))
            mapping.set(name, entry.node.with(.map(service)))
        }
        top.set("services", services.with(.map(mapping)))
        return tree.with(.map(top))
    }

    /// The services that extend another one are read when that one is known.
    private func withoutExtending(_ tree: Node) -> Node {
        guard case .map(var top) = tree.value, let services = top["services"], case .map(var mapping) = services.value
        else { return tree }
        for (name, entry) in mapping.entries where entry.node["extends"] != nil { mapping.remove(name) }
        top.set("services", services.with(.map(mapping)))
        return tree.with(.map(top))
    }

    private mutating func extend(
        _ tree: Node, _ extending: inout Extension, _ findings: inout Findings
    ) throws(StackFileError) -> Node {
        let names = extending.services.entries.filter { $0.value.node["extends"] != nil }.map(\.key)
        guard !names.isEmpty, case .map(var top) = tree.value, let services = top["services"],
            case .map(var mapping) = services.value
        else { return tree }
        for name in names {
            guard let entry = extending.services.entries[name] else { continue }
            if let problem = Names.keyProblem(name) {
                findings.error("\"\(name)\" \(problem)", at: entry.keyMark, Path("services"))
            }
            guard let service = try extended(name, &extending, [], &findings) else { continue }
            mapping.set(name, service, keyMark: entry.keyMark)
        }
        top.set("services", services.with(.map(mapping)))
        return tree.with(.map(top))
    }
}
