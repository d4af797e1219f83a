import Kernel

/// One step in the making of an image, as `image history` shows it.
struct HistoryRow: Equatable {
    /// `sha256:…` of the image for the newest step; `nil` for the others.
    var id: String?
    /// Nanoseconds since 1970; 0 if the image doesn't say.
    var created: Int64
    var createdBy: String
    var size: Int64
    var comment: String
}

/// The table and the JSON of `image history`, the newest step first.
struct ImageHistoryText {
    var rows: [HistoryRow]
    var now: Int64
    var truncated = true
    /// Sizes and times for people.
    var human = true

    private static let longestCommand = 45

    func ids() -> String { rows.map { id($0) + "\n" }.joined() }

    func table() -> String {
        Table(
            headers: ["IMAGE", "CREATED", "CREATED BY", "SIZE", "COMMENT"],
            rows: rows.map { [id($0), since($0), command($0), size($0), $0.comment] }, minimumWidth: 10
        ).render()
    }

    func json() -> String {
        rows.map { row in
            JSONText.object([
                ("Comment", .string(row.comment)), ("CreatedAt", .string(at(row))),
                ("CreatedBy", .string(command(row))),
                ("CreatedSince", .string(ago(row.created, now: now))), ("ID", .string(id(row))),
                ("Size", .string(size(row))),
            ]).render() + "\n"
        }.joined()
    }

    private func id(_ row: HistoryRow) -> String { row.id.map { truncated ? shortID($0) : $0 } ?? "<missing>" }
    private func at(_ row: HistoryRow) -> String { row.created > 0 ? Timestamp.rfc3339(row.created) : "N/A" }
    private func since(_ row: HistoryRow) -> String { human ? ago(row.created, now: now) : at(row) }
    private func size(_ row: HistoryRow) -> String { human ? humanSize(row.size) : String(row.size) }

    /// A tab or a line break would break the table.
    private func command(_ row: HistoryRow) -> String {
        let line = String(row.createdBy.map { $0.isWhitespace ? " " : $0 })
        return truncated ? ellipsized(line, to: Self.longestCommand) : line
    }
}
