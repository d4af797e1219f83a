import OCI
import OrderedCollections
import StackModel

/// `ulimits` and `blkio_config` (Compose specification, "Services").
enum Limits {
    static let ulimits = form(all(limit(texts: true)))
    /// Docker takes no text here.
    static let buildUlimits = form(all(limit(texts: false)))

    private static func form(_ shape: Shape) -> Form<[String: ResourceLimitRange]> {
        Form(shape) { node, place, resolution in
            var limits: [String: ResourceLimitRange] = [:]
            for (name, entry) in node.mapping?.entries ?? [:] {
                if !KernelNames.resourceLimits.contains(name.lowercased()) {
                    resolution.fault(
                        "\"\(name)\" is no resource limit", at: entry.keyMark, place,
                        suggestion: Findings.suggestion(for: name, in: KernelNames.resourceLimits)
                            ?? "`man 2 getrlimit` lists them")
                }
                limits[name] = range(entry.node, place.key(name, entry.keyMark), &resolution)
            }
            return limits
        }
    }

    private static func range(
        _ node: Node, _ place: Place, _ resolution: inout Resolution
    ) -> ResourceLimitRange? {
        let low = node["soft"] ?? node
        guard let soft = low.integer, let hard = (node["hard"] ?? node).integer else { return nil }
        if unbounded(soft) > unbounded(hard) {
            resolution.fault("the soft limit \(soft) is above the hard one, \(hard)", at: low.mark, place)
        }
        return ResourceLimitRange(soft: soft, hard: hard)
    }

    /// -1 is no limit.
    private static func unbounded(_ limit: Int64) -> Int64 { limit < 0 ? .max : limit }

    /// By name; an `x-…` among them is passed over.
    private static func all(_ limit: Shape) -> Shape {
        var shape = Shape.map(of: limit)
        let read = shape.read
        shape.read = { node, path, findings in
            guard case .map(var mapping) = node.value else { return read(node, path, &findings) }
            for key in mapping.keys where key.hasPrefix("x-") { mapping.remove(key) }
            return read(node.with(.map(mapping)), path, &findings)
        }
        return shape
    }

    /// One number for both limits, or each; printed as one unless that is 0.
    private static func limit(texts: Bool) -> Shape {
        let number = Shape.integer(texts: texts)
        let range = Fields<Never>(
            required: ["soft", "hard"],
            [
                Field("soft", number, "The limit.", .asWritten),
                Field("hard", number, "How far it can be raised.", .asWritten),
            ])
        var shape = Shape.object(range).merged(by: .replace)
        let read = shape.read
        shape.read = { node, path, findings in
            if case .map(let mapping) = node.value {
                Shape.missing(of: range.attributes, in: mapping, node, path, &findings)
                return read(node, path, &findings)
            }
            guard let single = number.read(node, path, &findings) else { return nil }
            return single.integer == 0 ? .map([("soft", single), ("hard", single)], node.mark) : single
        }
        return shape
    }

    static let blockIO = Form(
        Fields<BlockIOLimits>(
            others: .none,
            [
                Field("device_read_bps", rates, "Bytes read in a second.", to: \.deviceReadBps),
                Field("device_read_iops", rates, "Operations of reading in a second.", to: \.deviceReadIops),
                Field("device_write_bps", rates, "Bytes written in a second.", to: \.deviceWriteBps),
                Field("device_write_iops", rates, "Operations of writing in a second.", to: \.deviceWriteIops),
                Field("weight", share, "The share of a device, 10 to 1000.", to: \.weight),
                Field("weight_device", .list(of: weight), "The share of one device.", to: \.weightDevice),
            ]), from: BlockIOLimits())

    /// 0 is none.
    private static let share = Form<Int64>.integer(0...65535, texts: false).unless {
        $0 == 0 || (10...1000).contains($0) ? nil : "is no weight: those are 10 to 1000"
    }.orUnlimited

    private static let rates = Form<[DeviceLimit]>.list(
        of: device(
            Fields<DeviceLimit>(
                others: .none,
                [
                    Field("path", .text, "The device.", .always(.string("")), to: \.path),
                    Field("rate", rate, "The most in a second.", .always(.string("0")), to: \.limit),
                ])))

    private static let rate = Form<Int64>.bytes(
        Shape { node, path, findings in
            guard let bytes = Shape.wholeBytes.read(node, path, &findings) else { return nil }
            return bytes.with(.string(bytes.scalarText ?? "0"))
        }
    ).notNegative

    private static let weight = device(
        Fields<DeviceLimit>(
            others: .none,
            [
                Field("path", .text, "The device.", .always(.string("")), to: \.path),
                Field("weight", share, "Its share.", .always(.integer(0)), to: \.limit),
            ]))

    private static func device(_ fields: Fields<DeviceLimit>) -> Form<DeviceLimit> {
        Form(fields, from: DeviceLimit(path: "", limit: 0)) { limit, node, place, resolution in
            if limit.path.hasPrefix("/") { return limit }
            resolution.fault("\"\(limit.path)\" is no absolute path of a device", at: node.mark, place)
            return nil
        }
    }
}
