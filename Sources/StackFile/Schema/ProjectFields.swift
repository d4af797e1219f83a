/// The top of a file: `name`, `services`, `networks`, `volumes`, `secrets`, `configs`.
enum ProjectFields {
    static let shape = Shape.object(
        Fields([
            Field("name", .text),
            Field("version", .text),
            Field.unsupported("include"),
            Field("services", .map(of: ServiceFields.shape, named: Names.keyProblem).orEmpty),
            Field.unsupported("models"),
            Field("networks", .map(of: .object(network).orEmpty, named: Names.keyProblem).orEmpty),
            Field("volumes", .map(of: .object(volume).orEmpty, named: Names.keyProblem).orEmpty),
            Field("secrets", .map(of: .object(secret), named: Names.keyProblem).orEmpty),
            Field("configs", .map(of: .object(config), named: Names.keyProblem).orEmpty),
        ]))

    private static let network = Fields([
        Field("name", .text),
        Field("driver", .text, .partial { ["bridge", "default"].contains($0.string) }),
        Field("driver_opts", .map(of: .textOrNumber)),
        Field("ipam", ipam),
        Field("external", external),
        Field("internal", .boolean),
        Field("attachable", .boolean, .partial { $0.boolean != true }),
        Field("enable_ipv4", .boolean, .partial { $0.boolean != false }, keepsZero: true),
        Field("enable_ipv6", .boolean, .partial { $0.boolean != true }, keepsZero: true),
        Field("labels", .labels),
    ])

    private static let ipam = Shape.object(
        Fields([
            Field("driver", .text, .partial { $0.string == "default" }),
            Field("config", .list(of: .object(addressRange))),
            Field.unsupported("options"),
        ]))

    private static let addressRange = Fields([
        Field("subnet", .text { IPText.isPrefix($0) ? nil : "is not a subnet like 10.0.0.0/24" }),
        Field("ip_range", .text { IPText.isPrefix($0) ? nil : "is not a range like 10.0.0.128/25" }),
        Field("gateway", .text { IPText.isAddress($0) ? nil : "is not an IP address" }),
        Field.unsupported("aux_addresses"),
    ])

    private static let volume = Fields([
        Field("name", .text),
        Field("driver", .text, .partial { $0.string == "local" }),
        Field("driver_opts", .map(of: .textOrNumber)),
        Field("external", external),
        Field("labels", .labels),
    ])

    private static let secret = Fields([
        Field("name", .text),
        Field("environment", .text),
        Field("file", .text),
        Field("external", external),
        Field("labels", .labels),
        Field.unsupported("driver"),
        Field.unsupported("driver_opts"),
        Field.unsupported("template_driver"),
    ])

    private static let config = Fields([
        Field("name", .text),
        Field("content", .text, keepsZero: true),
        Field("environment", .text),
        Field("file", .text),
        Field("external", external),
        Field("labels", .labels),
        Field.unsupported("template_driver"),
    ])

    /// `true`, or the old mapping with a name.
    private static let external = Shape { node, path, findings in
        guard case .map = node.value else { return Shape.boolean.read(node, path, &findings) }
        return Shape.object(Fields([Field("name", .text)])).read(node, path, &findings)
    }
}
