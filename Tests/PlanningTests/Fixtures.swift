import Planning
import StackModel

/// A stack `demo` of the services given.
func stack(
    _ services: Service..., networks: [String: StackNetwork] = [:], volumes: [String: StackVolume] = [:]
)
    -> Stack
{
    var networks = networks
    for key in Set(services.flatMap(\.container.networks.keys)) where networks[key] == nil {
        networks[key] = StackNetwork(name: "demo_\(key)")
    }
    return Stack(
        name: "demo", workingDirectory: "/srv/demo",
        services: Dictionary(services.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first }),
        networks: networks, volumes: volumes)
}

func service(
    _ name: String, image: String? = nil, scale: Int = 1, after dependsOn: [String: Dependency] = [:],
    networks: [String] = ["default"], _ change: (inout ContainerSettings) -> Void = { _ in }
) -> Service {
    var settings = ContainerSettings()
    for key in networks { settings.networks[key] = NetworkAttachment(aliases: [name]) }
    change(&settings)
    return Service(name: name, image: image ?? name, scale: scale, dependsOn: dependsOn, container: settings)
}

/// The store's content: each image of the stack, with a digest made of its reference.
func images(_ stack: Stack) -> [String: ObservedImage] {
    Dictionary(
        stack.services.values.map { ($0.imageKey, ObservedImage(stored: "sha256:\($0.image)")) },
        uniquingKeysWith: { first, _ in first })
}

/// What a registry has under a reference; the image is the one that ``images(_:)`` puts into the store.
func registry(_ reference: String) -> RegistryImage {
    RegistryImage(imageID: "sha256:\(reference)", digest: "sha256:index of \(reference)")
}

extension ObservedStack {
    /// Nothing of the stack exists yet, but what has to be there before: its images, and what it only uses.
    init(nothingOf stack: Stack) {
        self.init(name: stack.name)
        images = PlanningTests.images(stack)
        externalNetworks = Set(stack.networks.values.filter(\.external).map(\.name))
        externalVolumes = Set(stack.volumes.values.filter(\.external).map(\.name))
    }

    /// What a completed `up` of the stack leaves: containers `id1`, `id2`, … in the order in which they were made.
    ///
    /// - Parameter jobs: services whose processes have ended with 0.
    init(running stack: Stack, health: HealthStatus = .none, jobs: Set<String> = []) throws {
        self.init(nothingOf: stack)
        for step in try Plan.up(stack, observed: self).steps {
            switch step.action {
            case .createNetwork(_, let network): networks[network.name] = network
            case .createVolume(_, let volume): volumes[volume.name] = volume
            case .createContainer(let container, let spec, _):
                let number = containers.count + 1
                let hasEnded = jobs.contains(container.service)
                containers.append(
                    ObservedContainer(
                        id: "id\(number)", created: Instant(nanoseconds: Int64(number)), spec: spec,
                        state: hasEnded ? .exited(code: 0) : .running(since: Instant(nanoseconds: Int64(number))),
                        health: hasEnded ? .none : health))
            default: break
            }
        }
    }

    /// The same, with one container changed.
    func changing(_ name: String, _ change: (inout ObservedContainer) -> Void) -> ObservedStack {
        var copy = self
        for index in copy.containers.indices where copy.containers[index].name == name {
            change(&copy.containers[index])
        }
        return copy
    }

    /// The same, with the images that another version of the file names in the store too.
    func storing(_ stack: Stack) -> ObservedStack {
        var copy = self
        copy.images.merge(PlanningTests.images(stack)) { _, new in new }
        return copy
    }
}

extension Plan {
    var createdSpecs: [ContainerSpec] {
        steps.compactMap { if case .createContainer(_, let spec, _) = $0.action { spec } else { nil } }
    }

    var updatedSpecs: [ContainerSpec] {
        steps.compactMap { if case .updateContainer(_, let spec) = $0.action { spec } else { nil } }
    }

    /// `create web-1`, …
    var actions: [String] { steps.map(\.action.description) }

    /// Whether `later` waits for `earlier`, directly or not.
    func orders(_ earlier: Int, before later: Int) -> Bool {
        var rest = [later]
        var seen: Set<Int> = []
        while let id = rest.popLast() {
            guard seen.insert(id).inserted else { continue }
            rest += steps[id - 1].after + steps[id - 1].afterEnd
            if rest.contains(earlier) { return true }
        }
        return false
    }

    /// The same for the steps that are spelled so; `false` if there is no such step.
    func orders(_ earlier: String, before later: String) -> Bool {
        guard let first = steps.first(where: { $0.action.description == earlier }),
            let second = steps.first(where: { $0.action.description == later })
        else { return false }
        return orders(first.id, before: second.id)
    }
}

extension PlanAction {
    /// The container that it is about.
    var container: ContainerReference? {
        switch self {
        case .pullImage, .createNetwork, .removeNetwork, .createVolume, .removeVolume: nil
        case .createContainer(let container, _, _), .updateContainer(let container, _), .startContainer(let container),
            .waitFor(let container, _, _, _), .stopContainer(let container, _, _), .killContainer(let container, _),
            .pauseContainer(let container), .unpauseContainer(let container), .removeContainer(let container, _):
            container
        }
    }
}
