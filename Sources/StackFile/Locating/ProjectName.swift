/// The project's name (Compose specification, "Version and name").
enum ProjectName {
    /// `-p`, then `COMPOSE_PROJECT_NAME`; `nil` where neither says one.
    static func explicit(_ request: LoadRequest, _ location: Location) -> String? {
        if let name = request.projectName, !name.isEmpty { return name }
        if let name = location.variables[Variables.projectName], !name.isEmpty { return name }
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
        for tree in trees.reversed() {
            guard let node = tree["name"], let text = node.string, !text.isEmpty else { continue }
            let name = name(text, node.mark, request, location, &findings)
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

    private static func name(
        _ text: String, _ mark: Mark, _ request: LoadRequest, _ location: Location, _ findings: inout Findings
    ) -> String {
        var name = text
        if request.interpolates {
            // The same text is expanded again with the whole file, which then reports what is wrong once.
            var interpolation = Interpolation(variables: location.variables)
            name = interpolation.expand(text, at: mark, Path("name"), &findings)
        }
        return request.normalizes ? Names.normalised(name) : name
    }
}
