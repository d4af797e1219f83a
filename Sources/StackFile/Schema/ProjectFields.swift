import StackModel

/// The top of a file.
enum ProjectFields {
    static let shape = Shape.object(fields)

    static let fields = Fields<Stack>([
        Field(
            "configs", .map(of: FileObjectFields.config, named: Names.keyProblem), "Files for containers.",
            kept: \.configs),
        // Resolved before anything else.
        Field("include", .list(of: include), "Other files that belong to the stack.", doneBy: .loader),
        Field("jobs", .map(of: JobFields.shape, named: Names.keyProblem), "Containers that run to their end."),
        Field("models", .map(of: .object(model), named: Names.keyProblem), "Language models.", doneBy: .nobody),
        Field("name", .text, "The project's name.", doneBy: .loader),
        Field("networks", .map(of: NetworkFields.form, named: Names.keyProblem), "Networks.", to: \.networks),
        Field(
            "secrets", .map(of: FileObjectFields.secret, named: Names.keyProblem),
            "Files for containers that nobody else may read.", kept: \.secrets),
        // After the secrets and configs that they are granted.
        Field("services", .map(of: ServiceFields.form, named: Names.keyProblem), "The services.", to: \.services),
        Field("version", .text, "Without meaning.", doneBy: .nobody),
        Field("volumes", .map(of: VolumeFields.form, named: Names.keyProblem), "Volumes.", to: \.volumes),
    ])

    private static let include: Shape = {
        var shape = Shape.object(
            Fields<Never>(
                others: .none,
                [
                    Field("env_file", .textOrTexts, "Files with the variables of the included file."),
                    Field("path", .textOrTexts, "The file; several are combined."),
                    Field("project_directory", .text, "Where its relative paths start."),
                ]))
        let read = shape.read
        shape.read = { node, path, findings in node.string == nil ? read(node, path, &findings) : node }
        return shape
    }()

    private static let model = Fields<Never>(
        required: ["model"],
        [
            Field("context_size", .integer(texts: false), "The most tokens of a context."),
            Field("model", .text, "The model, as a reference."),
            Field("name", .text, "Its name."),
            Field("runtime_flags", .texts, "Flags of the program that runs it."),
        ])
}
