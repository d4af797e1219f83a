public import StackModel

extension Plan {
    /// Removes the project's containers, dependents before what they depend on, then its networks, and its volumes if
    /// asked to. Works from what exists alone.
    /// - Parameter stack: tells orphans from services; `nil` if the file is broken or gone, then everything goes.
    public static func down(
        observed: ObservedStack, stack: Stack? = nil, options: LifecycleOptions = .init()
    ) throws(PlanError) -> Plan {
        let selection = try LifecycleSelection(observed, options, stack: stack)
        let removed = selection.containers.filter { container in
            guard let stack, !container.isOneOff, !options.removeOrphans else { return true }
            return stack.services[container.service] != nil || stack.disabledServices.contains(container.service)
        }
        var builder = PlanBuilder()
        let removals = selection.remove(removed, cause: "down", volumes: options.volumes, &builder)
        if options.services.isEmpty {
            for (name, network) in observed.networks.sorted(by: { $0.key < $1.key }) where !network.external {
                let users = observed.containers.filter { $0.isOn(name) }
                let goal = Removal(kind: "network", name: name, action: .removeNetwork(network), reason: "remove: down")
                goal.add(users, removals, strangers: observed.networkUsers[name] ?? [], &builder)
            }
            for (name, volume) in observed.volumes.sorted(by: { $0.key < $1.key })
            where options.volumes && !volume.external {
                let users = observed.containers.filter { $0.volumes.values.contains { $0.name == name } }
                let goal = Removal(
                    kind: "volume", name: name, action: .removeVolume(volume), reason: "remove: down with volumes")
                goal.add(users, removals, strangers: observed.volumeUsers[name] ?? [], &builder)
            }
        }
        return try builder.finish()
    }
}

/// Something that containers use, and that goes with the last of them.
private struct Removal {
    var kind: String
    var name: String
    var action: PlanAction
    var reason: String

    /// - Parameters:
    ///   - users: the stack's containers that use it.
    ///   - removals: the steps that remove containers, by container id.
    ///   - strangers: other stacks' containers that use it.
    func add(
        _ users: [ObservedContainer], _ removals: [String: Int], strangers: [String], _ builder: inout PlanBuilder
    ) {
        let staying = users.filter { removals[$0.id] == nil }.map(\.name).sorted()
        if !strangers.isEmpty {
            let names = strangers.joined(separator: ", ")
            builder.warnings.append(
                "\(kind.prefix(1).uppercased() + kind.dropFirst()) \(name): container \(names) of another stack uses it; it stays"
            )
        } else if staying.isEmpty {
            builder.add(action, reason, after: users.compactMap { removals[$0.id] })
        } else {
            let names = staying.joined(separator: ", ")
            builder.warnings.append(
                "\(kind) \(name) stays: \(names) uses it (an orphan: --remove-orphans removes it)")
        }
    }
}
