/// Roost's own `x-oci-hooks` of a service: programs of the host at the stages of a container's life
/// (runtime-spec, config.md#posix-platform-hooks). Docker Compose passes over it.
enum Hooks {
    static let shape = Shape.object(
        Fields([
            Field("createRuntime", .list(of: .object(hook)), "After the namespaces are there, on the host."),
            Field("createContainer", .list(of: .object(hook)), "Before the root is changed, on the host."),
            Field("startContainer", .list(of: .object(hook)), "Before the command, in the container."),
            Field("poststop", .list(of: .object(hook)), "After the container is gone, on the host."),
        ]))

    private static let hook = Fields(
        required: ["path"],
        [
            Field("path", .text { $0.hasPrefix("/") ? nil : "must be an absolute path" }, "The program."),
            Field("args", .list(of: .text), "Its arguments, its own name first."),
            Field("env", .list(of: .text { $0.contains("=") ? nil : "must be NAME=VALUE" }), "Its environment."),
            Field("timeout", .integer(1...86_400), "How many seconds it may take."),
        ])
}
