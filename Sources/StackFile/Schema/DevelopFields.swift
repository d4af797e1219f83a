import OrderedCollections

/// `develop` (Compose Develop specification).
enum DevelopFields {
    static let shape = Shape.object(
        Fields<Never>([
            Field("watch", .list(of: rule), "What happens when files change.")
        ]))

    /// `x-initialSync`, an earlier spelling, is what it says in place of `initial_sync`.
    private static let rule: Shape = {
        var shape = Shape.object(watch)
        let read = shape.read
        shape.read = { node, path, findings in
            guard case .map(var mapping) = node.value, let entry = mapping.entries["x-initialSync"] else {
                return read(node, path, &findings)
            }
            mapping.remove("x-initialSync")
            if mapping["initial_sync"] == nil {
                mapping.set("initial_sync", entry.node, keyMark: entry.keyMark)
            }
            return read(node.with(.map(mapping)), path, &findings)
        }
        return shape
    }()

    private static let watch = Fields<Never>(
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
