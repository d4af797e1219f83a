import ControlAPI
import Kernel

/// The table and the JSON of `image history`, the newest step first.
struct ImageHistoryText {
    var rows: [HistoryEntry]
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

    private func id(_ row: HistoryEntry) -> String { row.id.map { truncated ? shortID($0) : $0 } ?? "<missing>" }
    private func at(_ row: HistoryEntry) -> String { row.created > 0 ? Timestamp.rfc3339(row.created) : "N/A" }
    private func since(_ row: HistoryEntry) -> String { human ? ago(row.created, now: now) : at(row) }
    private func size(_ row: HistoryEntry) -> String { human ? humanSize(row.size) : String(row.size) }

    /// A tab or a line break would break the table.
    private func command(_ row: HistoryEntry) -> String {
        let line = String(row.createdBy.map { $0.isWhitespace ? " " : $0 })
        return truncated ? ellipsized(line, to: Self.longestCommand) : line
    }
}
