import ArgumentParser
import ControlAPI
import OCI

/// `roost image referrers`.
struct ImageReferrersCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "referrers",
        abstract: "List what refers to an image in its registry: signatures, bills of materials, attestations",
        usage: "roost image referrers [OPTIONS] NAME[:TAG|@DIGEST]")

    @Option(name: .customLong("format"), help: "Format the output. Values: [table | json] (default \"table\")")
    var format: String?

    @Flag(name: [.customShort("q"), .customLong("quiet")], help: "Only show digests")
    var quiet = false

    @Argument(help: .hidden) var names: [String] = []

    func perform(in context: Context) async throws -> Int32 {
        try requireArguments(names, exactly: 1, of: "image referrers")
        let format = try OutputFormat(option: format)
        let question = RegistryQuestion(
            [try reference(names[0])], registryEnvironment: context.registryEnvironment)
        let found = try await context.work(
            ControlRequest(.referrers, body: question), operation: "referrers", quiet: true
        ) {
            if case .referrers(let found) = $0 { found } else { nil }
        }
        let digests = found.map { "\($0.digest)\n" }.joined()
        try context.streams.output.write(quiet ? digests : format == .json ? Self.json(found) : Self.table(found))
        return 0
    }

    static func table(_ referrers: [Descriptor]) -> String {
        Table(
            headers: ["ARTIFACT TYPE", "DIGEST", "SIZE"],
            rows: referrers.map { [$0.artifactType ?? "<none>", $0.digest.description, humanSize($0.size)] },
            minimumWidth: 10
        ).render()
    }

    /// An object a line.
    static func json(_ referrers: [Descriptor]) -> String {
        referrers.map { referrer in
            JSONText.object([
                ("ArtifactType", .string(referrer.artifactType ?? "")),
                ("MediaType", .string(referrer.mediaType.rawValue)),
                ("Digest", .string(referrer.digest.description)), ("Size", .number(referrer.size)),
                (
                    "Annotations",
                    .object(
                        (referrer.annotations ?? [:]).sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })
                ),
            ]).render() + "\n"
        }.joined()
    }
}
