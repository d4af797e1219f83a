/// `deploy` (Compose Deploy specification).
enum DeployFields {
    static let shape = Shape.object(
        Fields([
            Field("endpoint_mode", .text, "How clients reach the containers.", runtime: .none),
            // Docker too gives them to swarm services only.
            Field("labels", .labels, "Labels of the service, not of its containers.", runtime: .none),
            Field(
                "mode", .text, "replicated, global, ….", runtime: .partial { $0.string == "replicated" }),
            Field(
                "placement", .object(placement), "On which hosts.", runtime: .none),
            Field("replicas", .integer(), "How many containers.", .asWritten, start: Problems.scale),
            Field("resources", .object(resources), "Limits and reservations."),
            Field(
                "restart_policy", .object(restartPolicy), "When a container that has ended starts again.", .asWritten),
            Field("rollback_config", .object(update), "How a failed update is taken back.", .asWritten, runtime: .none),
            Field("update_config", .object(update), "How containers are replaced.", .asWritten, runtime: .none),
        ]))

    private static let placement = Fields([
        Field("constraints", .texts, "What a host must have."),
        Field("max_replicas_per_node", .count, "The most containers on one host."),
        Field(
            "preferences", .list(of: .object(Fields([Field("spread", .text, "Over what they are spread.")]))),
            "Which hosts come first."),
    ])

    private static let resources = Fields([
        Field("limits", .object(limits), "What a container can have at most.", .asWritten),
        Field("reservations", .object(reservations), "What a container must have.", .asWritten),
    ])

    private static let limits = Fields([
        Field("cpus", .number, "CPUs, with fractions.", start: Problems.negative),
        Field("memory", .bytesAsText, "Memory.", start: Problems.negative),
        Field("pids", .integer(), "Processes."),
    ])

    private static let reservations = Fields([
        Field("cpus", .number, "CPUs, with fractions.", runtime: .none),
        Field("memory", .bytesAsText, "Memory.", start: Problems.negative),
        Field("devices", Devices.requests, "Devices, by what they can do.", runtime: .none),
        Field("generic_resources", .list(of: .object(genericResource)), "Resources of one's own.", runtime: .none),
    ])

    private static let genericResource = Fields([
        Field(
            "discrete_resource_spec",
            .object(
                Fields([
                    Field("kind", .text, "What.", .always(.string(""))),
                    Field("value", .integer(fractions: true), "How many.", .always(.integer(0))),
                ])), "Things that can be counted.", .asWritten)
    ])

    private static let restartPolicy = Fields([
        Field("condition", .text, "none, on-failure or any.", start: Problems.restartCondition),
        Field("delay", .duration, "How long before.", .asWritten, runtime: .none),
        Field("max_attempts", .count, "How often.", .asWritten),
        Field("window", .duration, "After how long a start has succeeded.", .asWritten, runtime: .none),
    ])

    private static let update = Fields([
        Field("delay", .durationOrNothing, "Time between two containers."),
        Field("failure_action", .text, "What happens when it fails."),
        Field("max_failure_ratio", .number, "How many may fail."),
        Field("monitor", .durationOrNothing, "How long each is watched."),
        Field("order", .choice("start-first", "stop-first"), "Whether the new or the old one goes first."),
        Field("parallelism", .count, "How many at once.", .asWritten),
    ])
}
