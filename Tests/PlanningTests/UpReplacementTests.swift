import Addressing
import Planning
import StackModel
import Testing

private func web(
    scale: Int = 1, update: UpdateSettings? = nil, _ change: (inout ContainerSettings) -> Void = { _ in }
) -> Stack {
    var web = service("web", scale: scale) {
        $0.ports = [PublishedPort(published: 8080...8080, target: 80)]
        change(&$0)
    }
    web.update = update
    return stack(web, volumes: ["data": StackVolume(name: "demo_data")])
}

private func updated(_ stack: Stack) -> Stack {
    var new = stack
    new.services["web"]?.container.environment["A"] = "1"
    return new
}

/// The plan of an update of the stack's environment, when all of it runs and is healthy.
private func plan(
    _ stack: Stack, _ change: (inout ObservedContainer) -> Void = { _ in }, options: PlanOptions = .init()
) throws -> Plan {
    let observed = try ObservedStack(running: stack, health: .healthy).changing("demo-web-1", change)
    return try Plan.up(updated(stack), observed: observed, options: options)
}

@Suite("Containers that are replaced while they serve") struct UpReplacementTests {
    @Test("The new one is ready before the old one stops, one after the other, and what fails is taken back")
    func startFirst() throws {
        let plan = try plan(web(scale: 2))
        #expect(
            plan.text == """
                 1  create web-1 for id1                        (recreate: environment.A: none → "1")
                 2  start web-1                after 1          (recreate: environment.A: none → "1")
                 3  wait until web-1 is ready  after 2          (before the old one stops)
                 4  stop web-1 10s             after 3          (recreate: environment.A: none → "1")
                 5  remove web-1 id1           after 4          (recreate: environment.A: none → "1")
                 6  stop web-1 10s             after 2✗,3✗      (take back: the old one serves on)
                 7  remove web-1 with volumes  after 6,2✗,3✗    (take back: the old one serves on)
                 8  create web-2 for id2       after 5          (recreate: environment.A: none → "1")
                 9  start web-2                after 8          (recreate: environment.A: none → "1")
                10  wait until web-2 is ready  after 9          (before the old one stops)
                11  stop web-2 10s             after 10         (recreate: environment.A: none → "1")
                12  remove web-2 id2           after 11         (recreate: environment.A: none → "1")
                13  stop web-2 10s             after 9✗,10✗     (take back: the old one serves on)
                14  remove web-2 with volumes  after 13,9✗,10✗  (take back: the old one serves on)

                """)
    }

    @Test("Nothing is torn down before its turn: the second waits until the first is through")
    func turns() throws {
        let one = try plan(web(scale: 3))
        #expect(one.orders("wait until web-1 is ready", before: "stop web-1 10s"))
        #expect(one.orders("remove web-1 id1", before: "create web-2 for id2"))
        #expect(one.orders("remove web-2 id2", before: "create web-3 for id3"))
        let two = try plan(web(scale: 3, update: UpdateSettings(parallelism: 2)))
        #expect(!two.orders("remove web-1 id1", before: "create web-2 for id2"))
        #expect(two.orders("remove web-1 id1", before: "create web-3 for id3"))
        let all = try plan(web(scale: 3, update: UpdateSettings(parallelism: 0)))
        #expect(!all.orders("remove web-1 id1", before: "create web-3 for id3"))
    }

    @Test("What can't run twice stops first, and the plan says why")
    func stopFirst() throws {
        let bind = VolumeMount(source: .bind(path: "/d", create: false, propagation: nil), target: "/d")
        try expectStopFirst("its name is its own") { $0.containerName = "demo-web-1" }
        try expectStopFirst("its address is its own") {
            $0.networks["default"]?.ipv4Address = IPv4Address("10.1.1.9")
        }
        try expectStopFirst("its network is not its own") { $0.networkMode = .host }
        try expectStopFirst("it writes to a volume") {
            $0.volumes = [VolumeMount(source: .named("data"), target: "/d")]
        }
        try expectStopFirst("it writes to a volume") { $0.volumes = [bind] }
        try expectStopFirst("its ports are any of a range") {
            $0.ports = [PublishedPort(published: 8080...8089, target: 80)]
        }
    }

    private func expectStopFirst(_ reason: String, _ change: (inout ContainerSettings) -> Void) throws {
        let plan = try plan(web(change))
        #expect(plan.orders("stop web-1 10s", before: "start web-1"), "\(plan.text)")
        #expect(plan.changes.first?.cause.hasSuffix("; stops first: \(reason)") == true, "\(plan.text)")
    }

    @Test("Volumes of the container's own, the image's too, are never written by two")
    func ownVolumes() throws {
        let plan = try plan(web(update: UpdateSettings(order: .startFirst)), { $0.hasOwnVolumes = true })
        #expect(plan.orders("stop web-1 10s", before: "start web-1"))
    }

    @Test("The file has the last word where both orders are possible")
    func order() throws {
        let writer: (inout ContainerSettings) -> Void = {
            $0.volumes = [VolumeMount(source: .named("data"), target: "/d")]
        }
        let first = try plan(web(update: UpdateSettings(order: .startFirst), writer))
        #expect(first.orders("start web-1", before: "stop web-1 10s"))
        let last = try plan(web(scale: 2, update: UpdateSettings(order: .stopFirst)))
        #expect(last.orders("stop web-1 10s", before: "start web-1"))
        let alone = stack(service("web"))
        #expect(try PlanningTests.plan(alone).orders("stop web-1 10s", before: "start web-1"))
    }

    @Test("A port that goes to another service is free before that one starts")
    func movedPort() throws {
        let old = web()
        var new = stack(service("web"), service("api") { $0.ports = old.services["web"]!.container.ports })
        new.services["web"]?.container.environment["A"] = "1"
        new.services["web"]?.container.ports = [PublishedPort(published: 9090...9090, target: 80)]
        let observed = try ObservedStack(running: old, health: .healthy).storing(new)
        let plan = try Plan.up(new, observed: observed)
        #expect(plan.orders("stop web-1 10s", before: "start api-1"), "\(plan.text)")
    }

    @Test("Whoever shares its network follows it, so that it stops first")
    func shared() throws {
        var stack = web()
        stack.services["side"] = service("side", networks: []) { $0.networkMode = .service("web") }
        #expect(try plan(stack).orders("stop web-1 10s", before: "start web-1"))
    }

    @Test(
        "After an interruption what serves goes on, and the other one goes",
        arguments: [
            (HealthStatus.starting, HealthStatus.healthy, "old"), (.healthy, .healthy, "new"),
            (.starting, .unhealthy, "new"),
        ])
    func interrupted(new: HealthStatus, old: HealthStatus, standing: String) throws {
        let stack = web()
        var observed = try ObservedStack(running: stack, health: old)
        var second = observed.containers[0]
        second.id = "new"
        second.created = Instant(nanoseconds: 99)
        second.health = new
        observed.containers[0].id = "old"
        observed.containers.append(second)
        let plan = try Plan.up(stack, observed: observed)
        #expect(plan.actions == ["stop web-1 10s", "remove web-1 \(standing == "old" ? "new" : "old")"])
    }
}
