import ControlAPI
import Glibc

/// The `--filter` options of the image commands, `KEY=VALUE`.
struct ImageFilters: Equatable {
    /// A label that an image must have, with its value or with any.
    struct Label: Equatable {
        var key: String
        var value: String?

        init(_ text: Substring) {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            key = String(parts.first ?? "")
            value = parts.count > 1 ? String(parts[1]) : nil
        }

        var text: String { value.map { key + "=" + $0 } ?? key }

        func isOn(_ labels: [String: String]) -> Bool {
            guard let found = labels[key] else { return false }
            return value.map { $0 == found } ?? true
        }
    }

    var dangling: Bool?
    var labels: [Label] = []
    var withoutLabels: [Label] = []
    /// Images made before or after these: names or ids.
    var before: [String] = []
    var since: [String] = []
    /// Patterns of names; one of them must fit.
    var references: [String] = []
    /// Nanoseconds since 1970: only what is older.
    var until: Int64?

    init() {}

    /// `allowed` are the keys that the command knows.
    init(_ texts: [String], allowed: Set<String>, now: Int64) throws(CommandFailure) {
        for text in texts { try add(FilterTerm(text, allowed: allowed), now: now) }
    }

    private mutating func add(_ term: FilterTerm, now: Int64) throws(CommandFailure) {
        let value = term.value
        switch term.key {
        case "dangling": dangling = try term.truth()
        case "label": if term.isNegated { withoutLabels.append(Label(value)) } else { labels.append(Label(value)) }
        case "before": before.append(String(value))
        case "since": since.append(String(value))
        case "reference": references.append(String(value))
        case "until": until = try instant(String(value), option: "--filter until", now: now)
        default: throw CommandFailure("invalid filter '\(term.key)'")
        }
    }

    /// Whether the image is to be shown. `created` tells when the images of `before` and `since` were made.
    func accepts(_ row: ImageSummary, created: (String) -> Int64?) -> Bool {
        if let dangling, dangling != row.isDangling { return false }
        guard labels.allSatisfy({ $0.isOn(row.labels) }), !withoutLabels.contains(where: { $0.isOn(row.labels) }) else {
            return false
        }
        if let until, row.created >= until { return false }
        guard references.isEmpty || references.contains(where: { Self.fits(row, $0) }) else { return false }
        return before.allSatisfy { name in created(name).map { row.created < $0 } ?? false }
            && since.allSatisfy { name in created(name).map { row.created > $0 } ?? false }
    }

    /// A pattern is for the repository, with the tag if it has one.
    static func fits(_ row: ImageSummary, _ pattern: String) -> Bool {
        guard let repository = row.repository else { return false }
        return matches(repository, pattern) || row.tag.map { matches(repository + ":" + $0, pattern) } ?? false
    }
}

/// Shell patterns as Go's `path.Match` has them: `*` and `?` stop at slashes; `[a-z]`, `\` for itself.
func matches(_ text: String, _ pattern: String) -> Bool {
    fnmatch(pattern, text, FNM_PATHNAME) == 0
}
