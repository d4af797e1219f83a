import StackModel

/// What has to be done for changed files: a pure value, in the order in which it is carried out.
struct WatchPlan: Equatable {
    /// A file or directory of the host, and where it goes. What isn't there any more is removed there, too.
    struct Transfer: Hashable {
        var path: String
        var target: String
        /// It is the rule's own path: when that goes, what was brought into the container stays until it is back.
        var isRoot = false
    }

    struct Execution: Equatable {
        var service: String
        var command: ServiceHook
    }

    var rebuilds: [String] = []
    var transfers: [String: [Transfer]] = [:]
    var restarts: [String] = []
    var executions: [Execution] = []

    init(_ changed: some Sequence<String>, _ places: [WatchedPlace]) {
        let changed = changed.sorted()
        for watched in places {
            let found = changed.compactMap { path in watched.place(of: path).map { (path, $0) } }
            guard !found.isEmpty else { continue }
            let action = watched.rule.action
            if action == .rebuild { Self.add(watched.service, to: &rebuilds) }
            if action == .restart || action == .syncAndRestart { Self.add(watched.service, to: &restarts) }
            if action == .syncAndExec {
                executions.append(Execution(service: watched.service, command: watched.rule.exec))
            }
            guard watched.rule.syncs else { continue }
            let new = found.compactMap { path, place in
                watched.target(of: place).map { Transfer(path: path, target: $0, isRoot: place.isEmpty) }
            }
            let known = Set(transfers[watched.service] ?? [])
            transfers[watched.service, default: []] += new.filter { !known.contains($0) }
        }
    }

    private static func add(_ name: String, to names: inout [String]) {
        if !names.contains(name) { names.append(name) }
    }

    var isEmpty: Bool { self == WatchPlan([], []) }
}

extension WatchPlan: CustomStringConvertible {
    var description: String {
        var lines = rebuilds.map { "rebuild \($0)" }
        for (service, transfers) in transfers.sorted(by: { $0.key < $1.key }) {
            lines += transfers.map { "sync \(service) \($0.path) -> \($0.target)" }
        }
        lines += restarts.map { "restart \($0)" }
        lines += executions.map { "exec \($0.service) \($0.command.command.joined(separator: " "))" }
        return lines.joined(separator: "\n")
    }
}
