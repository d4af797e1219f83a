import StackModel

extension Plan {
    /// Removes the project's containers that don't run and were made before `until`, dependents first; and the networks
    /// of a project of which no container stays.
    public static func prune(observed: ObservedStack, until: Instant? = nil) throws(PlanError) -> Plan {
        let removed = observed.containers.filter { container in
            !container.state.isAlive && until.map { container.created < $0 } ?? true
        }
        var builder = PlanBuilder()
        for container in removed.sorted(by: { ($0.name, $0.id) < ($1.name, $1.id) }) {
            builder.changes.append(PlanChange(container: container.reference, verb: .remove, cause: "prune"))
            builder.add(.removeContainer(container.reference, volumes: false), "remove: prune")
        }
        let removals = try builder.finish()
        guard removed.count == observed.containers.count else { return removals }
        var all = removals
        for (_, network) in observed.networks.sorted(by: { $0.key < $1.key })
        where !network.external && observed.networkUsers[network.name] == nil {
            let step = PlanStep(
                id: all.steps.count + 1, action: .removeNetwork(network), reason: "remove: prune",
                after: removals.steps.map(\.id))
            all.steps.append(step)
        }
        return all
    }
}
