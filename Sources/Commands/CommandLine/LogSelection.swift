import ControlAPI
import Kernel

/// Which lines of which containers are asked for.
struct LogSelection: Equatable, Sendable {
    /// Empty: all.
    var services: [String] = []
    var index: Int?
    var follow = false
    /// Nanoseconds since 1970.
    var since: Int64?
    var until: Int64?
    var tail: Int?

    func includes(_ container: ContainerSummary) -> Bool {
        (services.isEmpty || services.contains(container.service)) && (index == nil || index == container.number)
    }

    func request(stack: String) -> ControlRequest {
        var query = services.map { ("service", $0) }
        if let index { query.append(("index", String(index))) }
        if let tail { query.append(("tail", String(tail))) }
        if follow { query.append(("follow", "1")) }
        if let since { query.append(("since", Timestamp.sortable(since))) }
        if let until { query.append(("until", Timestamp.sortable(until))) }
        return .get("stacks", stack, "logs", query: query)
    }
}
