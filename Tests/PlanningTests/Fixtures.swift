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
func images(_ stack: Stack) -> [String: String] {
    Dictionary(
        stack.services.values.map { ($0.image, "sha256:\($0.image)") }, uniquingKeysWith: { first, _ in first })
}

extension ObservedStack {
    /// What a completed `up` of the stack leaves.
    init(running stack: Stack, health: HealthStatus = .none) throws {
        var world = SimulatedHost(ObservedStack(name: stack.name), stack: stack)
        world.health = health
        try world.carryOut(Plan.up(stack, observed: world.observed, imageIDs: images(stack)))
        self = world.observed
    }

    /// The same, with one container changed.
    func changing(_ name: String, _ change: (inout ObservedContainer) -> Void) -> ObservedStack {
        var copy = self
        for index in copy.containers.indices where copy.containers[index].name == name {
            change(&copy.containers[index])
        }
        return copy
    }
}

/// Carries plans out on values, and complains about each step that couldn't be carried out on a real host.
struct SimulatedHost {
    struct Impossible: Error, CustomStringConvertible {
        var description: String
    }

    var observed: ObservedStack
    var stack: Stack
    var health: HealthStatus = .none
    /// Services whose processes end at once.
    var jobs: Set<String> = []
    var images: [String: String] = [:]
    private var serial = 0

    init(_ observed: ObservedStack, stack: Stack) {
        self.observed = observed
        self.stack = stack
        images = PlanningTests.images(stack)
        serial = observed.containers.count
    }

    /// The first `limit` steps in the plan's order; a crash after any step is a smaller limit.
    mutating func carryOut(_ plan: Plan, limit: Int = .max) throws {
        guard plan.isOrdered else { throw Impossible(description: "the plan isn't in order:\n\(plan.text)") }
        for step in plan.steps.prefix(limit) {
            do throws(Impossible) {
                try carryOut(step.action)
            } catch {
                throw Impossible(description: "\(error.description) in step \(step.id) of\n\(plan.text)")
            }
        }
    }

    private mutating func carryOut(_ action: PlanAction) throws(Impossible) {
        switch action {
        case .pullImage(let reference, _, _): images[reference] = "sha256:\(reference)"
        case .createNetwork(_, let network):
            try require(observed.networks[network.name] == nil, "\(network.name) exists")
            observed.networks[network.name] = network
        case .removeNetwork(let network):
            let isUsed = observed.containers.contains { container in
                container.state.isAlive && container.networks.values.contains { $0.name == network.name }
            }
            try require(!isUsed, "\(network.name) is in use")
            try require(observed.networks.removeValue(forKey: network.name) != nil, "no \(network.name)")
        case .createVolume(_, let volume): observed.volumes[volume.name] = volume
        case .removeVolume(let volume): observed.volumes[volume.name] = nil
        case .createContainer(let container, let replacement): try create(container, replacement)
        case .startContainer(let container): try start(container)
        case .waitFor(let container, let condition, _, _):
            let index = try index(of: container)
            if condition == .completed, observed.containers[index].state.isRunning {
                observed.containers[index].state = .exited(code: 0)
            }
            let state = observed.containers[index].state
            try require(condition == .completed ? state == .exited(code: 0) : state.isRunning, "\(state)")
        case .stopContainer(let container, _, _), .killContainer(let container, _):
            let index = try index(of: container)
            try require(observed.containers[index].state.isAlive, "\(container.label) doesn't run")
            observed.containers[index].state = .exited(code: 0)
        case .removeContainer(let container, _):
            let index = try index(of: container)
            try require(!observed.containers[index].state.isAlive, "\(container.label) runs")
            observed.containers.remove(at: index)
        }
    }

    private mutating func create(_ container: ContainerReference, _ old: Replacement?) throws(Impossible) {
        guard let service = stack.services[container.service] else { throw Impossible(description: "no service") }
        guard let imageID = images[service.image] else { throw Impossible(description: "no \(service.image)") }
        try require(container.id == nil, "\(container.label) exists")
        let same = observed.containers.filter { $0.service == service.name && $0.number == container.number }
        try require(same.allSatisfy { !$0.state.isAlive }, "\(container.label) is there twice")
        if let old { try require(same.contains { $0.id == old.id }, "\(old.id) isn't there") }
        let networks = stack.networks.filter { service.container.networks[$0.key] != nil }
        for network in networks.values where !network.external {
            try require(observed.networks[network.name] != nil, "no network \(network.name)")
        }
        serial += 1
        observed.containers.append(
            ObservedContainer(
                id: "id\(serial)", name: container.name, service: service.name, number: container.number,
                created: Instant(nanoseconds: Int64(serial)), image: service.image, imageID: imageID,
                settings: service.container, dependsOn: service.dependsOn,
                networks: networks.mapValues { observed.networks[$0.name] ?? $0 },
                volumes: stack.volumes.filter { key, _ in
                    service.container.volumes.contains { $0.source == .named(key) }
                }, state: .created))
    }

    private mutating func start(_ container: ContainerReference) throws(Impossible) {
        let index = try index(of: container)
        try require(!observed.containers[index].state.isAlive, "\(container.label) runs already")
        let runs = !jobs.contains(container.service)
        observed.containers[index].state = runs ? .running(since: Instant(nanoseconds: 1)) : .exited(code: 0)
        observed.containers[index].health = health
    }

    private func index(of container: ContainerReference) throws(Impossible) -> Int {
        let candidates = observed.containers.indices.filter { index in
            let there = observed.containers[index]
            if let id = container.id { return there.id == id }
            return there.service == container.service && there.number == container.number
        }
        // Without an id, the one that the plan has made: the newest.
        guard let index = candidates.max(by: { observed.containers[$0].created < observed.containers[$1].created })
        else { throw Impossible(description: "no \(container.label)") }
        return index
    }

    private func require(_ condition: Bool, _ complaint: String) throws(Impossible) {
        if !condition { throw Impossible(description: complaint) }
    }
}
