import StackModel

/// `pre_start`, `post_start` and `pre_stop` of a service (Compose specification, "Services").
enum HookFields {
    /// Commands in a running container.
    static let inside = Shape.list(of: .object(command))
    /// Containers of their own, which take over what they don't say from the service's.
    static let before = Shape.list(of: .object(container))

    static let command = Fields<Never>(required: ["command"], commandFields)

    private static let commandFields: [Field<Never>] = [
        Field("command", .command, "The command.", .asWritten),
        Field("environment", .variables, "Environment variables beside the service's."),
        Field("privileged", .boolean, "Whether it may do what root on the host may."),
        Field("user", .text, "The user, in place of the service's."),
        Field("working_dir", .text, "The directory, in place of the service's."),
    ]

    static let container = Fields<Service>(
        ContainerFields.all + [
            Field("per_replica", .boolean, "Whether it runs before each container, not once before all.")
        ])
}
