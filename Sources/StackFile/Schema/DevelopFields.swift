/// `develop` (Compose Develop specification).
enum DevelopFields {
    static let shape = Shape.object(
        Fields([
            Field("watch", .list(of: .object(watch)), "What happens when files change.")
        ]))

    private static let watch = Fields(
        required: ["path", "action"],
        [
            Field("path", .text, "The files, relative to the project's directory.", .asWritten),
            Field(
                "action", .choice("rebuild", "sync", "restart", "sync+restart", "sync+exec"),
                "What happens when they change."),
            Field("exec", .object(HookFields.command), "The command of sync+exec."),
            Field("ignore", .textOrDistinctTexts, "Patterns of files that don't count."),
            Field("include", .textOrDistinctTexts, "Patterns of the only files that count."),
            Field("initial_sync", .plainBoolean, "Whether files are brought up to date at the start."),
            Field("target", .text, "Where the files go in the container."),
        ])
}
