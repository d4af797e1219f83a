import OrderedCollections

/// The stack in the canonical form of the specification, for `config`.
public struct CanonicalStack: Sendable {
    let project: Project

    /// The services that are enabled (`--services`), in order of their names.
    public var services: [String] { project.section("services").keys.sorted() }
    /// The keys of the volumes that a service uses (`--volumes`).
    public var volumes: [String] { project.section("volumes").keys.sorted() }
    /// The keys of the networks that a service uses (`--networks`).
    public var networks: [String] { project.section("networks").keys.sorted() }
    /// Every profile that the files name (`--profiles`).
    public var profiles: [String] { project.profiles.sorted() }
    /// The images in order of the services' names (`--images`).
    public var images: [String] {
        services.compactMap { project.section("services")[$0]?["image"]?.string }
    }

    /// What is printed: without interpolation, the files' own keys in order of their names.
    private var form: OutputForm? { project.request.interpolates ? OutputForms.project : nil }

    /// The merged tree with the project's name at its top.
    var tree: Node {
        guard case .map(var top) = project.tree.value else { return project.tree }
        top.set("name", Node(.string(project.name), project.tree.mark))
        if project.request.interpolates { top.remove("version") }
        return project.tree.with(.map(top))
    }

    /// What Docker Compose takes the hash of a service from: its JSON on one line, without what doesn't make a container
    /// different (`build`, `pull_policy`, `scale`, `deploy.replicas`, `depends_on`, `profiles`). Its SHA-256 is what
    /// `--hash` prints, and the label `com.docker.compose.config-hash`. `nil`: no such service.
    public func hashInput(service: String) -> String? {
        guard let node = project.section("services")[service], case .map(var mapping) = node.value else { return nil }
        for key in ["build", "pull_policy", "scale", "depends_on", "profiles"] { mapping.remove(key) }
        if let deploy = mapping["deploy"], case .map(var entries) = deploy.value {
            entries.remove("replicas")
            mapping.set("deploy", deploy.with(.map(entries)))
        }
        return JSONWriter(isIndented: false, doublesDollars: false).text(
            of: node.with(.map(mapping)), OutputForms.service)
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
