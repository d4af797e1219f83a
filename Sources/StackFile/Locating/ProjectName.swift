/// The project's name (Compose specification, "Version and name").
enum ProjectName {
    /// `-p`, then `COMPOSE_PROJECT_NAME`; `nil` where neither says one.
    static func explicit(_ request: LoadRequest, _ location: Location) -> String? {
        if let name = request.projectName, !name.isEmpty { return name }
        if let name = location.environment["COMPOSE_PROJECT_NAME"], !name.isEmpty { return name }
        return nil
    }

    /// The last `name:` of the files, then the directory's name.
    static func choose(
        _ request: LoadRequest, _ location: Location, _ trees: [Node], _ findings: inout Findings
    ) -> String {
        if let name = explicit(request, location) {
            if let problem = Names.projectProblem(name) {
                findings.error("invalid project name \"\(name)\": \(problem)", at: nil)
            }
            return name
        }
        var interpolation = Interpolation(environment: location.environment)
        for tree in trees.reversed() {
            guard let node = tree["name"], let text = node.string, !text.isEmpty else { continue }
            let name = Names.normalised(interpolation.expand(text, at: node.mark, Path("name"), &findings))
            if name.isEmpty { findings.error("\"\(text)\" makes no project name", at: node.mark, Path("name")) }
            return name
        }
        let name = Names.normalised(FilePath.name(of: location.directory))
        if name.isEmpty {
            findings.error(
                "the directory's name \"\(location.directory)\" makes no project name", at: nil,
                suggestion: "give one with -p or \"name:\" in the file")
        }
        return name
    }
}
