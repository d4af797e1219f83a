import Addressing
import OrderedCollections
import StackModel

/// `depends_on`, `models` and the `networks` of a service: lists of names, or mappings with details.
enum Dependencies {
    static let form = Form<[String: Dependency]>(shape, values: dependency)

    private static let shape: Shape = {
        var shape = Shape.map(of: dependency.shape, named: Names.keyProblem)
        let read = shape.read
        shape.read = { node, path, findings in
            guard let items = node.list else { return read(node, path, &findings) }
            return names(items, node, path, &findings) { item in
                .map(
                    [
                        ("condition", item.with(.string("service_started"))), ("required", item.with(.boolean(true))),
                    ], item.mark)
            }
        }
        return shape
    }()

    private static let dependency = Form(fields, from: Dependency())

    private static let fields = Fields<Dependency>(
        required: ["condition"],
        [
            Field("condition", .choice(conditions), "What the other one must have reached.", to: \.condition),
            Field(
                "required", .boolean, "Whether the other one must be there.", .always(.boolean(true)), to: \.required),
            Field("restart", .boolean, "Whether this one is restarted with the other one.", to: \.restart),
        ])

    private static let conditions = Shape.choice(
        "service_started", "service_healthy", "service_completed_successfully")

    /// A list of names as a mapping.
    static func names(
        _ items: [Node], _ node: Node, _ path: Path, _ findings: inout Findings, value: (Node) -> Node
    ) -> Node? {
        var mapping = Mapping()
        for (index, item) in items.enumerated() {
            guard case .string(let name) = item.value else {
                _ = findings.wrongType(item, path.index(index), "a name")
                continue
            }
            if mapping[name] != nil {
                findings.error("\"\(name)\" is in the list already", at: item.mark, path.index(index))
            }
            mapping.set(name, value(item))
        }
        return node.with(.map(mapping))
    }

    /// A list of names, or a mapping from names to objects or null.
    static func namesOrObjects<Root>(_ fields: Fields<Root>) -> Shape {
        var shape = Shape.map(of: Shape.object(fields).orNull, named: Names.keyProblem)
        let read = shape.read
        shape.read = { node, path, findings in
            guard let items = node.list else { return read(node, path, &findings) }
            return names(items, node, path, &findings) { $0.with(.null) }
        }
        return shape
    }
}

/// The networks that a service is attached to.
enum Attachments {
    static let form = Form<[String: NetworkAttachment]>(
        Dependencies.namesOrObjects(attachment), values: Form(attachment, from: NetworkAttachment()))

    private static let attachment = Fields<NetworkAttachment>([
        Field("aliases", .texts(.uniqueTexts), "Further names of the container on this network.", to: \.aliases),
        Field("driver_opts", .options(), "Options of the network's driver."),
        Field("gw_priority", .integer(fractions: true, texts: false), "Which network gives the default route."),
        Field("interface_name", .text, "The name of the link in the container."),
        Field("ipv4_address", .written("is not an IPv4 address"), "The container's address.", to: \.ipv4Address),
        Field("ipv6_address", .text, "The container's IPv6 address."),
        Field("link_local_ips", .uniqueTexts, "Further addresses."),
        Field("mac_address", .macAddress, "The address of the link.", to: \.macAddress),
        Field(
            "priority", .integer(fractions: true, texts: false), "The order in which networks are joined.",
            to: \.priority),
    ])
}

/// The models that a service uses.
enum ModelUses {
    static let shape = Dependencies.namesOrObjects(
        Fields<Never>([
            Field("endpoint_var", .text, "The variable that gets the model's URL."),
            Field("model_var", .text, "The variable that gets the model's name."),
        ]))
}
