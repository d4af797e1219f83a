import OrderedCollections
import StackModel

/// `healthcheck` (Compose specification, "Services", "healthcheck").
enum HealthFields {
    static let form = Form(fields, from: HealthCheck())

    private static let fields = Fields<HealthCheck>([
        Field("interval", .duration.notNegative, "Time between two checks.", .asWritten, to: \.interval),
        Field("retries", .integer(0 ... .max, fractions: true), "How many must fail.", .asWritten, to: \.retries),
        Field(
            "start_interval", .duration.notNegative, "Time between two checks at the start.", .asWritten,
            to: \.startInterval),
        Field(
            "start_period", .duration.notNegative, "How long failures at the start don't count.", .asWritten,
            to: \.startPeriod),
        Field("test", .texts(test), "The command, after CMD, CMD-SHELL or NONE.", to: \.test),
        Field("timeout", .duration.notNegative, "How long a check may take.", .asWritten, to: \.timeout),
        // Last: nothing else counts then.
        Field("disable", .boolean, "Whether the image's check doesn't count.") { check, isDisabled in
            if isDisabled { check = HealthCheck(test: ["NONE"]) }
        },
    ])

    private static let test: Shape = {
        var shape = Shape.texts.merged(by: .replace)
        shape.read = { node, path, findings in
            if case .string = node.value { return node.with(.list([node.with(.string("CMD-SHELL")), node])) }
            guard node.list != nil else { return findings.wrongType(node, path, "a string or a list") }
            return Shape.texts.read(node, path, &findings)
        }
        return shape
    }()
}

/// `logging` (Compose specification, "Services", "logging").
enum LogFields {
    static let form = Form(fields, shape: .object(fields).merged(by: .custom(combine)), from: LogSettings())

    private static let fields = Fields<LogSettings>([
        Field("driver", .text(unless: driverProblem), "json-file, local or none.") {
            $0.driver = $1 == "none" ? "none" : "json-file"
        },
        Field("options", options, "Options of the driver.") { settings, options in
            if let size = options["max-size"] { settings.maximumSize = size }
            if let count = options["max-file"] { settings.maximumFiles = Int(count) }
        },
    ])

    @Sendable private static func driverProblem(_ driver: String) -> String? {
        ["json-file", "local", "none", ""].contains(driver)
            ? nil
            : "is no logging driver of Roost: use json-file, local or none, and let a log shipper read the files"
    }

    /// Those that bound the log's size; the rest of Docker's json-file adds to its lines and isn't carried out.
    private static let options = Form<[String: Int64]>(.options(orNull: true)) { node, place, resolution in
        var options: [String: Int64] = [:]
        for (key, entry) in node.mapping?.entries ?? [:] {
            let place = place.key(key, entry.keyMark)
            if let form = bounds[key] {
                options[key] = form.value(entry.node, place, &resolution)
            } else if ["compress", "labels", "labels-regex", "env", "env-regex", "tag"].contains(key) {
                if entry.node.string != "false" { resolution.unsupported(place) }
            } else if !["mode", "max-buffer-size"].contains(key) {
                resolution.fault("unknown log opt \"\(key)\" for json-file log driver", at: entry.keyMark, place)
            }
        }
        return options
    }

    private static let bounds: [String: Form<Int64>] = [
        // -1 stands for no bound.
        "max-size": Form(.text, { text in ByteCount.parse(text).flatMap { $0 >= -1 ? $0 : nil } }) { _ in
            .init("is not a size", suggestion: "write it like 10m")
        },
        "max-file": Form(.text, { Int64($0).flatMap { $0 > 0 ? $0 : nil } }, else: { _ in "is no number of files" }),
    ]

    /// Options of one driver mean nothing to another.
    private static func combine(_ base: Node, _ over: Node) -> Node {
        if let old = base["driver"]?.string, let new = over["driver"]?.string, old != new { return over }
        return Merging.deep(base, over, .fields(fields.attributes))
    }
}
