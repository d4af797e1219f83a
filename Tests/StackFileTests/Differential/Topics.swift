extension ComposeCase {
    /// Files that both load, with the same result. One line a topic: it is a row of the parity table.
    static let accepted = [
        topic(
            "services",
            processes + environments + portsAndNames + health + dependencies + containerCases + modelExceptions),
        topic("resources", limits + resourceCases),
        topic("deploy", deployCases),
        topic("build", buildCases),
        topic("develop, hooks, providers, models, jobs", developCases),
        topic("volumes, secrets and configs", volumes + storageCases + files),
        topic("networks and ports", networks + networkCases),
        topic("interpolation", interpolation),
        topic("YAML", yaml),
        topic("merge", merging + mergeCases),
        topic("extends", extending),
    ].flatMap { $0 }

    /// Files that both refuse.
    static let rejected = [
        topic("rejected", wrong),
        topic("rejected: services", wrongServices + wronglyAccepted),
        topic("rejected: deploy, develop and build", wrongDeployments),
        topic("rejected: the rest of the model", wrongResources + wrongMerges),
    ].flatMap { $0 }
}
