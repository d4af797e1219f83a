import OrderedCollections
import StackModel

/// `develop` (Compose Develop specification).
enum DevelopFields {
    static let fields = Fields<Service>([
        Field(
            "watch", .list(of: Form(watch, shape: rule, from: WatchRule())), "What happens when files change.",
            to: \.watch)
    ])

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

    private static let watch = Fields<WatchRule>(
        required: ["path", "action"],
        [
            Field("path", .text, "The files, relative to the project's directory.", .asWritten, to: \.path),
            Field(
                "action",
                Form<WatchRule.Action>.choice(.choice("rebuild", "sync", "restart", "sync+restart", "sync+exec")),
                "What happens when they change.", to: \.action),
            Field("exec", HookFields.command, "The command of sync+exec.", in: \.exec),
            Field("ignore", .texts(.textOrDistinctTexts), "Patterns of files that don't count.", to: \.ignore),
            Field("include", .texts(.textOrDistinctTexts), "Patterns of the only files that count.", to: \.include),
            Field(
                "initial_sync", .boolean(.plainBoolean), "Whether files are brought up to date at the start.",
                to: \.initialSync),
            Field("target", .text, "Where the files go in the container.", to: \.target),
        ])
}
