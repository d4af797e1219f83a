import StackModel

/// `jobs` at the top of a file: containers that run to their end, by hand or at times.
enum JobFields {
    static let shape = Shape.object(fields)

    private static let fields = Fields<Service>(
        required: ["triggers"],
        ContainerFields.all + WorkloadFields.all + [
            Field("profiles", .uniqueTexts, "The profiles that enable the job; without any it always is."),
            Field("triggers", triggers, "When the job runs.", .asWritten),
        ])

    private static let triggers: Shape = {
        var shape = Shape.object(
            Fields<Never>([
                Field("manual", .boolean, "Whether it may be started by hand."),
                Field("schedule", .list(of: schedule), "When it starts by itself."),
            ]))
        let read = shape.read
        shape.read = { node, path, findings in
            if let mapping = node.mapping, mapping["manual"] == nil, mapping["schedule"] == nil {
                return findings.invalid(node, path, "must say \"manual\" or \"schedule\"")
            }
            return read(node, path, &findings)
        }
        return shape
    }()

    /// A cron line, or a mapping with more.
    private static let schedule: Shape = {
        var shape = Shape.object(
            Fields<Never>(
                required: ["cron"],
                [
                    Field("cron", .text, "Minute, hour, day, month and weekday, as cron reads them."),
                    Field("timezone", .text, "The time zone of the cron line."),
                    Field("concurrency", .choice("forbid", "queue"), "What happens while the job still runs."),
                    Field("missed_fires", .choice("one", "skip"), "What happens after times that were missed."),
                ]))
        let read = shape.read
        shape.read = { node, path, findings in
            if case .string = node.value { return .map([("cron", node)], node.mark) }
            return read(node, path, &findings)
        }
        return shape
    }()
}
