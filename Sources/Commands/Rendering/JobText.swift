import ControlAPI
import Kernel

/// The table and the JSON of `jobs ls`.
struct JobText {
    var jobs: [JobSummary]
    /// Nanoseconds since 1970.
    var now: Int64

    func table() -> String {
        Table(
            headers: ["SERVICE", "SCHEDULE", "TIMEZONE", "SUSPEND", "ACTIVE", "LAST SCHEDULE", "NEXT", "STATE"],
            rows: jobs.map { job in
                [
                    job.service, job.schedule ?? "-", job.timeZone ?? "-", job.isSuspended ? "true" : "false",
                    String(job.active), job.last.map { ago($0 * 1_000_000_000, now: now) } ?? "-",
                    job.next.map { "in " + humanDuration(from: now, to: $0 * 1_000_000_000) } ?? "-",
                    job.state?.rawValue ?? "-",
                ]
            }, minimumWidth: 8
        ).render()
    }

    func json() -> String {
        jobs.map { job in
            JSONText.object([
                ("Service", .string(job.service)), ("Schedule", .string(job.schedule ?? "")),
                ("TimeZone", .string(job.timeZone ?? "")), ("Suspend", .boolean(job.isSuspended)),
                ("Active", .number(Int64(job.active))), ("LastSchedule", .string(Self.time(job.last))),
                ("Next", .string(Self.time(job.next))), ("State", .string(job.state?.rawValue ?? "")),
            ]).render() + "\n"
        }.joined()
    }

    private static func time(_ seconds: Int64?) -> String {
        seconds.map { Timestamp.rfc3339($0 * 1_000_000_000) } ?? ""
    }
}
