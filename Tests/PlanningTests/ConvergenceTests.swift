import Planning
import StackModel
import Testing

/// A small generator whose sequence its seed decides (SplitMix64's constants).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}

/// Whatever the stack, whatever it was before, wherever the last attempts were interrupted: one `up` that gets to its
/// end is enough, and `down` leaves nothing.
@Suite struct ConvergenceTests {
    @Test(arguments: UInt64(1)...60)
    func converges(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var host = SimulatedHost(ObservedStack(name: "demo"), stack: Self.randomStack(&random))
        host.health = .healthy
        for _ in 0..<6 {
            host.stack = Self.randomStack(&random)
            host.jobs = Self.jobs(host.stack)
            for _ in 0..<Int.random(in: 0...2, using: &random) {
                let plan = try host.plan()
                try host.carryOut(plan, limit: Int.random(in: 0...plan.steps.count, using: &random))
                host.disturb(&random)
            }
            try host.carryOut(host.plan())
            // What runs to its end without anybody waiting for it runs again with every `up`; there is no such job.
            let rest = try host.plan()
            #expect(rest.isEmpty, "\(rest.text)")
        }
        var options = LifecycleOptions()
        options.volumes = true
        let down = try Plan.down(observed: host.observed, options: options)
        try host.carryOut(down, limit: down.steps.count / 2)
        try host.carryOut(Plan.down(observed: host.observed, options: options))
        #expect(host.observed == ObservedStack(name: "demo"))
    }

    private static func jobs(_ stack: Stack) -> Set<String> {
        Set(
            stack.services.values.flatMap { service in
                service.dependsOn.filter { $0.value.condition == .serviceCompletedSuccessfully }.keys
            })
    }

    private static func randomStack(_ random: inout SeededGenerator) -> Stack {
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
            services.append(randomService("s\(index)", dependsOn, &random))
        }
        for job in jobs { services[count - 1].dependsOn["s\(job)"] = completed }
        var made = Stack(name: "demo", workingDirectory: "/")
        for service in services { made.services[service.name] = service }
        for key in ["default", "front"] {
            made.networks[key] = StackNetwork(
                name: "demo_\(key)", isInternal: Int.random(in: 0..<4, using: &random) == 0)
        }
        made.volumes["data"] = StackVolume(name: "demo_data")
        return made
    }

    private static let completed = Dependency(condition: .serviceCompletedSuccessfully)

    private static func randomService(
        _ name: String, _ dependsOn: [String: Dependency], _ random: inout SeededGenerator
    ) -> Service {
        let version = Int.random(in: 1...2, using: &random)
        let networks = Bool.random(using: &random) ? ["default"] : ["default", "front"]
        let usesVolume = Bool.random(using: &random)
        let owner = dependsOn.keys.sorted().first { dependsOn[$0]?.condition == .serviceStarted }
        let shares = Int.random(in: 0..<4, using: &random) == 0
        return service(
            name, image: "image:\(version)", scale: Int.random(in: 0...3, using: &random), after: dependsOn,
            networks: networks
        ) { settings in
            if usesVolume { settings.volumes = [VolumeMount(source: .named("data"), target: "/data")] }
            if shares, let owner {
                settings.networkMode = .service(owner)
                settings.networks = [:]
            }
        }
    }
}

extension SimulatedHost {
    fileprivate func plan() throws -> Plan {
        var options = PlanOptions()
        options.removeOrphans = true
        return try Plan.up(stack, observed: observed, imageIDs: images, options: options)
    }

    /// What happens to hosts: containers die, are half made, lose their network.
    fileprivate mutating func disturb(_ random: inout SeededGenerator) {
        for index in observed.containers.indices where Int.random(in: 0..<4, using: &random) == 0 {
            let container = observed.containers[index]
            observed.containers[index].state =
                container.state == .created ? .incomplete : .exited(code: Int32.random(in: 0...1, using: &random))
        }
        if Int.random(in: 0..<8, using: &random) == 0 {
            let alive = observed.containers.contains { $0.state.isAlive }
            if !alive { observed.networks = [:] }
        }
    }
}
