import OrderedCollections

/// The stack in the canonical form of the specification, for `config`.
public struct CanonicalStack: Sendable {
    let project: Project
    /// The merged tree, with the project's name at its top.
    let tree: Node
    /// Only the images of a stack: the file has no name of its own.
    private let isLock: Bool

    init(project: Project) {
        var tree = project.tree
        if project.request.interpolates, case .map(var top) = tree.value {
            top.set("name", Node(.string(project.name), tree.mark))
            top.remove("version")
            tree = tree.with(.map(top))
        }
        self.init(project: project, tree: tree, isLock: false)
    }

    private init(project: Project, tree: Node, isLock: Bool) {
        self.project = project
        self.tree = tree
        self.isLock = isLock
    }

    func replacing(_ tree: Node, isLock: Bool = false) -> CanonicalStack {
        CanonicalStack(project: project, tree: tree, isLock: isLock)
    }

    /// What is printed: without interpolation, the files' own keys in order of their names.
    private var form: OutputForm? {
        guard project.request.interpolates else { return nil }
        return isLock ? OutputForms.lock : OutputForms.project
    }

    /// What Docker Compose takes the hash of a service from: its JSON on one line, without what doesn't make a container
    /// different (`build`, `pull_policy`, `scale`, `deploy.replicas`, `depends_on`, `profiles`). Its SHA-256 is what
    /// `--hash` prints, and the label `com.docker.compose.config-hash`. `nil`: no such service.
    public func hashInput(service: String) -> String? {
        guard let node = section("services")[service], case .map(var mapping) = node.value else { return nil }
        for key in ["build", "pull_policy", "scale", "depends_on", "profiles"] { mapping.remove(key) }
        if let deploy = mapping["deploy"], case .map(var entries) = deploy.value {
            entries.remove("replicas")
            mapping.set("deploy", deploy.with(.map(entries)))
        }
        return JSONWriter(isIndented: false, doublesDollars: false).text(
            of: node.with(.map(mapping)), OutputForms.hashedService)
    }

    /// As `config --format json` prints it; like Docker's, it ends without a newline.
    public func json() -> String {
        JSONWriter(isIndented: true, doublesDollars: project.request.interpolates).text(of: tree, form)
    }

    /// As `config` prints it.
    public func yaml() -> String {
        YAMLWriter.text(of: tree, form, doublesDollars: project.request.interpolates)
    }
}
