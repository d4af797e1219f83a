/// The top of a file.
enum ProjectFields {
    static let shape = Shape.object(
        Fields([
            Field("configs", .map(of: FileObjectFields.config, named: Names.keyProblem), "Files for containers."),
            // Resolved before anything else.
            Field("include", .list(of: include), "Other files that belong to the stack."),
            Field(
                "jobs", .map(of: JobFields.shape, named: Names.keyProblem), "Containers that run to their end.",
                runtime: .none),
            Field("models", .map(of: .object(model), named: Names.keyProblem), "Language models.", runtime: .none),
            Field("name", .text, "The project's name."),
            Field("networks", .map(of: NetworkFields.shape.orNull, named: Names.keyProblem), "Networks."),
            Field(
                "secrets", .map(of: FileObjectFields.secret, named: Names.keyProblem),
                "Files for containers that nobody else may read."),
            Field("services", .map(of: ServiceFields.shape, named: Names.keyProblem), "The services."),
            Field("version", .text, "Without meaning."),
            Field("volumes", .map(of: VolumeFields.shape.orNull, named: Names.keyProblem), "Volumes."),
        ]))

    private static let include: Shape = {
        var shape = Shape.object(
            Fields(
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

    private static let model = Fields(
        required: ["model"],
        [
            Field("context_size", .integer(texts: false), "The most tokens of a context."),
            Field("model", .text, "The model, as a reference."),
            Field("name", .text, "Its name."),
            Field("runtime_flags", .texts, "Flags of the program that runs it."),
        ])
}
