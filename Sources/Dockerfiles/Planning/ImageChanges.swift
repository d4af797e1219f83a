public import OCI

/// Instructions that change what an image says of its containers, and make no layer (`commit --change`).
public enum ImageChanges {
    /// As in Docker (moby, "docker commit").
    private static let keywords = [
        "CMD", "ENTRYPOINT", "ENV", "EXPOSE", "HEALTHCHECK", "LABEL", "ONBUILD", "STOPSIGNAL", "USER", "VOLUME",
        "WORKDIR",
    ]

    /// What the instructions make of a configuration, one after the other.
    public static func apply(
        _ instructions: [String], to configuration: ImageConfiguration
    ) throws(DockerfileError) -> ContainerDefaults {
        if instructions.isEmpty { return configuration.config }
        let file = try Dockerfile("FROM committed\n" + instructions.joined(separator: "\n"))
        for stage in file.stages {
            for instruction in stage.instructions where !keywords.contains(instruction.keyword.uppercased()) {
                throw DockerfileError(
                    "\(instruction.keyword.lowercased()) is not a valid change command",
                    suggestion: "it is one of " + keywords.joined(separator: ", "))
            }
        }
        guard file.stages.count == 1 else { throw DockerfileError("from is not a valid change command") }
        let known = KnownImage(id: Digest.sha256(of: []), configuration: configuration)
        let base = BaseImage(reference: "committed", platform: nil)
        guard case .program(let program) = try BuildPlanner.plan(file, BuildOptions(), images: [base: known]) else {
            throw DockerfileError("the changes need an image that isn't there")
        }
        var result = program.stages[program.target].configuration.config
        let triggers = (configuration.config.onBuild ?? []) + (result.onBuild ?? [])
        result.onBuild = triggers.isEmpty ? nil : triggers
        return result
    }
}
