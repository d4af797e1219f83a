import ControlAPI

/// The `--filter` options of the network commands. Of several values of one key one must fit, of labels all.
struct NetworkFilters: Equatable {
    static let listKeys: Set<String> = ["dangling", "driver", "id", "label", "name", "scope", "type"]
    static let pruneKeys: Set<String> = ["label", "until"]

    private var dangling: Bool?
    /// What a field has to be, by the key of the filter.
    private var values: [String: [String]] = [:]
    private var labels: [ImageFilters.Label] = []
    private var withoutLabels: [ImageFilters.Label] = []
    /// Nanoseconds since 1970: only what is older.
    private var until: Int64?

    /// `allowed` are the keys that the command knows.
    init(_ texts: [String], allowed: Set<String>, now: Int64) throws(CommandFailure) {
        for text in texts {
            let term = try FilterTerm(text, allowed: allowed)
            let label = ImageFilters.Label(term.value)
            switch term.key {
            case "dangling": dangling = try term.truth()
            case "label": if term.isNegated { withoutLabels.append(label) } else { labels.append(label) }
            case "type":
                guard ["builtin", "custom"].contains(term.value) else {
                    throw CommandFailure("invalid filter 'type=\(term.value)'")
                }
                values["type", default: []].append(String(term.value))
            case "until": until = try instant(String(term.value), option: "--filter until", now: now)
            default: values[term.key, default: []].append(String(term.value))
            }
        }
    }

    /// Whether the network is meant.
    func accept(_ network: NetworkSummary) -> Bool {
        if let dangling, dangling != (network.containers == 0) { return false }
        guard labels.allSatisfy({ $0.isOn(network.labels) }) else { return false }
        if withoutLabels.contains(where: { $0.isOn(network.labels) }) { return false }
        if let until, network.created >= until { return false }
        return fits("name") { contains(network.name, $0) } && fits("id") { network.id.hasPrefix($0) }
            && fits("driver") { $0 == network.driver } && fits("scope") { $0 == "local" }
            // There are no others here.
            && fits("type") { $0 == "custom" }
    }

    private func fits(_ key: String, _ isValue: (String) -> Bool) -> Bool {
        values[key]?.contains(where: isValue) ?? true
    }
}
