import StackModel

/// `deploy` (Compose Deploy specification).
enum DeployFields {
    static let fields = Fields<Service>([
        Field("endpoint_mode", .text, "How clients reach the containers."),
        // Docker too gives them to swarm services only.
        Field("labels", .labels, "Labels of the service, not of its containers.", doneBy: .nobody),
        Field("mode", .text, "replicated, global, replicated-job or global-job.") { service, mode, place, resolution in
            // All hosts are this one, so that what is there once a host is there once.
            if ["replicated-job", "global-job"].contains(mode) {
                service.isJob = true
            } else if !["replicated", "global"].contains(mode) {
                resolution.unsupported(place)
            }
        },
        // On one host all hosts are this one, and Compose reads none of it either.
        Field("placement", .object(placement), "On which hosts.", doneBy: .nobody),
        Field("replicas", .replicas, "How many containers.", .asWritten, to: \.scale),
        Field("resources", resources, "Limits and reservations.", in: \.container.resources),
        Field(
            "restart_policy", restartPolicy, "When a container that has ended starts again.", .asWritten,
            to: \.container.restart),
        Field("rollback_config", update.shape, "How a failed update is taken back.", .asWritten),
        Field("update_config", update, "How containers are replaced.", .asWritten, to: \.update),
    ])

    private static let placement = Fields<Never>([
        Field("constraints", .texts, "What a host must have."),
        Field("max_replicas_per_node", .count, "The most containers on one host."),
        Field(
            "preferences", .list(of: .object(Fields<Never>([Field("spread", .text, "Over what they are spread.")]))),
            "Which hosts come first."),
    ])

    private static let resources = Fields<Resources>([
        Field("limits", limits, "What a container can have at most.", .asWritten, in: \.self),
        Field("reservations", reservations, "What a container must have.", .asWritten, in: \.self),
    ])

    private static let limits = Fields<Resources>([
        Field("cpus", .thousandths.notNegative, "CPUs, with fractions.", to: \.milliCPUs),
        Field("memory", .bytes(.bytesAsText).notNegative, "Memory.", to: \.memLimit),
        Field("pids", .integer().orUnlimited, "Processes.", to: \.pidsLimit),
    ])

    private static let reservations = Fields<Resources>([
        // What a scheduler of several hosts would look for; nothing is set aside for it on one.
        Field("cpus", .number, "CPUs, with fractions.", doneBy: .nobody),
        Field("memory", .bytes(.bytesAsText).notNegative, "Memory.", to: \.memReservation),
        Field(
            "devices", Devices.requests, "Devices, by what they can do.", refused: Devices.noDriver,
            suggestion: Devices.instead),
        Field("generic_resources", .list(of: .object(genericResource)), "Resources of one's own.", doneBy: .nobody),
    ])

    private static let genericResource = Fields<Never>([
        Field(
            "discrete_resource_spec",
            .object(
                Fields<Never>([
                    Field("kind", .text, "What.", .always(.string(""))),
                    Field("value", .integer(fractions: true), "How many.", .always(.integer(0))),
                ])), "Things that can be counted.", .asWritten)
    ])

    private struct Restart {
        var condition = "any"
        var maximumRetries: Int?

        var policy: RestartPolicy {
            switch condition {
            case "none": .no
            case "on-failure": .onFailure(maximumRetries: maximumRetries)
            default: .always
            }
        }
    }

    private static let restartPolicy = Form<RestartPolicy>(restart, from: Restart()) { restart, _, _, _ in
        restart.policy
    }

    private static let restart = Fields<Restart>([
        Field("condition", .text(unless: condition), "none, on-failure or any.", to: \.condition),
        // Compose hands neither this nor the window to the engine.
        Field("delay", .duration, "How long before.", .asWritten, doneBy: .nobody),
        Field("max_attempts", .count, "How often.", .asWritten, to: \.maximumRetries),
        Field("window", .duration, "After how long a start has succeeded.", .asWritten, doneBy: .nobody),
    ])

    @Sendable private static func condition(_ text: String) -> String? {
        ["none", "on-failure", "any"].contains(text) ? nil : "must be one of none, on-failure, any"
    }

    private static let update = Form(updateFields, from: UpdateSettings())

    private static let updateFields = Fields<UpdateSettings>([
        Field("delay", .durationOrNothing, "Time between two containers."),
        Field("failure_action", .text, "What happens when it fails."),
        Field("max_failure_ratio", .number, "How many may fail."),
        Field("monitor", .durationOrNothing, "How long each is watched."),
        Field(
            "order", Form<UpdateSettings.Order>.choice(.choice("start-first", "stop-first")),
            "Whether the new or the old one goes first.", to: \.order),
        Field("parallelism", .count, "How many at once.", .asWritten, to: \.parallelism),
    ])
}
