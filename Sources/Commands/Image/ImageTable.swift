import ControlAPI
import Kernel

/// The table and the JSON of `image ls`, with Docker's columns and fields.
struct ImageTable {
    var rows: [ImageSummary]
    /// Nanoseconds since 1970.
    var now: Int64
    var truncated = true
    var digests = false
    /// Several platforms of a name are in the store: a column of their own tells them apart.
    var platforms = false

    private static let none = "<none>"

    /// One id a line, each once.
    func ids() -> String {
        var seen: Set<String> = []
        return rows.map { $0.id(truncated: truncated) }.filter { seen.insert($0).inserted }.map { $0 + "\n" }.joined()
    }

    func table() -> String {
        var headers = ["REPOSITORY", "TAG"]
        if digests { headers.append("DIGEST") }
        if platforms { headers.append("PLATFORM") }
        headers += ["IMAGE ID", "CREATED", "SIZE"]
        return Table(headers: headers, rows: rows.map(cells), minimumWidth: 10).render()
    }

    private func cells(_ row: ImageSummary) -> [String] {
        var cells = [row.repository ?? Self.none, row.tag ?? Self.none]
        if digests { cells.append(row.digest ?? Self.none) }
        if platforms { cells.append(row.platform ?? Self.none) }
        return cells + [row.id(truncated: truncated), ago(row.created, now: now), humanSize(row.size)]
    }

    /// An object a line.
    func json() -> String {
        rows.map { row in
            let unknown = JSONText.string("N/A")
            return JSONText.object([
                ("Containers", unknown),
                ("CreatedAt", .string(row.created > 0 ? Timestamp.calendar(row.created) : "N/A")),
                ("CreatedSince", .string(ago(row.created, now: now))), ("Digest", .string(row.digest ?? Self.none)),
                ("ID", .string(row.id(truncated: truncated))), ("Platform", .string(row.platform ?? Self.none)),
                ("Repository", .string(row.repository ?? Self.none)), ("SharedSize", unknown),
                ("Size", .string(humanSize(row.size))), ("Tag", .string(row.tag ?? Self.none)), ("UniqueSize", unknown),
                ("VirtualSize", .string(humanSize(row.size))),
            ]).render() + "\n"
        }.joined()
    }
}
