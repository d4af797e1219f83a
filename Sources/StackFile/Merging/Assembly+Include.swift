import OrderedCollections

/// `include` (Compose specification, "Include").
extension Assembly {
    /// More files within files than anybody nests.
    private static let deepest = 32
    private static let sections = ["services", "volumes", "networks", "secrets", "configs", "models"]

    /// The sections of all that a document includes; `nil` where it includes nothing.
    mutating func include(
        _ node: Node?, at place: Place, _ findings: inout Findings
    ) throws(StackFileError) -> Node? {
        guard let node, !node.isNull else { return nil }
        let path = Path("include")
        guard let items = node.list else { return findings.wrongType(node, path, "a list") }
        var result: Node?
        for (index, item) in items.enumerated() {
            guard let inclusion = Inclusion(item, path.index(index), &findings) else { continue }
            guard let tree = try load(inclusion, at: place, &findings) else { continue }
            // What an earlier entry says wins over what a later one says.
            result = result.map { rules.mergeProjects(tree, $0) } ?? tree
        }
        return result
    }

    private mutating func load(
        _ inclusion: Inclusion, at place: Place, _ findings: inout Findings
    ) throws(StackFileError) -> Node? {
        let files = inclusion.files.map { FilePath.absolute($0.string ?? "", in: place.directory, home: nil) }
        guard let main = files.first else { return nil }
        try check(main, inclusion, place, &findings)
        let (directory, root) = directories(of: inclusion, main, place)
        var documents: [Document] = []
        for (file, node) in zip(files, inclusion.files) {
            guard FileBytes.exists(file) else {
                let problem =
                    FilePath.isRemote(node.string ?? "")
                    ? "files of other machines are not supported" : "the file doesn't exist"
                findings.error("\(problem): \"\(node.string ?? "")\"", at: node.mark, inclusion.path)
                return nil
            }
            documents += try SourceFile.read(file, request, namedAt: (node.mark, inclusion.path), &findings).map {
                Document(file: file, tree: $0)
            }
        }
        var variables = interpolation.variables
        guard let environment = environmentFiles(of: inclusion, directory, place, &findings) else { return nil }
        variables.add(environment, &findings)
        var nested = Assembly(request: request, interpolation: interpolation.nested(variables))
        defer { interpolation.join(nested.interpolation) }
        let inner = Place(directory: directory, chain: place.chain, resolvesPassedVariables: true)
        guard let merged = try nested.merge(documents, at: inner, &findings) else { return nil }
        let paths = PathResolution(directory: FilePath.relative(root, to: place.directory), home: home)
        return sections(of: paths.project(Merging.cleared(merged)))
    }

    private func check(
        _ file: String, _ inclusion: Inclusion, _ place: Place, _ findings: inout Findings
    ) throws(StackFileError) {
        guard place.chain.contains(file) || place.chain.count >= Self.deepest else { return }
        let names = (place.chain + [file]).map { FilePath.shown($0, from: request.currentDirectory) }
        throw findings.failure(
            "include goes in a circle: \(names.joined(separator: " → "))", at: inclusion.node.mark, inclusion.path)
    }

    /// Where the included files look for files, and where the paths in them start. Docker takes the directory above a
    /// `project_directory` that doesn't exist for the second.
    private func directories(of inclusion: Inclusion, _ main: String, _ place: Place) -> (String, String) {
        guard let given = inclusion.projectDirectory else {
            let directory = FilePath.directory(of: main)
            return (directory, directory)
        }
        let directory = FilePath.absolute(given, in: place.directory, home: nil)
        if given.hasPrefix("/") || FileBytes.isDirectory(directory) { return (directory, directory) }
        return (directory, FilePath.directory(of: directory))
    }

    private func environmentFiles(
        of inclusion: Inclusion, _ directory: String, _ place: Place, _ findings: inout Findings
    ) -> [EnvironmentFile]? {
        guard !inclusion.environmentFiles.isEmpty else {
            let path = FilePath.clean(directory + "/.env")
            return FileBytes.exists(path) && !FileBytes.isDirectory(path) ? [environmentFile(path)] : []
        }
        var files: [EnvironmentFile] = []
        for node in inclusion.environmentFiles {
            guard let text = node.string, text != "/dev/null" else { continue }
            let path = FilePath.absolute(text, in: place.directory, home: nil)
            guard FileBytes.exists(path), !FileBytes.isDirectory(path) else {
                findings.error(
                    "the env file \"\(text)\" doesn't exist", at: node.mark, inclusion.path.key("env_file"))
                return nil
            }
            files.append(environmentFile(path))
        }
        return files
    }

    private func environmentFile(_ path: String) -> EnvironmentFile {
        EnvironmentFile(path: path, name: FilePath.shown(path, from: request.currentDirectory))
    }

    /// A name or an extension of an included file means nothing outside it.
    private func sections(of tree: Node) -> Node {
        var result = Mapping()
        for key in Self.sections {
            if let section = tree[key] { result.set(key, section) }
        }
        return tree.with(.map(result))
    }
}

/// One entry of `include` in its long form.
struct Inclusion {
    var node: Node
    var path: Path
    var files: [Node]
    var environmentFiles: [Node] = []
    var projectDirectory: String?

    init?(_ node: Node, _ path: Path, _ findings: inout Findings) {
        self.node = node
        self.path = path
        if node.string != nil {
            files = [node]
            return
        }
        guard node.mapping != nil else {
            _ = findings.wrongType(node, path, "a path or a mapping")
            return nil
        }
        guard let files = Self.texts(node["path"], path.key("path"), &findings),
            let environment = Self.texts(node["env_file"], path.key("env_file"), &findings)
        else { return nil }
        self.files = files
        environmentFiles = environment
        guard let directory = node["project_directory"], !directory.isNull else { return }
        guard let text = directory.string else {
            _ = findings.wrongType(directory, path.key("project_directory"), "a path")
            return nil
        }
        projectDirectory = text.isEmpty ? nil : text
    }

    private static func texts(_ node: Node?, _ path: Path, _ findings: inout Findings) -> [Node]? {
        guard let node, !node.isNull else { return [] }
        if node.string != nil { return [node] }
        guard let items = node.list, items.allSatisfy({ $0.string != nil }) else {
            _ = findings.wrongType(node, path, "a path or a list of paths")
            return nil
        }
        return items
    }
}
