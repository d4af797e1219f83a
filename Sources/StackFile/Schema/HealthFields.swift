/// `healthcheck` (Compose specification, "Services", "healthcheck").
enum HealthFields {
    static let shape = Shape.object(
        Fields([
            Field("disable", .boolean, "Whether the image's check doesn't count."),
            Field("interval", .duration, "Time between two checks.", .asWritten, start: Problems.negativeDuration),
            Field("retries", .integer(0 ... .max, fractions: true), "How many must fail.", .asWritten),
            Field(
                "start_interval", .duration, "Time between two checks at the start.", .asWritten,
                start: Problems.negativeDuration),
            Field(
                "start_period", .duration, "How long failures at the start don't count.", .asWritten,
                start: Problems.negativeDuration),
            Field("test", test, "The command, after CMD, CMD-SHELL or NONE."),
            Field("timeout", .duration, "How long a check may take.", .asWritten, start: Problems.negativeDuration),
        ]))

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
    static let shape = Shape.object(fields).merged(by: .custom(combine))

    private static let fields = Fields([
        Field(
            "driver", .text, "json-file, local, none, ….",
            runtime: .partial { ["json-file", "local", "none"].contains($0.string) }),
        Field("options", .options(orNull: true), "Options of the driver."),
    ])

    /// Options of one driver mean nothing to another.
    private static func combine(_ base: Node, _ over: Node) -> Node {
        if let old = base["driver"]?.string, let new = over["driver"]?.string, old != new { return over }
        return Merging.deep(base, over, .fields(fields))
    }
}
