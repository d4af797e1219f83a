import ControlAPI
import Kernel

/// The table and the JSON of `rollout history`, the newest revision first.
struct RevisionText {
    var revisions: [RevisionSummary]
    /// Empty: all. Otherwise only revisions in which one of them changed.
    var services: [String]
    var now: Int64
    var isTruncated = true

    private static let longestChange = 80

    private var chosen: [RevisionSummary] {
        revisions.reversed().filter { revision in
            services.isEmpty || services.contains { revision.changes[$0] != nil }
        }
    }

    func table() -> String {
        Table(
            headers: ["REVISION", "CREATED", "COMMAND", "CHANGES"],
            rows: chosen.map { revision in
                [String(revision.number), ago(revision.time, now: now), revision.command, changes(of: revision)]
            }, minimumWidth: 10
        ).render()
    }

    func json() -> String {
        chosen.map { revision in
            let changes = shown(revision).map { name, lines in (name, JSONText.array(lines.map { .string($0) })) }
            return JSONText.object([
                ("Revision", .number(Int64(revision.number))), ("CreatedAt", .string(Timestamp.rfc3339(revision.time))),
                ("Command", .string(revision.command)), ("Changes", .object(changes)),
            ]).render() + "\n"
        }.joined()
    }

    private func shown(_ revision: RevisionSummary) -> [(String, [String])] {
        revision.changes.filter { services.isEmpty || services.contains($0.key) }.sorted { $0.key < $1.key }
            .map { ($0.key, $0.value) }
    }

    /// A tab or a line break would break the table.
    private func changes(of revision: RevisionSummary) -> String {
        let text = shown(revision).map { name, lines in "\(name): \(lines.joined(separator: ", "))" }.joined(
            separator: "; ")
        let line = String(text.map { $0.isWhitespace ? " " : $0 })
        return isTruncated ? ellipsized(line, to: Self.longestChange) : line
    }
}
