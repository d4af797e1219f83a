/// How much a kind of things takes on the disk, a line of `system df`.
struct DiskUsageRow: Equatable {
    var type: String
    var total: Int
    var active: Int
    var size: Int64
    /// `nil`: the kind has none that could be told, as containers that run.
    var reclaimable: Int64
}

/// The table and the JSON of `system df`.
struct DiskUsageText {
    var rows: [DiskUsageRow]

    func table() -> String {
        Table(
            headers: ["TYPE", "TOTAL", "ACTIVE", "SIZE", "RECLAIMABLE"],
            rows: rows.map { [$0.type, "\($0.total)", "\($0.active)", humanSize($0.size), Self.reclaimable($0)] },
            minimumWidth: 10
        ).render()
    }

    func json() -> String {
        rows.map { row in
            JSONText.object([
                ("Active", .string("\(row.active)")), ("Reclaimable", .string(Self.reclaimable(row))),
                ("Size", .string(humanSize(row.size))), ("TotalCount", .string("\(row.total)")),
                ("Type", .string(row.type)),
            ]).render() + "\n"
        }.joined()
    }

    /// With its share, where there is anything to have a share of.
    private static func reclaimable(_ row: DiskUsageRow) -> String {
        guard row.size > 0 else { return humanSize(row.reclaimable) }
        return "\(humanSize(row.reclaimable)) (\(row.reclaimable * 100 / row.size)%)"
    }
}
