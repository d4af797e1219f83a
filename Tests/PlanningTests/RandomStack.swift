import Planning
import StackModel

/// Stacks, and what becomes of them, made up from a seed.
enum RandomStack {
    static func make(_ random: inout SeededGenerator) -> Stack {
        let count = Int.random(in: 1...6, using: &random)
        var jobs: Set<Int> = []
        var services: [Service] = []
        for index in 0..<count {
            var dependsOn: [String: Dependency] = [:]
            for earlier in 0..<index where Int.random(in: 0..<3, using: &random) == 0 {
                let isJob = jobs.contains(earlier)
                let isHealthy = Bool.random(using: &random)
                dependsOn["s\(earlier)"] = Dependency(
                    condition: isJob ? .serviceCompletedSuccessfully : isHealthy ? .serviceHealthy : .serviceStarted,
                    restart: Bool.random(using: &random), required: Bool.random(using: &random))
            }
            // A service becomes a job by a later one that waits for its end.
            if Int.random(in: 0..<4, using: &random) == 0 && index < count - 1 { jobs.insert(index) }
            services.append(service("s\(index)", dependsOn, &random))
        }
        for job in jobs {
            services[count - 1].dependsOn["s\(job)"] = Dependency(condition: .serviceCompletedSuccessfully)
        }
        var made = Stack(name: "demo", workingDirectory: "/")
        for service in services { made.services[service.name] = service }
        for key in ["default", "front"] {
            made.networks[key] = StackNetwork(
                name: "demo_\(key)", isInternal: Int.random(in: 0..<4, using: &random) == 0)
        }
        made.volumes["data"] = StackVolume(name: "demo_data")
        return made
    }

    private static func service(
        _ name: String, _ dependsOn: [String: Dependency], _ random: inout SeededGenerator
    ) -> Service {
        let networks = Bool.random(using: &random) ? ["default"] : ["default", "front"]
        let usesVolume = Bool.random(using: &random)
        let owner = dependsOn.keys.sorted().first { dependsOn[$0]?.condition == .serviceStarted }
        let shares = Int.random(in: 0..<4, using: &random) == 0
        let limit = Int64.random(in: 0...3, using: &random)
        let port = UInt16.random(in: 80...82, using: &random)
        var made = PlanningTests.service(
            name, image: "image:\(Int.random(in: 1...2, using: &random))",
            scale: Int.random(in: 0...3, using: &random), after: dependsOn, networks: networks
        ) { settings in
            if usesVolume { settings.volumes = [VolumeMount(source: .named("data"), target: "/data")] }
            if limit > 0 { settings.resources.memLimit = limit }
            settings.ports = [PublishedPort(published: port...(port + 5), target: 80)]
            if shares, let owner {
                settings.networkMode = .service(owner)
                settings.networks = [:]
            }
        }
        if Int.random(in: 0..<4, using: &random) == 0 { made.pullPolicy = .always }
        return made
    }

    /// What happens to hosts: containers end, are left over, lose their network or image.
    static func disturb(_ observed: inout ObservedStack, _ random: inout SeededGenerator) {
        for container in observed.containers where Int.random(in: 0..<8, using: &random) == 0 {
            var twin = container
            twin.id += "b"
            twin.created = twin.created + .seconds(1)
            twin.state = .created
            observed.containers.append(twin)
        }
        observed.containers.removeAll { _ in Int.random(in: 0..<10, using: &random) == 0 }
        let states: [ContainerState] = [.created, .exited(code: 0), .exited(code: 1), .restarting(exitCode: 1)]
        for index in observed.containers.indices where Int.random(in: 0..<3, using: &random) == 0 {
            observed.containers[index].state = states.randomElement(using: &random) ?? .created
            observed.containers[index].health = .none
        }
        if Int.random(in: 0..<4, using: &random) == 0 { observed.images = [:] }
        if Int.random(in: 0..<8, using: &random) == 0 { observed.networks = [:] }
    }
}
