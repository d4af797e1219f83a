import StackModel

extension WaitCondition {
    /// Whether a container that stays as it is fulfils it already.
    func holds(for container: ObservedContainer) -> Bool {
        switch self {
        case .healthy: container.state.isRunning && container.health == .healthy
        case .completed: container.state == .exited(code: 0)
        case .ready: container.state.isRunning && (container.health == .none || container.health == .healthy)
        }
    }
}

extension WaitCondition {
    /// The condition in `depends_on` that it stands for.
    var dependency: DependencyCondition? {
        switch self {
        case .healthy: .serviceHealthy
        case .completed: .serviceCompletedSuccessfully
        case .ready: nil
        }
    }
}

extension ContainerSettings {
    /// The keys of the named volumes that it mounts.
    var volumeKeys: [String] {
        volumes.compactMap { mount in
            if case .named(let key) = mount.source { key } else { nil }
        }
    }
}

extension PublishedPort {
    /// Whether both can't be held at the same time, each by a container of its own.
    func clashes(with other: PublishedPort) -> Bool {
        guard let range = published, let others = other.published, `protocol` == other.protocol else { return false }
        let isSameAddress = hostIP == nil || other.hostIP == nil || hostIP == other.hostIP
        return isSameAddress && range.overlaps(others)
    }
}

extension PlanAction {
    /// Stops a container in the way that it was made to be stopped.
    static func stopContainer(_ container: ObservedContainer, timeout: TimeSpan?) -> PlanAction {
        stopContainer(container.reference, of: container.settings, timeout: timeout)
    }

    /// Stops a container in the way that its settings say.
    static func stopContainer(
        _ container: ContainerReference, of settings: ContainerSettings, timeout: TimeSpan?
    ) -> PlanAction {
        .stopContainer(
            container, signal: settings.stopSignal?.description, timeout: timeout ?? settings.effectiveStopGracePeriod)
    }
}
