import StackModel

/// Roost's own `x-oci-hooks` of a service: programs of the host at the stages of a container's life
/// (runtime-spec, config.md#posix-platform-hooks). Docker Compose passes over it.
enum Hooks {
    static let fields = Fields<[LifecycleHook]>([
        Field("createRuntime", hooks(.createRuntime), "After the namespaces are there, on the host.") { $0 += $1 },
        Field("createContainer", hooks(.createContainer), "Before the root is changed, on the host.") { $0 += $1 },
        Field("startContainer", hooks(.startContainer), "Before the command, in the container.") { $0 += $1 },
        Field("poststop", hooks(.poststop), "After the container is gone, on the host.") { $0 += $1 },
    ])

    private static func hooks(_ stage: LifecycleHook.Stage) -> Form<[LifecycleHook]> {
        .list(of: Form(hook, from: LifecycleHook(stage: stage, path: "")))
    }

    private static let hook = Fields<LifecycleHook>(
        required: ["path"],
        [
            Field("path", .text(path), "The program.", to: \.path),
            Field("args", .texts(.list(of: .text)), "Its arguments, its own name first.", to: \.args),
            Field("env", .texts(.list(of: variable)), "Its environment.", to: \.environment),
            Field("timeout", .integer(1...86_400), "How many seconds it may take.", to: \.timeout),
        ])

    private static let path = Shape.text { $0.hasPrefix("/") ? nil : "must be an absolute path" }
    private static let variable = Shape.text { $0.contains("=") ? nil : "must be NAME=VALUE" }
}
