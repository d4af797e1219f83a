import StackModel

/// Who depends on whom, with `network_mode: service:…` as a dependency too.
struct ServiceGraph {
    /// By service, then by the service that it depends on.
    private(set) var dependencies: [String: [String: Dependency]] = [:]
    /// By service: those that depend on it, sorted.
    private(set) var dependents: [String: [String]] = [:]
    /// Dependencies before dependents, otherwise by name.
    private(set) var order: [String] = []

    /// Of a stack's services. Optional dependencies that don't exist are left out.
    init(_ stack: Stack) throws(PlanError) {
        for service in stack.services.values {
            let wanted = Self.dependencies(dependsOn: service.dependsOn, mode: service.container.networkMode)
            for (name, dependency) in wanted where stack.services[name] == nil && dependency.required {
                throw .unknownDependency(service: service.name, dependency: name)
            }
            dependencies[service.name] = wanted.filter { stack.services[$0.key] != nil }
        }
        try sort()
    }

    /// Of containers that exist. What they recorded can stem from different versions of the file, so that unknown
    /// services are left out and circles are cut instead of being errors.
    init(_ containers: [ObservedContainer]) {
        for container in containers { dependencies[container.service] = dependencies[container.service] ?? [:] }
        for container in containers where !container.isOneOff {
            let wanted = Self.dependencies(dependsOn: container.dependsOn, mode: container.settings.networkMode)
            for (name, dependency) in wanted where dependencies[name] != nil && name != container.service {
                dependencies[container.service]?[name] = dependency
            }
        }
        var walk = Walk()
        for name in dependencies.keys.sorted() { cutCircles(from: name, &walk) }
        order = walk.finished
        collectDependents()
    }

    private static func dependencies(dependsOn: [String: Dependency], mode: NetworkMode) -> [String: Dependency] {
        guard case .service(let owner) = mode, dependsOn[owner] == nil else { return dependsOn }
        return dependsOn.merging([owner: Dependency()]) { written, _ in written }
    }

    private struct Walk {
        var path: [String] = []
        var visited: Set<String> = []
        var finished: [String] = []
    }

    private mutating func sort() throws(PlanError) {
        var walk = Walk()
        for name in dependencies.keys.sorted() { try visit(name, &walk) }
        order = walk.finished
        collectDependents()
    }

    private func visit(_ name: String, _ walk: inout Walk) throws(PlanError) {
        if let start = walk.path.firstIndex(of: name) { throw .cycle(Array(walk.path[start...])) }
        guard walk.visited.insert(name).inserted else { return }
        walk.path.append(name)
        for dependency in (dependencies[name] ?? [:]).keys.sorted() { try visit(dependency, &walk) }
        walk.path.removeLast()
        walk.finished.append(name)
    }

    private mutating func cutCircles(from name: String, _ walk: inout Walk) {
        guard walk.visited.insert(name).inserted else { return }
        walk.path.append(name)
        for dependency in (dependencies[name] ?? [:]).keys.sorted() {
            if walk.path.contains(dependency) {
                dependencies[name]?[dependency] = nil
            } else {
                cutCircles(from: dependency, &walk)
            }
        }
        walk.path.removeLast()
        walk.finished.append(name)
    }

    private mutating func collectDependents() {
        for name in order {
            for dependency in (dependencies[name] ?? [:]).keys { dependents[dependency, default: []].append(name) }
        }
        dependents = dependents.mapValues { $0.sorted() }
    }

    /// `names` with everything that they depend on, directly or not.
    func closure(of names: some Sequence<String>) -> Set<String> {
        var found: Set<String> = []
        var rest = Array(names)
        while let name = rest.popLast() {
            if found.insert(name).inserted { rest += (dependencies[name] ?? [:]).keys }
        }
        return found
    }

    /// What `name` depends on, sorted by name.
    func sortedDependencies(of name: String) -> [(name: String, dependency: Dependency)] {
        (dependencies[name] ?? [:]).sorted { $0.key < $1.key }.map { (name: $0.key, dependency: $0.value) }
    }
}
