import ArgumentParser
import ControlAPI
import Kernel

/// `roost system df`.
struct SystemUsageCommand: RoostCommand {
    static let configuration = CommandConfiguration(
        commandName: "df", abstract: "Show disk usage", usage: "roost system df [OPTIONS]")

    @Option(name: .customLong("format"), help: "Format the output. Values: [table | json] (default \"table\")")
    var format: String?

    @Flag(name: [.customShort("v"), .customLong("verbose")], help: "Show detailed information on space usage")
    var verbose = false

    func perform(in context: Context) async throws -> Int32 {
        let format = try OutputFormat(option: format)
        let usage = try await context.client().fetch(ControlRequest(.diskUsage))
        let text = DiskUsageText(rows: usage.rows)
        let now = Timestamp.now()
        let output =
            switch (verbose, format) {
            case (true, .json): usage.detailsJSON(now: now)
            case (true, _): usage.details(now: now)
            case (false, .json): text.json()
            case (false, _): text.table()
            }
        try context.streams.output.write(output)
        return 0
    }
}

extension DiskUsageReport {
    var rows: [DiskUsageRow] {
        let stopped = containers.filter { !$0.isRunning }
        let unlinked = volumes.filter { $0.links == 0 }
        return [
            DiskUsageRow(
                type: "Images", total: images.total, active: images.active, size: images.size,
                reclaimable: images.reclaimable),
            DiskUsageRow(
                type: "Containers", total: containers.count, active: containers.count - stopped.count,
                size: containers.reduce(0) { $0 + $1.size }, reclaimable: stopped.reduce(0) { $0 + $1.size }),
            DiskUsageRow(
                type: "Local Volumes", total: volumes.count, active: volumes.count - unlinked.count,
                size: volumes.reduce(0) { $0 + $1.size }, reclaimable: unlinked.reduce(0) { $0 + $1.size }),
            // Roost doesn't build.
            DiskUsageRow(type: "Build Cache", total: 0, active: 0, size: 0, reclaimable: 0),
        ]
    }

    /// `-v`: the single things.
    func details(now: Int64) -> String {
        let imageRows = images.images.map { image in
            let row = image.image
            return [
                row.repository ?? "<none>", row.tag ?? "<none>", row.id(truncated: true), ago(row.created, now: now),
                humanSize(image.size), humanSize(image.shared), humanSize(image.unique), "\(image.containers)",
            ]
        }
        let containerRows = containers.map { container in
            [
                String(container.id.prefix(12)), container.image, quoted(ellipsized(container.command, to: 20)),
                "\(container.volumes)", humanSize(container.size), ago(container.created, now: now),
                container.isRunning ? "Up" : "Exited", container.name,
            ]
        }
        return "Images space usage:\n\n"
            + Self.table(
                ["REPOSITORY", "TAG", "IMAGE ID", "CREATED", "SIZE", "SHARED SIZE", "UNIQUE SIZE", "CONTAINERS"],
                imageRows)
            + "\nContainers space usage:\n\n"
            + Self.table(
                ["CONTAINER ID", "IMAGE", "COMMAND", "LOCAL VOLUMES", "SIZE", "CREATED", "STATUS", "NAMES"],
                containerRows)
            + "\nLocal Volumes space usage:\n\n"
            + Self.table(
                ["VOLUME NAME", "LINKS", "SIZE"], volumes.map { [$0.name, "\($0.links)", humanSize($0.size)] })
            + "\nBuild cache usage: 0B\n"
    }

    private static func table(_ headers: [String], _ rows: [[String]]) -> String {
        Table(headers: headers, rows: rows, minimumWidth: 10).render()
    }
}
