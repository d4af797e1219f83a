import StackModel

/// `secrets` and `configs` at the top of a file (Compose specification, "Secrets", "Configs").
enum FileObjectFields {
    static let secret = form(
        common + [
            Field("driver", .text, "Who keeps it.", refused: noDriver),
            Field("driver_opts", .options(), "Options of the driver.", refused: noDriver),
        ])

    static let config = form(common + [Field("content", .text, "Its content.", .asWritten, to: \.content)])

    private static let noDriver = "only an orchestrator of several hosts has drivers for secrets"

    /// Where the content is.
    private struct Source {
        var content: String?
        var environment: String?
        var file: String?
        var isExternal = false
    }

    private static let common: [Field<Source>] = [
        Field("environment", .text, "The environment variable that has the content.", to: \.environment),
        External.field(to: \.isExternal),
        Field("file", .text, "The file that has the content.", to: \.file),
        Field("labels", .distinctLabels, "Labels.", doneBy: .nobody),
        Field("name", .text, "Its name, in place of PROJECT_KEY.", .asWritten, doneBy: .nobody),
        Field(
            "template_driver", .text, "How the content is filled in.",
            refused: "only an orchestrator of several hosts fills contents in"),
    ]

    private static func form(_ all: [Field<Source>]) -> Form<FileGrant.Content> {
        let fields = Fields(all)
        return Form(fields, shape: External.shape(of: .object(fields)), from: Source(), finish: content)
    }

    @Sendable private static func content(
        of source: Source, _ node: Node, _ place: Place, _ resolution: inout Resolution
    ) -> FileGrant.Content? {
        if source.isExternal {
            resolution.fault("external secrets and configs are not supported yet", at: node.mark, place)
            return nil
        }
        if let file = source.file { return .file(file) }
        if let content = source.content { return .inline(content) }
        guard let variable = source.environment else { return nil }
        if let value = resolution.project.location.environment[variable] { return .inline(value) }
        let mark = node["environment"]?.mark ?? node.mark
        resolution.fault(
            "the environment variable \"\(variable)\" is not set", at: mark, place.key("environment", mark))
        return nil
    }
}
