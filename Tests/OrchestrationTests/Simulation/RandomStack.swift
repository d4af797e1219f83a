import Planning
import StackModel

@testable import Orchestration

/// Stacks, and how their services behave, as a seed has them.
enum RandomStack {
    private static let completed = Dependency(condition: .serviceCompletedSuccessfully)

    /// The services that end by themselves, because another one waits for that.
    static func jobs(_ stack: Stack) -> Set<String> {
        Set(
            stack.services.values.flatMap { service in
                service.dependsOn.filter { $0.value.condition == .serviceCompletedSuccessfully }.keys
            })
    }

    static func make(_ random: inout SeededGenerator) -> Stack {
        let count = Int.random(in: 1...5, using: &random)
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
            services.append(service(index, dependsOn, isJob: jobs.contains(index), &random))
        }
        for job in jobs { services[count - 1].dependsOn["s\(job)"] = completed }
        for case .service(let owner) in services.map(\.container.networkMode) {
            // Whose network is shared has to be there.
            for index in services.indices where services[index].name == owner {
                services[index].scale = max(1, services[index].scale)
            }
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
        _ index: Int, _ dependsOn: [String: Dependency], isJob: Bool, _ random: inout SeededGenerator
    ) -> Service {
        var settings = ContainerSettings()
        settings.networks["default"] = NetworkAttachment()
        if Bool.random(using: &random) { settings.networks["front"] = NetworkAttachment() }
        if Bool.random(using: &random) { settings.volumes = [VolumeMount(source: .named("data"), target: "/data")] }
        if Int.random(in: 0..<4, using: &random) == 0 {
            settings.volumes.append(VolumeMount(source: .anonymous, target: "/cache"))
        }
        let policies: [RestartPolicy] = [.no, .always, .unlessStopped, .onFailure(maximumRetries: 3)]
        settings.restart = isJob ? .no : policies.randomElement(using: &random) ?? .no
        if !isJob {
            settings.healthcheck = HealthCheck(
                test: ["CMD", "true"], interval: .seconds(20), timeout: .seconds(1), retries: 100)
        }
        settings.environment["VERSION"] = "\(Int.random(in: 1...2, using: &random))"
        settings.labels["mood"] = "\(Int.random(in: 1...2, using: &random))"
        settings.stopGracePeriod = .milliseconds(Int64.random(in: 1...2_000, using: &random))
        let owner = dependsOn.keys.sorted().first { dependsOn[$0]?.condition == .serviceStarted }
        if Int.random(in: 0..<4, using: &random) == 0, let owner {
            settings.networkMode = .service(owner)
            settings.networks = [:]
        }
        var scale = Int.random(in: 0...3, using: &random)
        // One port goes from service to service, as in files that are edited.
        if !isJob, Int.random(in: 0..<5, using: &random) == 0, settings.networkMode == .networks {
            settings.ports = [PublishedPort(published: UInt16(8000 + index % 2)...UInt16(8000 + index % 2), target: 80)]
            scale = min(scale, 1)
        }
        return Service(
            name: "s\(index)", image: "image:\(Int.random(in: 1...2, using: &random))",
            scale: max(scale, isJob ? 1 : 0),
            dependsOn: dependsOn, container: settings)
    }

    /// Two services with one port can't be up together; the file would be at fault.
    static func withoutClashes(_ stack: Stack) -> Stack {
        var made = stack
        var taken: Set<UInt16> = []
        for name in made.services.keys.sorted() {
            let ports = made.services[name]?.container.ports ?? []
            made.services[name]?.container.ports = ports.filter { port in
                port.published.map { taken.insert($0.lowerBound).inserted } ?? true
            }
        }
        return made
    }

    static func behaviours(
        _ stack: Stack, isCalm: Bool, _ random: inout SeededGenerator
    ) -> [String: SimulatedHost.Behaviour] {
        let jobs = jobs(stack)
        return stack.services.keys.sorted().reduce(into: [:]) { result, name in
            var behaviour = SimulatedHost.Behaviour()
            behaviour.healthyAfter = .milliseconds(Int64.random(in: 0...200, using: &random))
            behaviour.reaction =
                Int.random(in: 0..<4, using: &random) == 0
                ? nil : .milliseconds(Int64.random(in: 0...300, using: &random))
            if jobs.contains(name) { behaviour.end = (.milliseconds(Int64.random(in: 1...50, using: &random)), 0) }
            if !isCalm && Int.random(in: 0..<5, using: &random) == 0 {
                behaviour.end = (
                    .milliseconds(Int64.random(in: 0...3_000, using: &random)), Int32.random(in: 0...1, using: &random)
                )
            }
            if !isCalm && Int.random(in: 0..<12, using: &random) == 0 { behaviour.failsToStart = true }
            result[name] = behaviour
        }
    }

    static func command(_ stack: Stack, _ random: inout SeededGenerator) -> StackOrder {
        var lifecycle = LifecycleOptions()
        if Bool.random(using: &random), let service = stack.services.keys.sorted().randomElement(using: &random) {
            lifecycle.services = [service]
        }
        if Bool.random(using: &random) { lifecycle.timeout = .milliseconds(Int64.random(in: 0...50, using: &random)) }
        lifecycle.signal = ["SIGKILL", "SIGTERM", "SIGHUP"].randomElement(using: &random) ?? "SIGKILL"
        let command: StackCommand
        switch Int.random(in: 0..<12, using: &random) {
        case 0: command = .stop(lifecycle)
        case 1: command = .start(lifecycle)
        case 2: command = .restart(lifecycle)
        case 3: command = .kill(lifecycle)
        case 4: command = .down(lifecycle, services: Bool.random(using: &random) ? stack.services.keys.sorted() : nil)
        case 5: command = .prune(until: nil)
        default: command = .up(upOptions(stack, &random))
        }
        var order = StackOrder(command, caller: "test")
        order.stack = stack
        if Int.random(in: 0..<6, using: &random) == 0 { order.waitTimeout = .seconds(2) }
        return order
    }

    private static func upOptions(_ stack: Stack, _ random: inout SeededGenerator) -> PlanOptions {
        var options = PlanOptions()
        options.removeOrphans = Bool.random(using: &random)
        options.forceRecreate = Int.random(in: 0..<6, using: &random) == 0
        options.noRecreate = !options.forceRecreate && Int.random(in: 0..<8, using: &random) == 0
        options.renewAnonVolumes = Int.random(in: 0..<6, using: &random) == 0
        options.noStart = Int.random(in: 0..<8, using: &random) == 0
        options.waitHealthy = Int.random(in: 0..<6, using: &random) == 0
        if Int.random(in: 0..<5, using: &random) == 0 { options.pull = .always }
        if Int.random(in: 0..<4, using: &random) == 0,
            let service = stack.services.keys.sorted().randomElement(using: &random)
        {
            options.services = [service]
        }
        return options
    }
}
