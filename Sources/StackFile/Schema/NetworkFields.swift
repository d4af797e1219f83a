import StackModel

/// `networks` at the top of a file (Compose specification, "Networks").
enum NetworkFields {
    static let form = Form<StackNetwork>(fields, shape: shape.orNull, from: StackNetwork(name: "")) {
        network, _, place, _ in
        var network = network
        if network.name.isEmpty { network.name = place.name }
        return network
    }

    private static let shape = External.shape(of: .object(fields))

    private static let fields = Fields<StackNetwork>([
        Field("attachable", .boolean, "Whether containers outside of the stack may join.", only: false),
        Field("driver", .text, "bridge, the only one so far.", only: "bridge", "default"),
        Field("driver_opts", .texts(.options()), "Options of the driver.", to: \.driverOpts),
        Field("enable_ipv4", .boolean, "Whether it has IPv4 addresses.", .asWritten, only: true),
        Field("enable_ipv6", .boolean, "Whether it has IPv6 addresses.", .asWritten, only: false),
        External.field(to: \.external),
        Field("internal", .boolean, "Whether there is no way out to other networks.", to: \.isInternal),
        Field("ipam", ipam, "Its addresses.", in: \.self),
        Field("labels", .labels, "Labels.", to: \.labels),
        Field("name", .text, "Its name on the host, in place of PROJECT_KEY.", .asWritten, to: \.name),
    ])

    private static let ipam = Fields<StackNetwork>([
        Field("config", ranges, "Subnets.", to: \.ipam),
        Field("driver", .text, "default, the only one so far.", only: "default"),
        Field("options", .map(of: .text), "Options of the driver."),
    ])

    private static let addressRange = Fields<AddressRange>([
        Field("aux_addresses", .map(of: .address), "Addresses that aren't given to containers.", to: \.auxAddresses),
        Field("gateway", .address, "The host's address.", to: \.gateway),
        Field(
            "ip_range", .subnet, "The part of the subnet from which containers get theirs.", to: \.ipRange),
        Field("subnet", .subnet, "The subnet, like 10.0.0.0/24.", to: \.subnet),
    ])

    private static let ranges = Form<[AddressRange]>(
        .list(of: .object(addressRange)).merged(by: .custom(combine)), items: Form(addressRange, from: AddressRange()))

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
                ranges[original] = Merging.deep(ranges[original], ranges[other], .fields(addressRange.attributes))
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
    static let form = Form<StackVolume>(fields, shape: shape.orNull, from: StackVolume(name: "")) {
        volume, _, place, _ in
        var volume = volume
        if volume.name.isEmpty { volume.name = place.name }
        return volume
    }

    private static let shape = External.shape(of: .object(fields))

    private static let fields = Fields<StackVolume>([
        Field("driver", .text.only("local"), "local, the only one so far.", to: \.driver),
        Field(
            "driver_opts", .texts(.options()), "Options of the driver: type, o and device, as mount takes them.",
            to: \.driverOpts),
        External.field(to: \.external),
        Field("labels", .texts(.distinctLabels), "Labels.", to: \.labels),
        Field("name", .text, "Its name on the host, in place of PROJECT_KEY.", .asWritten, to: \.name),
    ])
}

/// `external`: `true`, or the old mapping with a name.
enum External {
    static func field<Root>(to path: any WritableKeyPath<Root, Bool> & Sendable) -> Field<Root> {
        Field(
            "external", .boolean(value), "Whether it must exist already, and isn't made or removed.", .asWritten,
            to: path)
    }

    private static let value: Shape = {
        var shape = Shape.object(Fields<Never>([Field("name", .text, "Its name on the host.")])).merged(by: .replace)
        let long = shape.read
        shape.read = { node, path, findings in
            node.mapping == nil ? Shape.boolean.read(node, path, &findings) : long(node, path, &findings)
        }
        return shape
    }()

    /// An object whose old `external: {name: …}` is brought into the new form.
    static func shape(of object: Shape) -> Shape {
        var shape = object
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
