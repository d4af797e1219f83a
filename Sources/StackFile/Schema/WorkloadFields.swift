import StackModel

/// What services and jobs have beyond any container (Compose specification, "Services").
enum WorkloadFields {
    static let all: [Field<Service>] = [
        Field("build", BuildFields.form, "How the image is built.", .asWritten, to: \.build),
        Field(
            "depends_on", Dependencies.form, "Services that must have reached a condition before.",
            to: \.dependsOn),
        Field("expose", Form(exposed, items: .ports(.textOrInteger)), "Ports of the container, for other services.") {
            $0.container.expose = $1.flatMap(\.self)
        },
        Field(
            "healthcheck", HealthFields.form, "How to see whether the container works.", .asWritten,
            to: \.container.healthcheck),
        Field("ports", Ports.form, "Ports of the container on the host.", to: \.container.ports),
        Field("stdin_open", .boolean, "Whether the standard input stays open.", to: \.container.stdinOpen),
        Field("tty", .boolean, "Whether the container has a terminal.", to: \.container.tty),
    ]

    private static let exposed = Shape.list(of: .textOrInteger).merged(by: .unique { $0.scalarText ?? "" })
}
