import ControlAPI
import Kernel

extension DiskUsageReport {
    /// `-v --format json`: the single things in one object, with Docker's names.
    func detailsJSON(now: Int64) -> String {
        JSONText.object([
            ("Images", .array(images.images.map { Self.json($0, now: now) })),
            ("Containers", .array(containers.map { Self.json($0, now: now) })),
            ("Volumes", .array(volumes.map(Self.json))),
            // Roost doesn't build.
            ("BuildCache", .array([])),
        ]).render() + "\n"
    }

    private static func json(_ image: Image, now: Int64) -> JSONText {
        let row = image.image
        return .object([
            ("Containers", .string("\(image.containers)")),
            ("CreatedAt", .string(row.created > 0 ? Timestamp.calendar(row.created) : "N/A")),
            ("CreatedSince", .string(ago(row.created, now: now))), ("Digest", .string(row.digest ?? "<none>")),
            ("ID", .string(row.id)), ("Repository", .string(row.repository ?? "<none>")),
            ("SharedSize", .string(humanSize(image.shared))), ("Size", .string(humanSize(image.size))),
            ("Tag", .string(row.tag ?? "<none>")), ("UniqueSize", .string(humanSize(image.unique))),
        ])
    }

    private static func json(_ container: Container, now: Int64) -> JSONText {
        .object([
            ("Command", .string(quoted(container.command))),
            ("CreatedAt", .string(Timestamp.calendar(container.created))),
            ("ID", .string(container.id)), ("Image", .string(container.image)),
            ("LocalVolumes", .string("\(container.volumes)")), ("Names", .string(container.name)),
            ("RunningFor", .string(ago(container.created, now: now))), ("Size", .string(humanSize(container.size))),
            ("State", .string(container.isRunning ? "running" : "exited")),
            ("Status", .string(container.isRunning ? "Up" : "Exited")),
        ])
    }

    private static func json(_ volume: Volume) -> JSONText {
        .object([
            ("Driver", .string("local")), ("Links", .string("\(volume.links)")), ("Name", .string(volume.name)),
            ("Scope", .string("local")), ("Size", .string(humanSize(volume.size))),
        ])
    }
}
