import StackModel

/// `pre_start`, `post_start` and `pre_stop` of a service (Compose specification, "Services").
enum HookFields {
    /// Commands in a running container.
    static let inside = Form<[ServiceHook]>.list(of: Form(command, from: ServiceHook()))
    /// Containers of their own, which take over what they don't say from the service's.
    static let before = Shape.list(of: .object(container))

    static let command = Fields<ServiceHook>(
        required: ["command"],
        [
            Field("command", .command, "The command.", .asWritten, to: \.command),
            Field("environment", .variables, "Environment variables beside the service's.", to: \.environment),
            Field("privileged", .boolean, "Whether it may do what root on the host may.", to: \.privileged),
            Field("user", .text, "The user, in place of the service's.", to: \.user),
            Field("working_dir", .text, "The directory, in place of the service's.", to: \.workingDir),
        ])

    static let container = Fields<Service>(
        ContainerFields.all + [
            Field("per_replica", .boolean, "Whether it runs before each container, not once before all.")
        ])
}
