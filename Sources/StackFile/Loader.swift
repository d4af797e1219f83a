public import Diagnostics
public import StackModel

/// A stack, and what its files say otherwise.
public struct LoadedStack: Sendable {
    /// The desired state.
    public var stack: Stack
    /// What is not supported yet, variables without a value, and the like.
    public var warnings: [Diagnostic]
    /// Those that only matter to who creates containers.
    public var unsupported: [Diagnostic] { warnings.filter { $0.message == Findings.unsupported } }
    /// Errors for every command that creates containers, and for no other: what Compose's `config` takes and no start
    /// could carry out, such as a capability or a signal that doesn't exist, or an image's name that can't be one.
    public var faults: [Diagnostic]
    /// The files that warnings and faults speak of.
    public var sources: [SourceText]
    /// What `config` prints.
    public var canonical: CanonicalStack
    /// Each use of a variable in the files, in their order.
    public var variables: [VariableUse] = []
    /// The variables of each service's containers, by service and name.
    public var containerVariables: [ContainerVariable] = []
    /// What interpolation sees (`config --environment`): the shell's variables and those of the environment files.
    public var environment: [String: String] = [:]
    /// Absolute paths of all files that were read: those of the stack, what they include and extend, environment and
    /// label files.
    public var filesRead: [String] = []
}

/// Loads a stack in stages: locate, read, interpolate, read into canonical form, extend, merge, select, complete,
/// validate, resolve.
public enum StackLoader {
    /// Reads the files and resolves them.
    ///
    /// - Throws: ``StackFileError`` with everything that is wrong, as far as one stage can see it.
    public static func load(_ request: LoadRequest) throws(StackFileError) -> LoadedStack {
        var findings = Findings()
        let (project, uses) = try resolve(request, &findings)
        // As they are written, the files don't have the form that values are taken from, and nothing will start.
        var unheard = findings
        let stack =
            request.interpolates
            ? Resolution.stack(of: project, &findings) : Resolution.stack(of: project, &unheard)
        return LoadedStack(
            stack: stack, warnings: StackFileError.sorted(findings.diagnostics, findings.sources),
            faults: StackFileError.sorted(findings.faults, findings.sources), sources: findings.sources,
            canonical: CanonicalStack(project: project), variables: uses,
            containerVariables: project.containerVariables, environment: project.location.environment,
            filesRead: findings.filesRead)
    }

    /// Whether there is a file: named by the request or by `COMPOSE_FILE`, or with a default name here or above.
    public static func hasFile(_ request: LoadRequest) throws(StackFileError) -> Bool {
        var findings = Findings()
        let location = Location.find(request, &findings)
        try findings.check()
        return !location.files.isEmpty
    }

    /// The name of the project, where the files' content matters only if nothing else says it. A file that can't be
    /// read, or isn't there, is passed over: `down` and `ps` must work without one.
    public static func projectName(_ request: LoadRequest) throws(StackFileError) -> String {
        var findings = Findings()
        let location = Location.find(request, &findings)
        try findings.check()
        var trees: [Node] = []
        if ProjectName.explicit(request, location) == nil {
            for file in location.files where file != "-" {
                do throws(StackFileError) {
                    var unheard = findings
                    trees += try SourceFile.read(file, request, &unheard)
                } catch {
                    continue
                }
            }
        }
        let name = ProjectName.choose(request, location, trees, &findings)
        try findings.check()
        return name
    }

    private static func resolve(
        _ request: LoadRequest, _ findings: inout Findings
    ) throws(StackFileError) -> (Project, [VariableUse]) {
        var location = Location.find(request, &findings)
        try findings.check()
        guard !location.files.isEmpty else {
            throw findings.failure(
                "no compose.yaml here or in the directories above \(request.currentDirectory)",
                suggestion: "name a file with -f")
        }
        var documents: [Document] = []
        for file in location.files {
            documents += try SourceFile.read(file, request, &findings).map { Document(file: file, tree: $0) }
        }
        let name = ProjectName.choose(request, location, documents.map(\.tree), &findings)
        try findings.check()
        location.variables.setProject(name)

        var assembly = Assembly(request: request, variables: location.variables)
        let merged = try assembly.merge(documents, at: .init(directory: location.directory), &findings)
        if findings.hasErrors, let merged, request.interpolates, request.checksConsistency {
            References.check(merged, of: documents, &findings)
        }
        try findings.check()
        guard let merged, merged.mapping?.isEmpty == false else {
            let names = location.files.map { $0 == "-" ? "stdin" : FilePath.shown($0, from: request.currentDirectory) }
            throw findings.failure("\(names.joined(separator: ", ")): empty compose file")
        }
        guard request.interpolates else {
            if request.checksConsistency {
                WrittenKeys.check(Merging.cleared(merged), ProjectFields.shape, Path(), &findings)
                try findings.check()
            }
            let completion = WrittenCompletion(request: request, location: location, name: name)
            let project = Project(
                name: name, tree: completion.complete(merged), location: location, request: request)
            return (project, assembly.interpolation.uses)
        }
        let tree = Pruning.prune(merged, ProjectFields.shape)
        Definitions(tree: tree).check(&findings)
        var project = Project(name: name, tree: tree, location: location, request: request)
        project.select(&findings)
        try findings.check()
        project.complete(&findings)
        if request.checksConsistency { Validation(project: project).check(&findings) }
        try findings.check()
        return (project, assembly.interpolation.uses)
    }
}
