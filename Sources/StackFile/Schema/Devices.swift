/// `devices` and `gpus` of a container, and `deploy.resources.reservations.devices`.
enum Devices {
    /// `SOURCE[:TARGET[:PERMISSIONS]]`, a CDI name, or the long form.
    static let mappings = Shape.list(of: mapping).merged(by: .unique { $0["target"]?.string ?? "" })

    private static let mapping: Shape = {
        var shape = Shape.object(
            Fields<Never>(
                required: ["source", "target"],
                [
                    Field("source", .text, "The device on the host."),
                    Field("target", .text, "The device in the container."),
                    Field("permissions", .text, "r, w and m, for reading, writing and making it."),
                ]))
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
