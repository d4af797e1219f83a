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
        topic("YAML", yaml + furtherYAML1 + furtherYAML2),
        topic("reset and override", furtherReset),
        topic("extends", extending + furtherExtends),
        topic("include", furtherInclude),
        topic("environment files", furtherEnvironmentFiles1 + furtherEnvironmentFiles2),
        topic("files and directories", furtherLocation),
        topic("project name", furtherProjectName),
        topic("profiles", furtherProfiles),
        topic("flags of config", furtherFlags),
        topic("merge", merging + mergeCases + furtherMerge),
        topic("interpolation", interpolation + furtherInterpolation1 + furtherInterpolation2),
    ].flatMap { $0 }

    /// Files that both refuse.
    static let rejected = [
        topic("rejected", wrong),
        topic("rejected: services", wrongServices + wronglyAccepted),
        topic("rejected: deploy, develop and build", wrongDeployments),
        topic("rejected: the rest of the model", wrongResources + wrongMerges),
        topic("YAML", furtherYAMLRejected1 + furtherYAMLRejected2),
        topic("reset and override", furtherResetRejected),
        topic("extends", furtherExtendsRejected),
        topic("include", furtherIncludeRejected),
        topic("environment files", furtherEnvironmentFilesRejected),
        topic("files and directories", furtherLocationRejected),
        topic("project name", furtherProjectNameRejected),
        topic("profiles", furtherProfilesRejected),
        topic("flags of config", furtherFlagsRejected),
        topic("merge", furtherMergeRejected),
        topic("interpolation", furtherInterpolationRejected),
    ].flatMap { $0 }
}
