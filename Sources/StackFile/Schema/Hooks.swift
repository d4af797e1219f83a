/// Roost's own `x-oci-hooks` of a service: programs of the host at the stages of a container's life
/// (runtime-spec, config.md#posix-platform-hooks). Docker Compose passes over it.
enum Hooks {
    static let shape = Shape.object(
        Fields([
            Field("createRuntime", .list(of: .object(hook))),
            Field("createContainer", .list(of: .object(hook))),
            Field("startContainer", .list(of: .object(hook))),
            Field("poststop", .list(of: .object(hook))),
        ]))

    private static let hook = Fields(
        required: ["path"],
        [
            Field("path", .text { $0.hasPrefix("/") ? nil : "must be an absolute path" }),
            Field("args", .list(of: .text)),
            Field("env", .list(of: .text { $0.contains("=") ? nil : "must be NAME=VALUE" })),
            Field("timeout", .integer(1...86_400)),
        ])
}
