import OrderedCollections

/// The services of one file, as far as `extends` looks at them (Compose specification, "Services", "extends").
struct Extension {
    /// With their variables, otherwise as they are written.
    var services: Mapping
    /// What further documents of the file say about them, in their order.
    var further: [Mapping] = []
    /// What the file includes, in canonical form.
    var included = Mapping()
    /// In canonical form, as far as they are known.
    var resolved = Mapping()
    /// Absolute.
    var file: String
    /// Absolute: relative paths of `extends` start here.
    var directory: String
    /// Absolute: what the tree's relative paths are meant from, where it isn't ``directory``.
    var root: String?
    /// How paths of the services are completed; `nil`: not yet.
    var paths: PathResolution?

    /// By which an opened file is found again.
    var key: String { Self.key(file, root ?? directory) }

    static func key(_ file: String, _ root: String) -> String { file + "\u{0}" + root }
}

extension Assembly {
    /// More steps from service to service than anybody follows.
    private static let longestChain = 64

    /// A service merged onto the one that it extends, and so on; `nil` after what is wrong was reported.
    mutating func extended(
        _ name: String, _ place: inout Extension, _ seen: [String], _ findings: inout Findings
    ) throws(StackFileError) -> Node? {
        if let known = place.resolved[name] { return known }
        guard let service = place.services[name] else { return nil }
        let path = Path("services", name)
        let key = place.file + "\u{0}" + name
        guard !seen.contains(key), seen.count < Self.longestChain else {
            let names = (seen + [key]).compactMap { $0.split(separator: "\u{0}").last }.joined(separator: " → ")
            throw findings.failure("extends goes in a circle: \(names)", at: service["extends"]?.mark, path)
        }
        var base: Node?
        if let extends = service["extends"] {
            guard let found = try self.base(extends, path.key("extends"), &place, seen + [key], &findings) else {
                return nil
            }
            base = Merging.cleared(found)
        }
        let result = read(service, named: name, onto: base, place, path, &findings)
        if let result { place.resolved.set(name, result) }
        return result
    }

    private func read(
        _ service: Node, named name: String, onto base: Node?, _ place: Extension, _ path: Path,
        _ findings: inout Findings
    ) -> Node? {
        var own = without("extends", service)
        // In another file, a service may be there without saying anything.
        if own.isNull, place.paths != nil { own = own.with(.map(Mapping())) }
        guard var result = rules.service(own, path, &findings) else { return nil }
        for later in place.further {
            guard let more = later[name], let read = rules.service(more, path, &findings) else { continue }
            result = rules.mergeServices(result, read)
        }
        if let paths = place.paths { result = paths.service(result) }
        if let included = place.included[name] { result = rules.mergeServices(included, result) }
        if let base { result = rules.mergeServices(base, result) }
        return result
    }

    /// The service that `extends` names.
    private mutating func base(
        _ extends: Node, _ path: Path, _ place: inout Extension, _ seen: [String], _ findings: inout Findings
    ) throws(StackFileError) -> Node? {
        guard let target = extends.string ?? extends["service"]?.string else {
            return findings.invalid(
                extends, path, "must name a service", suggestion: "write {service: NAME} or {file: FILE, service: NAME}"
            )
        }
        guard let file = extends["file"], !file.isNull else {
            if let base = try extended(target, &place, seen, &findings) { return base }
            return missing(target, "", among: place, extends, path, &findings)
        }
        guard let name = file.string else { return findings.wrongType(file, path.key("file"), "a path") }
        guard var source = try open(name, file, place, path.key("file"), &findings) else { return nil }
        let base = try extended(target, &source, seen, &findings)
        opened[source.key] = source
        if let base { return base }
        return missing(target, " in \(name)", among: source, extends, path, &findings)
    }

    private func missing(
        _ target: String, _ where_: String, among place: Extension, _ node: Node, _ path: Path,
        _ findings: inout Findings
    ) -> Node? {
        // Otherwise it is there, and what is wrong with it has been told.
        guard place.services[target] == nil else { return nil }
        return findings.invalid(
            node, path, "there is no service \"\(target)\"\(where_)",
            suggestion: Findings.suggestion(for: target, in: place.services.keys))
    }

    private mutating func open(
        _ file: String, _ node: Node, _ place: Extension, _ path: Path, _ findings: inout Findings
    ) throws(StackFileError) -> Extension? {
        let full = FilePath.absolute(file, in: place.directory, home: home)
        guard FileBytes.exists(full) else {
            if FilePath.isRemote(file) {
                findings.error("files of other machines are not supported: \"\(file)\"", at: node.mark, path)
            } else {
                findings.error("the file \"\(file)\" doesn't exist", at: node.mark, path)
            }
            return nil
        }
        let root = place.root ?? place.directory
        if let known = opened[Extension.key(full, root)] { return known }
        var services = Mapping()
        var further: [Mapping] = []
        for document in try SourceFile.read(full, request, namedAt: (node.mark, path), &findings) {
            guard let mapping = interpolated(document, &findings)["services"]?.mapping else { continue }
            further.append(mapping)
            for (name, entry) in mapping.entries where services[name] == nil {
                services.set(name, entry.node, keyMark: entry.keyMark)
            }
        }
        guard !services.isEmpty else {
            findings.error("\"\(file)\" has no services", at: node.mark, path)
            return nil
        }
        let directory = FilePath.directory(of: full)
        let paths = PathResolution(directory: FilePath.relative(directory, to: root), home: home)
        return Extension(
            services: services, further: Array(further.dropFirst()), file: full, directory: directory, root: root,
            paths: paths)
    }

    private func without(_ key: String, _ node: Node) -> Node {
        guard case .map(var mapping) = node.value, mapping[key] != nil else { return node }
        mapping.remove(key)
        return node.with(.map(mapping))
    }
}
