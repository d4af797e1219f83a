import Diagnostics
import OrderedCollections

/// What `env_file`, `environment` and `label_file` of a service come to (Compose specification, "Services").
struct ServiceEnvironment {
    let request: LoadRequest
    let variables: Variables

    // MARK: variables

    /// Puts the variables of the service's files into its `environment`, whose own entries win, and gives those
    /// without a value the shell's. Returns where each came from.
    func resolve(
        _ service: inout Mapping, _ name: String, _ node: Node, _ findings: inout Findings
    ) -> [ContainerVariable] {
        let path = Path("services", name)
        var origins: OrderedDictionary<String, [VariableSource]> = [:]
        var result = Mapping()
        let own = entries(of: service["environment"], &origins, &findings)
        if request.resolvesEnvironment {
            for (index, file) in (service["env_file"]?.list ?? []).enumerated() {
                read(file, path.key("env_file").index(index), own, into: &result, &origins, &findings)
            }
            service.remove("env_file")
        } else if let files = service["env_file"], let items = files.list {
            service.set("env_file", files.with(.list(items.map(shortened))))
        }
        for (key, entry) in own.entries { result.set(key, entry.node, keyMark: entry.keyMark) }
        if !result.isEmpty { service.set("environment", (service["environment"] ?? node).with(.map(result))) }
        return result.entries.map { key, entry in
            let sources = origins[key] ?? []
            return ContainerVariable(
                service: name, name: key, value: entry.node.string,
                source: sources.first ?? VariableSource(kind: .unset), shadowed: Array(sources.dropFirst()))
        }
    }

    /// The entries of `environment`, with the shell's values for those that have none.
    private func entries(
        of node: Node?, _ origins: inout OrderedDictionary<String, [VariableSource]>, _ findings: inout Findings
    ) -> Mapping {
        guard var mapping = node?.mapping else { return Mapping() }
        let passes = request.normalizes || request.resolvesEnvironment
        for (key, entry) in mapping.entries {
            let position = findings.position(entry.keyMark)
            guard entry.node.isNull else {
                origins[key] = [VariableSource(kind: .entry, value: entry.node.string, position: position)]
                continue
            }
            let sources = variables.sources(of: key)
            origins[key] = sources.isEmpty ? [VariableSource(kind: .unset, position: position)] : sources
            if passes, let value = variables[key] { mapping.set(key, entry.node.with(.string(value))) }
        }
        return mapping
    }

    private func read(
        _ file: Node, _ path: Path, _ own: Mapping, into result: inout Mapping,
        _ origins: inout OrderedDictionary<String, [VariableSource]>, _ findings: inout Findings
    ) {
        guard let place = file["path"]?.string.map(absolute) else { return }
        guard FileBytes.exists(place) else {
            guard file["required"]?.boolean ?? true else { return }
            findings.error(
                "the env file \"\(shown(place))\" doesn't exist", at: file["path"]?.mark, path,
                suggestion: "make it, or say \"required: false\"")
            return
        }
        guard !FileBytes.isDirectory(place) else {
            findings.error("\(shown(place)) is a directory", at: file["path"]?.mark, path)
            return
        }
        if let format = file["format"], let text = format.string, !["", "raw"].contains(text) {
            findings.error(
                "\"\(text)\" is not a format of env files", at: format.mark, path.key("format"),
                suggestion: "leave it out, or write \"raw\"")
            return
        }
        let (variables, before) = (variables, result)
        let source = EnvironmentFile(path: place, name: shown(place), isRaw: file["format"]?.string == "raw")
        let surroundings = DotEnv.Surroundings(
            stronger: { variables[$0] ?? own[$0]?.string }, weaker: { before[$0]?.string })
        for entry in source.read(surroundings, &findings) {
            guard let value = entry.value else { continue }
            result.set(entry.name, file.with(.string(value)))
            let position = Position(file: source.name, line: entry.line, column: 1)
            let origin = VariableSource(kind: .serviceFile, value: value, position: position)
            // An entry of the service itself stays on top; among files the last one wins.
            let place = own.entries[entry.name] == nil ? 0 : 1
            origins[entry.name, default: []].insert(origin, at: min(place, origins[entry.name]?.count ?? 0))
        }
    }

    /// `required` is printed only where it is `false`.
    private func shortened(_ file: Node) -> Node {
        guard case .map(var mapping) = file.value, mapping["required"]?.boolean == true else { return file }
        mapping.remove("required")
        return file.with(.map(mapping))
    }

    // MARK: labels

    /// Puts the labels of `label_file`s before the service's own.
    func labels(_ service: inout Mapping, _ name: String, _ node: Node, _ findings: inout Findings) {
        guard let files = service["label_file"]?.list, !files.isEmpty else { return }
        let path = Path("services", name).key("label_file")
        var labels = Mapping()
        for (index, file) in files.enumerated() {
            guard let place = file.string.map(absolute) else { continue }
            guard FileBytes.exists(place) else {
                findings.error(
                    "the label file \"\(shown(place))\" doesn't exist", at: file.mark, path.index(index))
                continue
            }
            let before = labels
            let source = EnvironmentFile(path: place, name: shown(place))
            for entry in source.read(DotEnv.Surroundings(stronger: { before[$0]?.string }), &findings) {
                if let value = entry.value { labels.set(entry.name, file.with(.string(value))) }
            }
        }
        for (key, entry) in service["labels"]?.mapping?.entries ?? [:] {
            labels.set(key, entry.node, keyMark: entry.keyMark)
        }
        if !labels.isEmpty { service.set("labels", (service["labels"] ?? node).with(.map(labels))) }
    }

    /// A path that wasn't completed before starts where the program does.
    private func absolute(_ path: String) -> String {
        FilePath.absolute(path, in: request.currentDirectory, home: nil)
    }

    private func shown(_ path: String) -> String { FilePath.shown(path, from: request.currentDirectory) }
}
