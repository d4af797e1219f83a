import StackModel

/// Roost's own `x-schedule` of a service: Kubernetes' CronJob. Docker Compose passes over it.
enum ScheduleFields {
    static let field = Field("x-schedule", form, "When the service runs.", to: \Service.schedule)

    /// The expression is replaced when the table is read.
    private struct Draft {
        var expression: CronExpression?
        var timeZone: String?
        var concurrency = ScheduleSettings.Concurrency.allow
        var startingDeadlineSeconds: Int64?
        var isSuspended = false
        var successfulHistoryLimit = 3
        var failedHistoryLimit = 1
    }

    private static let form = Form<ScheduleSettings>(fields, shape: shape, from: Draft()) { draft, _, _, _ in
        // Without one that can be read, what is wrong with it has been told.
        draft.expression.map { expression in
            ScheduleSettings(
                expression, timeZone: draft.timeZone, concurrency: draft.concurrency,
                startingDeadlineSeconds: draft.startingDeadlineSeconds, isSuspended: draft.isSuspended,
                successfulHistoryLimit: draft.successfulHistoryLimit, failedHistoryLimit: draft.failedHistoryLimit)
        }
    }

    /// A cron line, or a mapping with more.
    private static let shape: Shape = {
        var shape = Shape.object(fields)
        let read = shape.read
        shape.read = { node, path, findings in
            guard case .string = node.value else { return read(node, path, &findings) }
            return read(.map([("schedule", node)], node.mark), path, &findings)
        }
        return shape
    }()

    /// Ten years.
    private static let longest: Int64 = 315_360_000
    /// Each is a container with its files.
    private static let limit = Form<Int>.integer(0...1000)

    private static let fields = Fields<Draft>(
        required: ["schedule"],
        [
            Field("schedule", expression, "Minute, hour, day, month and weekday.", .asWritten, to: \.expression),
            Field(
                "timeZone", .text(unless: zoneProblem), "The time zone, the host's own if none is named.",
                to: \.timeZone),
            Field(
                "concurrencyPolicy", Form<ScheduleSettings.Concurrency>.choice(.choice("Allow", "Forbid", "Replace")),
                "What happens while an earlier run goes on.", to: \.concurrency),
            Field(
                "startingDeadlineSeconds", .integer(0...longest), "After how long a missed time stays missed.",
                .asWritten,
                to: \.startingDeadlineSeconds),
            Field("suspend", .boolean, "Whether no run begins.", to: \.isSuspended),
            Field(
                "successfulJobsHistoryLimit", limit, "How many runs that ended well are kept.", .asWritten,
                to: \.successfulHistoryLimit),
            Field(
                "failedJobsHistoryLimit", limit, "How many runs that failed are kept.", .asWritten,
                to: \.failedHistoryLimit),
        ])

    private static let expression = Form<CronExpression>(.text) { node, place, resolution in
        guard let text = node.string else { return nil }
        do throws(CronExpression.Problem) {
            return try CronExpression(text)
        } catch {
            resolution.fault(error.description, at: node.mark, place)
            return nil
        }
    }

    /// A path below the zone database, and nowhere else.
    @Sendable private static func zoneProblem(_ text: String) -> String? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        let isName = parts.allSatisfy { part in
            !part.isEmpty
                && part.utf8.allSatisfy { byte in
                    UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20
                        || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
                        || [UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "+")].contains(byte)
                }
        }
        return isName ? nil : "is not the name of a time zone: write it like Europe/Berlin"
    }
}
