import StackModel

/// Decides for each container what becomes of it and why.
struct UpDecisions {
    private let selection: UpSelection
    /// By service: by number, those to be removed last.
    private(set) var byService: [String: [ContainerDecision]] = [:]
    /// Containers of services that the file doesn't have.
    private(set) var orphans: [ContainerDecision] = []

    init(_ selection: UpSelection) {
        self.selection = selection
        for service in selection.services {
            byService[service.name] = replicas(of: service)
            followDependencies(of: service)
        }
        runJobsAgain()
        if selection.options.noStart { leaveStopped() }
        if selection.options.removeOrphans { orphans = orphanDecisions() }
    }

    subscript(service: String) -> [ContainerDecision] { byService[service] ?? [] }

    // MARK: One service by itself

    private func replicas(of service: Service) -> [ContainerDecision] {
        if let oneOff = selection.oneOff(of: service) {
            let reference = ContainerReference(service: service.name, number: 1, name: oneOff.name, id: nil)
            return [ContainerDecision(creating: reference, cause: "run")]
        }
        let scale = selection.scale(of: service)
        var current: [ObservedContainer] = []
        var removed: [ContainerDecision] = []
        for container in selection.containers[service.name] ?? [] {
            if selection.options.isHealing {
                current.append(container)
            } else if let newer = current.last, newer.number == container.number {
                let standing = UpSelection.standing(newer, container)
                current[current.count - 1] = standing
                removed.append(
                    ContainerDecision(
                        standing.id == newer.id ? container : newer, .remove, "left over from a recreation"))
            } else {
                current.append(container)
            }
        }
        if !selection.options.isHealing {
            // The newest go first, and before them those that do nobody's work.
            let byWork = current.filter(\.isServing) + current.filter { !$0.isServing }
            let superfluous = Set(byWork.dropFirst(scale).map(\.id))
            removed += current.filter { superfluous.contains($0.id) }
                .map {
                    ContainerDecision(
                        $0, .remove, service.schedule == nil ? "scaled down to \(scale)" : "runs at its times")
                }
            current.removeAll { superfluous.contains($0.id) }
        }
        let taken = Set(current.map(\.number))
        let free = (1...).lazy.filter { !taken.contains($0) }.prefix(max(0, scale - current.count))
        let created = free.map { number in
            let cause = current.isEmpty ? "missing" : "scaled up to \(scale)"
            return ContainerDecision(creating: selection.reference(service, number), cause: cause)
        }
        let kept = current.map { decide($0, of: service) }
        return (kept + created).sorted { $0.reference.number < $1.reference.number }
            + removed.sorted { $0.reference.number > $1.reference.number }
    }

    private func decide(_ container: ObservedContainer, of service: Service) -> ContainerDecision {
        if selection.options.isHealing { return ContainerDecision(container, .keep) }
        let differences = selection.options.noRecreate ? [] : differences(container, service)
        let effect = differences.effect
        if effect == .recreate || isForced(service) {
            let cause = differences.isEmpty ? "forced" : differences.cause
            let (isStartFirst, obstacle) = selection.startsFirst(container, of: service)
            var decision = ContainerDecision(
                recreating: container, as: selection.reference(service, container.number),
                cause: cause + (obstacle.map { "; stops first: \($0)" } ?? ""))
            decision.isStartFirst = isStartFirst
            return decision
        }
        let verb = verb(container, of: service, hasToRestart: effect == .restart)
        switch verb.verb {
        case .keep where effect != nil: return ContainerDecision(container, .update, differences.cause, isUpdated: true)
        default:
            let cause = verb.cause.isEmpty ? differences.cause : verb.cause
            return ContainerDecision(container, verb.verb, cause, isUpdated: effect != nil)
        }
    }

    private func verb(
        _ container: ObservedContainer, of service: Service, hasToRestart: Bool
    ) -> (verb: ContainerDecision.Verb, cause: String) {
        switch container.state {
        case .running where container.isEnding: return (.start, "is being stopped")
        case .running, .restarting:
            guard let network = missingNetwork(of: service, container) else {
                return (hasToRestart ? .restart : .keep, "")
            }
            return (.restart, "network \(network) is missing")
        case .exited(code: 0) where selection.isJob(service.name) && !isNamedExplicitly(service.name):
            return (.keep, "")
        case .created, .exited:
            return (.start, container.state.startCause)
        }
    }

    /// One that the container was on and that is gone; to one that is new to it, it comes as it runs.
    private func missingNetwork(of service: Service, _ container: ObservedContainer) -> String? {
        service.container.networks.keys.filter { container.settings.networks[$0] != nil }.sorted()
            .compactMap { selection.stack.networks[$0] }
            .first { !$0.external && selection.observed.networks[$0.name] == nil }?.name
    }

    private func isNamedExplicitly(_ service: String) -> Bool { selection.options.services.contains(service) }

    private func isForced(_ service: Service) -> Bool {
        let options = selection.options
        if options.noRecreate { return false }
        let isNamed = selection.isNamed(service.name)
        return isNamed ? options.forceRecreate : options.alwaysRecreateDeps
    }

    private func differences(_ container: ObservedContainer, _ service: Service) -> [Difference] {
        var found: [Difference] = []
        if container.image != service.image {
            found.append(Difference(path: "image", old: "\"\(container.image)\"", new: "\"\(service.image)\""))
        } else if let imageID = selection.imageID(of: service), imageID != container.imageID {
            found.append(
                Difference(path: "image", old: Self.shortened(container.imageID), new: Self.shortened(imageID)))
        }
        found += SettingsDifference.between(container.settings, service.container)
        for key in service.container.networks.keys.sorted() {
            guard let made = container.networks[key], let wanted = selection.stack.networks[key] else { continue }
            found += SettingsDifference.between(made, selection.networks.effective(wanted), under: "networks.\(key)")
        }
        for case .named(let key) in service.container.volumes.map(\.source) {
            guard let made = container.volumes[key], let wanted = selection.stack.volumes[key] else { continue }
            // Another definition under the same name is still the same data.
            found += SettingsDifference.between(made.name, wanted.name, under: "volumes.\(key).name")
        }
        return found + changedContents(container, service)
    }

    /// Files of the host that hold something else than when the container was made. What nobody noted then is unknown.
    private func changedContents(_ container: ObservedContainer, _ service: Service) -> [Difference] {
        let now = selection.observed.contents[service.name] ?? [:]
        return now.keys.sorted().compactMap { path in
            guard let made = container.contents[path], made != now[path] else { return nil }
            return Difference(path: "contents.\(path)")
        }
    }

    /// `sha256:ab12cd34ef56…`
    private static func shortened(_ imageID: String) -> String {
        imageID.count > 19 ? imageID.prefix(19) + "…" : imageID
    }

    // MARK: What follows from what happens to others

    private mutating func followDependencies(of service: Service) {
        guard !selection.options.noDeps else { return }
        for (name, dependency) in selection.graph.sortedDependencies(of: service.name) {
            byService[service.name] = self[service.name].map { decision in
                follow(decision, of: service, name, dependency) ?? decision
            }
        }
    }

    /// What becomes of a container because of what becomes of `name`, if that is more than was decided.
    private func follow(
        _ decision: ContainerDecision, of service: Service, _ name: String, _ dependency: Dependency
    ) -> ContainerDecision? {
        guard let current = decision.current, decision.isUndisturbed || decision.verb == .start else { return nil }
        let owners = self[name]
        let sharesNetwork = service.container.networkMode == .service(name)
        if sharesNetwork && owners.contains(where: \.isMade) && !selection.options.noRecreate {
            return ContainerDecision(
                recreating: current, as: selection.reference(service, current.number),
                cause: "network_mode: service:\(name) is made anew")
        }
        guard decision.isUndisturbed, current.state.isAlive else { return nil }
        if sharesNetwork && owners.contains(where: \.isStarted) {
            return ContainerDecision(
                current, .restart, "network_mode: service:\(name) starts anew", isUpdated: decision.isUpdated)
        }
        guard dependency.restart, let verb = Self.updateVerb(owners) else { return nil }
        return ContainerDecision(
            current, .restart, "depends_on.\(name).restart: \(name) is \(verb)", isUpdated: decision.isUpdated)
    }

    private static func updateVerb(_ decisions: [ContainerDecision]) -> String? {
        if decisions.contains(where: { $0.verb == .recreate }) { return "recreated" }
        return decisions.contains { $0.verb == .restart } ? "restarted" : nil
    }

    /// A job that ended well runs again before anything that waits for its end starts, and only then: a second `up`
    /// has nothing to do.
    private mutating func runJobsAgain() {
        for service in selection.services.reversed() {
            let waiting = selection.waitingForCompletion(of: service.name).filter(selection.names.contains)
            guard !selection.options.noDeps, !selection.options.isHealing,
                let starting = waiting.first(where: { self[$0].contains(where: \.isStarted) })
            else { continue }
            for index in self[service.name].indices {
                guard let decision = byService[service.name]?[index], decision.isUndisturbed,
                    let current = decision.current, !current.state.isAlive
                else { continue }
                byService[service.name]?[index] = ContainerDecision(
                    current, .start, "\(current.state.startCause), runs again before \(starting)",
                    isUpdated: decision.isUpdated)
            }
        }
    }

    private mutating func leaveStopped() {
        for (service, decisions) in byService {
            byService[service] = decisions.map { decision in
                guard let current = decision.current, decision.verb == .start || decision.verb == .restart else {
                    return decision
                }
                return ContainerDecision(
                    current, decision.isUpdated ? .update : .keep, decision.cause, isUpdated: decision.isUpdated)
            }
        }
    }

    private func orphanDecisions() -> [ContainerDecision] {
        selection.observed.containers.filter(selection.isOrphan)
            .sorted { ($0.service, -$0.number, $0.id) < ($1.service, -$1.number, $1.id) }
            .map { ContainerDecision($0, .remove, "orphan: no service \"\($0.service)\" in the file") }
    }
}
