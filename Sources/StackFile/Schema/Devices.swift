import StackModel

/// `devices` and `gpus` of a container, and `deploy.resources.reservations.devices`.
enum Devices {
    /// `SOURCE[:TARGET[:PERMISSIONS]]`, a CDI name, or the long form.
    static let mappings = Form<[DeviceMapping]>(
        .list(of: mapping.shape).merged(by: .unique { $0["target"]?.string ?? "" }), items: mapping)

    private static let fields = Fields<DeviceMapping>(
        required: ["source", "target"],
        [
            Field("source", .text, "The device on the host.", to: \.source),
            Field("target", .text, "The device in the container.", to: \.target),
            Field(
                "permissions", permissions, "r, w and m, for reading, writing and making it.", to: \.permissions),
        ])

    private static let permissions = Form<String>.text(unless: {
        $0.allSatisfy { "rwm".contains($0) } ? nil : "are no permissions: write some of r, w and m"
    })

    private static let mapping = Form(
        fields, shape: mappingShape, from: DeviceMapping(source: "", target: "")
    ) { mapping, node, place, resolution in
        if mapping.source.hasPrefix("/") { return mapping }
        if mapping.source.contains("=") {
            resolution.unsupported(place)
        } else {
            resolution.fault("\"\(mapping.source)\" is no absolute path of a device", at: node.mark, place)
        }
        return nil
    }

    static let rules = Form<[DeviceCgroupRule]>(
        .distinctTexts,
        items: .written("is no rule: write it like \"c 1:3 rwm\", with a, b or c and * for all numbers"))

    private static let mappingShape: Shape = {
        var shape = Shape.object(fields)
        let read = shape.read
        shape.read = { node, path, findings in
            guard let text = node.string else { return read(node, path, &findings) }
            return short(text, node, path, &findings)
        }
        return shape
    }()

    private static func short(_ text: String, _ node: Node, _ path: Path, _ findings: inout Findings) -> Node? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count <= 3 else {
            return findings.invalid(
                node, path, "\"\(text)\" is not a device", suggestion: "use the long form with source and target")
        }
        let target = parts.count > 1 && !parts[1].isEmpty ? parts[1] : parts[0]
        return .map(
            [
                ("source", node.with(.string(parts[0]))), ("target", node.with(.string(target))),
                ("permissions", node.with(.string(parts.count > 2 ? parts[2] : "rwm"))),
            ], node.mark)
    }

    /// As Docker says it on a host without a driver for GPUs.
    static let noDriver = "could not select device driver with capabilities: [[gpu]]: Roost has none"
    static let instead = "name the devices: devices: [/dev/dri]"

    static let requests = Shape.list(of: .object(Fields<Never>(required: ["capabilities"], request)))

    /// `all`, or what is wanted.
    static let gpus: Shape = {
        var shape = Shape.list(of: .object(Fields<Never>(others: .ignored, request)))
        let read = shape.read
        shape.read = { node, path, findings in
            guard let text = node.string else { return read(node, path, &findings) }
            guard text == "all" else { return findings.invalid(node, path, "must be \"all\" or a list") }
            return node.with(.list([.map([("count", node.with(.integer(-1)))], node.mark)]))
        }
        return shape
    }()

    private static let request: [Field<Never>] = [
        Field("capabilities", .distinctTexts, "What the device can do."),
        Field("count", count, "How many, or all."),
        Field("device_ids", .distinctTexts, "Which, instead of how many."),
        Field("driver", .text, "Whose."),
        Field("options", .distinctLabels, "Options of the driver."),
    ]

    /// -1 is all.
    private static let count = Shape { node, path, findings in
        if node.string?.lowercased() == "all" { return node.with(.integer(-1)) }
        return Shape.integer().read(node, path, &findings)
    }
}
