/// `deploy` (Compose Deploy specification).
enum DeployFields {
    static let shape = Shape.object(
        Fields([
            Field("mode", .text, .partial { $0.string == "replicated" }),
            Field("replicas", .integer(0...10_000), keepsZero: true),
            // Docker too gives them to swarm services only.
            Field("labels", .labels, .none),
            Field("resources", .object(resources)),
            Field("restart_policy", .object(restartPolicy)),
            Field.unsupported("endpoint_mode"),
            Field.unsupported("placement"),
            Field.unsupported("rollback_config"),
            Field.unsupported("update_config"),
        ]))

    private static let resources = Fields([
        Field(
            "limits",
            .object(
                Fields([
                    Field("cpus", .number),
                    Field("memory", .bytes),
                    Field("pids", .integer(-1 ... .max)),
                ]))),
        Field(
            "reservations",
            .object(
                Fields([
                    Field("cpus", .number, .none),
                    Field("memory", .bytes),
                    Field.unsupported("generic_resources"),
                    Field.unsupported("devices"),
                ]))),
    ])

    private static let restartPolicy = Fields([
        Field("condition", .choice("none", "on-failure", "any")),
        Field("delay", .duration, .none),
        Field("max_attempts", .integer(0...1_000_000)),
        Field("window", .duration, .none),
    ])
}

/// `healthcheck` (Compose specification, "Services", "healthcheck").
enum HealthFields {
    static let shape = Shape.object(
        Fields([
            Field("disable", .boolean),
            Field("test", test),
            Field("interval", .duration),
            Field("timeout", .duration),
            Field("retries", .integer(0...1_000_000), keepsZero: true),
            Field("start_period", .duration),
            Field("start_interval", .duration),
        ]))

    private static let test = Shape { node, path, findings in
        if case .string = node.value { return node.with(.list([node.with(.string("CMD-SHELL")), node])) }
        guard let words = Shape.list(of: .text).read(node, path, &findings) else { return nil }
        guard let kind = words.list?.first?.string else { return words }
        guard ["NONE", "CMD", "CMD-SHELL"].contains(kind) else {
            return findings.invalid(
                node, path, "must begin with NONE, CMD or CMD-SHELL, not \"\(kind)\"",
                suggestion: "write it as one string for a shell")
        }
        return words
    }
}

/// `logging` (Compose specification, "Services", "logging").
enum LogFields {
    static let shape = Shape.object(
        Fields([
            Field("driver", .text, .partial { ["json-file", "local", "none"].contains($0.string) }),
            Field("options", .map(of: option)),
        ])
    ).merged(by: .custom(combine))

    private static let option = Shape { node, path, findings in
        if node.isNull { return node.with(.string("")) }
        return Shape.textOrNumber.read(node, path, &findings)
    }

    /// Options of one driver mean nothing to another.
    private static func combine(_ base: Node, _ over: Node) -> Node {
        if let old = base["driver"]?.string, let new = over["driver"]?.string, old != new { return over }
        return Merging.deep(base, over, .fields(fields))
    }

    private static let fields = Fields([
        Field("driver", .text),
        Field("options", .map(of: .text)),
    ])
}
