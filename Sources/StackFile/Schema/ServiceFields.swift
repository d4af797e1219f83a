/// The attributes of a service (Compose specification, "Services").
enum ServiceFields {
    static let shape = Shape.object(fields)

    static let fields = Fields(ContainerFields.all + WorkloadFields.all + own)

    private static let own: [Field] = [
        Field("attach", .boolean, "Whether `up` shows the service's output.", .asWritten, runtime: .none),
        Field(
            "container_name", .text(Names.containerPatternProblem),
            "The container's name, in place of PROJECT-SERVICE-N.", start: Problems.text(Names.containerProblem)),
        Field(
            "deploy", DeployFields.shape.orNull, "How many containers, with what resources, and how they are replaced.",
            .asWritten),
        Field(
            "develop", DevelopFields.shape.orNull, "What `watch` does when files change.", .asWritten, runtime: .none),
        // Resolved before anything else; only its form is read here.
        Field("extends", extends, "A service whose attributes this one takes over."),
        Field("external_links", .distinctTexts, "Containers outside of the stack, as NAME[:ALIAS].", runtime: .none),
        Field(
            "links", .distinctTexts.merged(by: .unique(by: Shape.name)), "Other services, as NAME[:ALIAS].",
            runtime: .none),
        Field("post_start", HookFields.inside, "Commands in the container after it has started.", runtime: .none),
        Field("pre_start", HookFields.before, "Containers that run to their end before it starts.", runtime: .none),
        Field("pre_stop", HookFields.inside, "Commands in the container before it is stopped.", runtime: .none),
        Field("profiles", .uniqueTexts, "The profiles that enable the service; without any it always is."),
        Field("provider", .object(provider), "A program that stands for the service.", .asWritten, runtime: .none),
        Field(
            "restart", .text, "When a container that has ended starts again.",
            start: Problems.text(Names.restartProblem)),
        Field("scale", .integer(), "How many containers.", .asWritten, start: Problems.scale),
        Field("x-oci-hooks", Hooks.shape, "OCI hooks: programs of the host at the stages of a container's life."),
    ]

    private static let extends: Shape = {
        var shape = extendsLong
        shape.read = { node, path, findings in
            node.string == nil ? extendsLong.read(node, path, &findings) : node
        }
        return shape
    }()

    private static let extendsLong = Shape.object(
        Fields(
            required: ["service"], others: .none,
            [
                Field("service", .text, "The service's name."),
                Field("file", .text, "The file that has it; this one if none is named."),
            ]))

    private static let provider = Fields(
        required: ["type"],
        [
            Field("type", .text, "The program."),
            Field("options", .map(of: providerOption), "What it is told, as --KEY=VALUE."),
        ])

    /// One value or several; printed as several, but combined as they are written.
    private static let providerOption: Shape = {
        let item = Shape { node, path, findings in
            guard let text = node.scalarText else {
                return findings.wrongType(node, path, "a string, a number or a boolean")
            }
            return node.with(.string(text))
        }
        var shape = Shape.list(of: item)
        let list = shape.read
        shape.read = { node, path, findings in
            node.list == nil ? item.read(node, path, &findings) : list(node, path, &findings)
        }
        return shape.merged(
            by: .custom { base, over in
                guard base.list != nil, over.list != nil else { return over }
                return Merging.merge(base, over, Shape.list(of: item))
            })
    }()
}
