/// `networks` at the top of a file (Compose specification, "Networks").
enum NetworkFields {
    static let shape = External.shape(of: fields)

    private static let fields = Fields([
        Field(
            "attachable", .boolean, "Whether containers outside of the stack may join.",
            runtime: .partial { $0.boolean != true }),
        Field(
            "driver", .text, "bridge, the only one so far.",
            runtime: .partial { ["bridge", "default"].contains($0.string) }),
        Field("driver_opts", .options(), "Options of the driver."),
        Field(
            "enable_ipv4", .boolean, "Whether it has IPv4 addresses.", .asWritten,
            runtime: .partial { $0.boolean != false }),
        Field(
            "enable_ipv6", .boolean, "Whether it has IPv6 addresses.", .asWritten,
            runtime: .partial { $0.boolean != true }),
        External.field,
        Field("internal", .boolean, "Whether there is no way out to other networks."),
        Field("ipam", .object(ipam), "Its addresses."),
        Field("labels", .labels, "Labels."),
        Field("name", .text, "Its name on the host, in place of PROJECT_KEY.", .asWritten),
    ])

    private static let ipam = Fields([
        Field("config", ranges, "Subnets."),
        Field("driver", .text, "default, the only one so far.", runtime: .partial { $0.string == "default" }),
        Field("options", .map(of: .text), "Options of the driver.", runtime: .none),
    ])

    private static let addressRange = Fields([
        Field("aux_addresses", .map(of: .text), "Addresses that aren't given to containers.", runtime: .none),
        Field("gateway", .text, "The host's address.", start: Problems.address),
        Field("ip_range", .text, "The part of the subnet from which containers get theirs.", start: Problems.prefix),
        Field("subnet", .text, "The subnet, like 10.0.0.0/24.", start: Problems.prefix),
    ])

    private static let ranges = Shape.list(of: .object(addressRange)).merged(by: .custom(combine))

    /// As Docker does: each of the earlier file's with each of the later one's, combined where the subnet is the same or
    /// is there already; an earlier one that no later one names is gone. What is combined changes for the next round too.
    private static func combine(_ base: Node, _ over: Node) -> Node {
        var ranges = (base.list ?? []) + (over.list ?? [])
        let first = ranges.indices.prefix(base.list?.count ?? 0)
        var result: [Int] = []
        func subnet(_ index: Int) -> String? { ranges[index]["subnet"]?.string }
        for original in first {
            for other in ranges.indices.dropFirst(first.count) {
                if subnet(other) != subnet(original), !result.contains(where: { subnet($0) == subnet(other) }) {
                    result.append(other)
                    continue
                }
                ranges[original] = Merging.deep(ranges[original], ranges[other], .fields(addressRange))
                if let place = result.firstIndex(where: { subnet($0) == subnet(original) }) {
                    result[place] = original
                } else {
                    result.append(original)
                }
            }
        }
        return base.with(.list(result.map { ranges[$0] }))
    }
}

/// `volumes` at the top of a file (Compose specification, "Volumes").
enum VolumeFields {
    static let shape = External.shape(of: fields)

    private static let fields = Fields([
        Field("driver", .text, "local, the only one so far.", runtime: .partial { $0.string == "local" }),
        Field("driver_opts", .options(), "Options of the driver: type, o and device, as mount takes them."),
        External.field,
        Field("labels", .distinctLabels, "Labels."),
        Field("name", .text, "Its name on the host, in place of PROJECT_KEY.", .asWritten),
    ])
}

/// `secrets` and `configs` at the top of a file (Compose specification, "Secrets", "Configs").
enum FileObjectFields {
    static let secret = External.shape(
        of: Fields(
            common + [
                Field("driver", .text, "Who keeps it.", runtime: .none),
                Field("driver_opts", .options(), "Options of the driver.", runtime: .none),
            ]))

    static let config = External.shape(
        of: Fields(common + [Field("content", .text, "Its content.", .asWritten)]))

    private static let common: [Field] = [
        Field("environment", .text, "The environment variable that has the content."),
        External.field,
        Field("file", .text, "The file that has the content."),
        Field("labels", .distinctLabels, "Labels.", runtime: .none),
        Field("name", .text, "Its name, in place of PROJECT_KEY.", .asWritten),
        Field("template_driver", .text, "How the content is filled in.", runtime: .none),
    ]
}

/// `external`: `true`, or the old mapping with a name.
enum External {
    static let field = Field("external", value, "Whether it must exist already, and isn't made or removed.", .asWritten)

    private static let value: Shape = {
        var shape = Shape.object(Fields([Field("name", .text, "Its name on the host.")])).merged(by: .replace)
        let long = shape.read
        shape.read = { node, path, findings in
            node.mapping == nil ? Shape.boolean.read(node, path, &findings) : long(node, path, &findings)
        }
        return shape
    }()

    /// An object whose old `external: {name: …}` is brought into the new form.
    static func shape(of fields: Fields) -> Shape {
        var shape = Shape.object(fields)
        let read = shape.read
        shape.read = { node, path, findings in
            guard let object = read(node, path, &findings), let external = object["external"],
                external.mapping != nil, case .map(var mapping) = object.value
            else { return read(node, path, &findings) }
            mapping.set("external", external.with(.boolean(true)))
            if let name = external["name"] {
                findings.warning(
                    "external.name is the old form", at: name.mark, path,
                    suggestion: "say \"external: true\" and \"name\"")
                if let own = mapping["name"], own.string != name.string {
                    return findings.invalid(own, path, "name and external.name say different things")
                }
                mapping.set("name", name)
            }
            return object.with(.map(mapping))
        }
        return shape
    }
}
