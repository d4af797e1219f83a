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
        let gone = Set(removed.map(\.id))
        let staying = observed.containers.filter { !gone.contains($0.id) }
        if options.services.isEmpty {
            removeNetworks(of: observed, removals, staying, &builder)
            if options.volumes { removeVolumes(of: observed, removals, staying, &builder) }
        }
        return try builder.finish()
    }

    private static func removeNetworks(
        of observed: ObservedStack, _ removals: [String: Int], _ staying: [ObservedContainer],
        _ builder: inout PlanBuilder
    ) {
        for (name, network) in observed.networks.sorted(by: { $0.key < $1.key }) where !network.external {
            let uses = { (container: ObservedContainer) in container.networks.values.contains { $0.name == name } }
            let users = staying.filter(uses).map(\.name).sorted()
            let strangers = observed.networkUsers[name] ?? []
            if !strangers.isEmpty {
                builder.warnings.append(stays("Network", name, of: strangers))
            } else if users.isEmpty {
                let after = observed.containers.filter(uses).compactMap { removals[$0.id] }
                builder.add(.removeNetwork(network), "remove: down", after: after)
            } else {
                builder.warnings.append(stays("network", name, users))
            }
        }
    }

    private static func removeVolumes(
        of observed: ObservedStack, _ removals: [String: Int], _ staying: [ObservedContainer],
        _ builder: inout PlanBuilder
    ) {
        for (name, volume) in observed.volumes.sorted(by: { $0.key < $1.key }) where !volume.external {
            let uses = { (container: ObservedContainer) in container.volumes.values.contains { $0.name == name } }
            let users = staying.filter(uses).map(\.name).sorted()
            let strangers = observed.volumeUsers[name] ?? []
            if !strangers.isEmpty {
                builder.warnings.append(stays("Volume", name, of: strangers))
            } else if users.isEmpty {
                let after = observed.containers.filter(uses).compactMap { removals[$0.id] }
                builder.add(.removeVolume(volume), "remove: down with volumes", after: after)
            } else {
                builder.warnings.append(stays("volume", name, users))
            }
        }
    }

    private static func stays(_ kind: String, _ name: String, _ users: [String]) -> String {
        "\(kind) \(name) stays: \(users.joined(separator: ", ")) uses it (an orphan: --remove-orphans removes it)"
    }

    private static func stays(_ kind: String, _ name: String, of strangers: [String]) -> String {
        "\(kind) \(name): container \(strangers.joined(separator: ", ")) of another stack uses it; it stays"
    }
}
