import StackModel

/// The attributes of a service (Compose specification, "Services").
enum ServiceFields {
    static let shape = Shape.object(fields)
    static let form = Form<Service>(
        fields, shape: shape, from: Service(name: "", image: ""), finish: ServiceRules.finish)

    private static let fields = Fields<Service>(
        ContainerFields.all + WorkloadFields.all + own + ProbeFields.all + [ScheduleFields.field])

    private static let own: [Field<Service>] = [
        Field("attach", .boolean, "Whether `up` shows the service's output.", .asWritten, to: \.attach),
        Field(
            "container_name", .text(.text(Names.containerPatternProblem), unless: Names.containerProblem),
            "The container's name, in place of PROJECT-SERVICE-N.", to: \.container.containerName),
        Field(
            "develop", DevelopFields.fields, shape: .object(DevelopFields.fields).orNull,
            "What `watch` does when files change.", .asWritten, in: \.self),
        // Resolved before anything else; only its form is read here.
        Field("extends", extends, "A service whose attributes this one takes over.", doneBy: .loader),
        Field("external_links", .texts(.distinctTexts), "Containers outside of the stack, as NAME[:ALIAS].") {
            link(&$0, $1, to: LinkedContainer.container)
        },
        Field(
            "links", .texts(.distinctTexts.merged(by: .unique(by: Shape.name))), "Other services, as NAME[:ALIAS]."
        ) { link(&$0, $1, to: LinkedContainer.service) },
        Field(
            "post_start", HookFields.inside, "Commands in the container after it has started.",
            to: \.container.postStart),
        Field("pre_start", HookFields.before, "Containers that run to their end before it starts."),
        Field(
            "pre_stop", HookFields.inside, "Commands in the container before it is stopped.", to: \.container.preStop),
        Field(
            "profiles", .texts(.uniqueTexts), "The profiles that enable the service; without any it always is.",
            to: \.profiles),
        Field("provider", .object(provider), "A program that stands for the service.", .asWritten),
        Field(
            "restart", .restartPolicy, "When a container that has ended starts again.", to: \.container.restart),
        // After `restart`, in whose place its restart_policy stands.
        Field(
            "deploy", DeployFields.fields, shape: .object(DeployFields.fields).orNull,
            "How many containers, with what resources, and how they are replaced.", .asWritten, in: \.self),
        Field("scale", .replicas, "How many containers.", .asWritten, to: \.scale),
        Field(
            "x-oci-hooks", Hooks.fields, "OCI hooks: programs of the host at the stages of a container's life.",
            in: \.container.hooks),
    ]

    @Sendable private static func link(
        _ service: inout Service, _ texts: [String], to target: (String) -> LinkedContainer
    ) {
        for text in texts {
            let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
            guard let name = parts.first else { continue }
            service.container.links = (service.container.links ?? [:]).merging([parts.last ?? name: target(name)]) {
                $1
            }
        }
    }

    private static let extends: Shape = {
        var shape = extendsLong
        shape.read = { node, path, findings in
            node.string == nil ? extendsLong.read(node, path, &findings) : node
        }
        return shape
    }()

    private static let extendsLong = Shape.object(
        Fields<Never>(
            required: ["service"], others: .none,
            [
                Field("service", .text, "The service's name."),
                Field("file", .text, "The file that has it; this one if none is named."),
            ]))

    private static let provider = Fields<Never>(
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

extension Form where Value == Int {
    static var replicas: Form {
        integer().unless { $0 > 10_000 ? "is more than the 10000 containers that a service can have" : nil }
    }
}

extension Form where Value == RestartPolicy {
    static var restartPolicy: Form {
        Form(.text, RestartPolicy.init(attribute:)) { _ in
            "is not a restart policy: use no, always, on-failure[:N] or unless-stopped"
        }
    }
}
