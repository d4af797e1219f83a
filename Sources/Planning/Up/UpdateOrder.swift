import StackModel

extension UpSelection {
    /// Whether the successor of a container that runs starts first, and takes over when it is ready; otherwise why not,
    /// where one would expect it.
    func startsFirst(_ container: ObservedContainer, of service: Service) -> (Bool, butNot: String?) {
        let order = service.update?.order
        guard order != .stopFirst, container.state.isAlive, !container.isEnding, !options.noStart else {
            return (false, nil)
        }
        guard order == .startFirst || scale(of: service) > 1 || !service.container.ports.isEmpty else {
            return (false, nil)
        }
        let obstacle = obstacle(to: container, service) ?? (order == nil ? riskOfTwo(service) : nil)
        return (obstacle == nil, obstacle)
    }

    /// Why no second container can run beside the one that there is.
    private func obstacle(to container: ObservedContainer, _ service: Service) -> String? {
        let settings = service.container
        if settings.containerName != nil || container.name != reference(service, container.number).name {
            return "its name is its own"
        }
        guard settings.networkMode == .networks, container.settings.networkMode == .networks else {
            return "its network is not its own"
        }
        if settings.networks.values.contains(where: { $0.ipv4Address != nil || $0.macAddress != nil }) {
            return "its address is its own"
        }
        if container.networks.values.contains(where: { networks.causes[$0.name] != nil }) {
            return "its network is made anew"
        }
        if container.hasOwnVolumes { return "its volumes are its own" }
        if !waitingForCompletion(of: service.name).isEmpty { return "others wait for its end" }
        if isJob(service.name) { return "it runs to its end" }
        if isShared(service.name) { return "others share its namespaces" }
        return wantsPortOfAnother(container) ? "another service gets its port" : nil
    }

    /// What two containers at once could spoil, as long as the file doesn't say that they may.
    private func riskOfTwo(_ service: Service) -> String? {
        let isWriter = service.container.volumes.contains { mount in
            if mount.readOnly { return false }
            if case .tmpfs = mount.source { return false }
            return true
        }
        if isWriter { return "it writes to a volume" }
        if service.container.devices?.isEmpty == false { return "it has a device" }
        // The new one would get another port than the one that it replaces.
        let isRange = service.container.ports.contains { ($0.published?.count ?? 1) > 1 }
        return isRange ? "its ports are any of a range" : nil
    }

    private func isShared(_ name: String) -> Bool {
        stack.services.values.contains { other in
            let modes = [other.container.pid, other.container.ipc, other.container.uts, other.container.cgroup]
            return other.container.networkMode == .service(name) || modes.contains(.service(name))
                || other.container.volumesFrom?.contains { $0.container == .service(name) } == true
        }
    }

    private func wantsPortOfAnother(_ container: ObservedContainer) -> Bool {
        services.contains { other in
            other.name != container.service
                && other.container.ports.contains { wanted in
                    container.settings.ports.contains { wanted.clashes(with: $0) }
                }
        }
    }

    /// Of two containers with one number, which an interrupted recreation left, the one that goes on: the newer one, as
    /// long as the older one isn't what serves.
    static func standing(_ newer: ObservedContainer, _ older: ObservedContainer) -> ObservedContainer {
        older.isServing && !newer.isServing ? older : newer
    }
}

extension ObservedContainer {
    /// Whether it does its work.
    var isServing: Bool { !isEnding && WaitCondition.ready.holds(for: self) }
}
