import StackModel

extension Plan {
    /// A line per step: `3  start web-1  after 1,2,4?  (create: missing)`. A question mark stands at steps that may
    /// fail without harm to this one, a cross at those of which one has to fail. Warnings follow, each after `!`.
    public var text: String {
        let rows = steps.map { step in
            (
                id: String(step.id), action: step.action.description,
                after:
                    (step.after.map { "\($0)" } + step.afterEnd.map { "\($0)?" }
                    + step.ifFailed.map { "\($0)✗" }).joined(separator: ","),
                reason: step.reason
            )
        }
        let idWidth = rows.map(\.id.count).max() ?? 0
        let actionWidth = rows.map(\.action.count).max() ?? 0
        let afterWidth = rows.map { $0.after.isEmpty ? 0 : $0.after.count + 6 }.max() ?? 0
        var lines = rows.map { row in
            let after = row.after.isEmpty ? "" : "after \(row.after)"
            let columns = [padded(row.action, actionWidth), padded(after, afterWidth), "(\(row.reason))"]
            return String(repeating: " ", count: idWidth - row.id.count) + row.id + "  "
                + columns.filter { !$0.isEmpty }.joined(separator: "  ")
        }
        lines += warnings.map { "!  \($0)" }
        return lines.map { $0 + "\n" }.joined()
    }

    private func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}

extension ContainerReference {
    /// `web-1`
    public var label: String { "\(service)-\(number)" }
}

extension PlanAction: CustomStringConvertible {
    /// `start web-1`
    public var description: String {
        switch self {
        case .pullImage(let reference, let platform, _): "pull \(reference)" + (platform.map { " for \($0)" } ?? "")
        case .createNetwork(_, let network): "create network \(network.name)"
        case .removeNetwork(let network): "remove network \(network.name)"
        case .createVolume(_, let volume): "create volume \(volume.name)"
        case .removeVolume(let volume): "remove volume \(volume.name)"
        case .createContainer(let container, _, replaces: nil): "create \(container.label)"
        case .createContainer(let container, _, let old?): "create \(container.label) for \(shortened(old.id))"
        case .updateContainer(let container, _): "update \(container.label)"
        case .startContainer(let container): "start \(container.label)"
        case .waitFor(let container, let condition, _, _): "wait until \(container.label) \(condition.phrase)"
        case .stopContainer(let container, let signal, let timeout):
            "stop \(container.label) " + (signal.map { "\($0) " } ?? "") + "\(timeout)"
        case .killContainer(let container, let signal): "kill \(container.label) \(signal)"
        case .pauseContainer(let container): "pause \(container.label)"
        case .unpauseContainer(let container): "unpause \(container.label)"
        case .removeContainer(let container, let volumes):
            "remove \(container.label)\(container.id.map { " \(shortened($0))" } ?? "")\(volumes ? " with volumes" : "")"
        }
    }

    private func shortened(_ id: String) -> Substring { id.prefix(12) }
}

extension WaitCondition {
    var phrase: String {
        switch self {
        case .healthy: "is healthy"
        case .completed: "has completed"
        case .ready: "is ready"
        }
    }
}
