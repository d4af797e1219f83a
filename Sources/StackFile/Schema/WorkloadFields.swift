/// What services and jobs have beyond any container (Compose specification, "Services").
enum WorkloadFields {
    static let all: [Field] = [
        Field("build", BuildFields.shape, "How the image is built.", .asWritten, runtime: .none),
        Field("depends_on", Dependencies.shape, "Services that must have reached a condition before."),
        Field(
            "expose", .list(of: .textOrInteger).merged(by: .unique { $0.scalarText ?? "" }),
            "Ports of the container, for other services."),
        Field("healthcheck", HealthFields.shape, "How to see whether the container works.", .asWritten),
        Field("ports", Ports.shape, "Ports of the container on the host."),
        Field("stdin_open", .boolean, "Whether the standard input stays open."),
        Field("tty", .boolean, "Whether the container has a terminal."),
    ]
}
