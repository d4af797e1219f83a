import Planning
import StackModel
import Testing

private let healthy = Dependency(condition: .serviceHealthy)

/// A database, a migration that runs to its end, two web servers and an optional cache.
private func shop() -> Stack {
    stack(
        service("db", image: "postgres:17") {
            $0.volumes = [VolumeMount(source: .named("data"), target: "/var/lib/postgresql")]
            $0.environment = ["LOG_LEVEL": "info"]
            $0.stopGracePeriod = .seconds(30)
        },
        service("migrate", image: "app", after: ["db": healthy]),
        service(
            "web", image: "app", scale: 2,
            after: [
                "migrate": Dependency(condition: .serviceCompletedSuccessfully),
                "db": Dependency(condition: .serviceHealthy, restart: true), "cache": Dependency(required: false),
            ], networks: ["default", "front"]),
        service("cache", image: "redis"),
        volumes: ["data": StackVolume(name: "demo_data")])
}

/// What an `up` of it leaves.
private func running(_ stack: Stack) throws -> ObservedStack {
    try ObservedStack(running: stack, health: .healthy, jobs: ["migrate"])
}

@Suite struct UpPlanTests {
    @Test func firstUp() throws {
        var observed = ObservedStack(name: "demo")
        observed.images = [
            "redis": ObservedImage(stored: "sha256:redis"), "app": ObservedImage(registry: registry("app")),
            "postgres:17": ObservedImage(registry: registry("postgres:17")),
        ]
        let plan = try Plan.up(shop(), observed: observed)
        #expect(
            plan.text == """
                 1  pull postgres:17                                       (pull: not in the store)
                 2  pull app                                               (pull: not in the store)
                 3  create network demo_default                            (create: missing)
                 4  create network demo_front                              (create: missing)
                 5  create volume demo_data                                (create: missing)
                 6  create cache-1                      after 3            (create: missing)
                 7  start cache-1                       after 6            (create: missing)
                 8  create db-1                         after 1,3,5        (create: missing)
                 9  start db-1                          after 8            (create: missing)
                10  create migrate-1                    after 2,3          (create: missing)
                11  wait until db-1 is healthy          after 9            (for migrate, web)
                12  start migrate-1                     after 10,11        (create: missing)
                13  create web-1                        after 2,3,4        (create: missing)
                14  wait until migrate-1 has completed  after 12           (for web)
                15  start web-1                         after 11,13,14,7?  (create: missing)
                16  create web-2                        after 2,3,4        (create: missing)
                17  start web-2                         after 11,14,16,7?  (create: missing)

                """)
        #expect(plan.changes.map(\.description).first == "cache-1: create (missing)")
    }

    @Test func secondUpIsEmpty() throws {
        let stack = shop()
        let observed = try running(stack)
        let plan = try Plan.up(stack, observed: observed)
        #expect(plan.isEmpty, "\(plan.text)")
        #expect(plan == Plan())
    }

    @Test func recreationRestartsDependentsAndRunsJobsAgain() throws {
        var stack = shop()
        let observed = try running(stack)
        stack.services["db"]?.container.environment["LOG_LEVEL"] = "debug"
        let plan = try Plan.up(stack, observed: observed)
        #expect(
            plan.text == """
                 1  stop web-1 10s                                   (restart: depends_on.db.restart: db is recreated)
                 2  stop web-2 10s                                   (restart: depends_on.db.restart: db is recreated)
                 3  stop db-1 30s                       after 1,2    (recreate: environment.LOG_LEVEL: "info" → "debug")
                 4  create db-1 for id2                 after 3      (recreate: environment.LOG_LEVEL: "info" → "debug")
                 5  remove db-1 id2                     after 4      (recreate: environment.LOG_LEVEL: "info" → "debug")
                 6  start db-1                          after 4,5    (recreate: environment.LOG_LEVEL: "info" → "debug")
                 7  wait until db-1 is healthy          after 6      (for migrate, web)
                 8  start migrate-1                     after 7      (start: exited 0, runs again before web)
                 9  wait until migrate-1 has completed  after 8      (for web)
                10  start web-1                         after 1,7,9  (restart: depends_on.db.restart: db is recreated)
                11  start web-2                         after 2,7,9  (restart: depends_on.db.restart: db is recreated)

                """)
        #expect(try Plan.up(stack, observed: running(stack)).isEmpty)
    }

    @Test func aRunningContainerComesToANetworkWhenItIsMade() throws {
        let before = stack(service("web"))
        let observed = try ObservedStack(running: before)
        let after = stack(service("web", networks: ["front"]))
        let plan = try Plan.up(after, observed: observed)
        let cause =
            "networks.default.aliases: [\"web\"] → none, networks.default.priority: 0 → none, "
            + "networks.front.aliases: none → [\"web\"], networks.front.priority: none → 0"
        #expect(
            plan.text == """
                1  create network demo_front           (create: missing)
                2  update web-1               after 1  (update: \(cause))

                """)
    }

    @Test func changedNetworkIsMadeAnewWithItsContainers() throws {
        var stack = shop()
        let observed = try running(stack)
        stack.networks["front"]?.isInternal = true
        stack.services["cache"] = nil
        stack.services["web"]?.dependsOn["cache"] = nil
        var options = PlanOptions()
        options.removeOrphans = true
        options.scale = ["web": 1]
        options.waitHealthy = true
        let plan = try Plan.up(stack, observed: observed, options: options)
        #expect(
            plan.text
                == """
                 1  stop web-1 10s                                   (recreate: networks.front.internal: false → true)
                 2  stop web-2 10s                                   (remove: scaled down to 1)
                 3  stop cache-1 10s                                 (remove: orphan: no service "cache" in the file)
                 4  remove network demo_front           after 1,2    (recreate: internal: false → true)
                 5  create network demo_front           after 4      (recreate: internal: false → true)
                 6  start migrate-1                                  (start: exited 0, runs again before web)
                 7  create web-1 for id4                after 1,5    (recreate: networks.front.internal: false → true)
                 8  remove web-1 id4                    after 7      (recreate: networks.front.internal: false → true)
                 9  wait until migrate-1 has completed  after 6      (for web)
                10  start web-1                         after 7,8,9  (recreate: networks.front.internal: false → true)
                11  remove web-2 id5                    after 2      (remove: scaled down to 1)
                12  remove cache-1 id1                  after 3      (remove: orphan: no service "cache" in the file)
                13  wait until web-1 is ready           after 10     (--wait)

                """)
        stack.services["web"]?.scale = 1
        let afterwards = try running(stack)
        stack.services["web"]?.scale = 2
        #expect(
            try Plan.up(stack, observed: afterwards).changes.map(\.description) == [
                "migrate-1: start (exited 0, runs again before web)", "web-2: create (scaled up to 2)",
            ])
    }

    @Test func orphansAreNamedAndLeft() throws {
        var stack = shop()
        let observed = try running(stack)
        stack.services["cache"] = nil
        stack.services["web"]?.dependsOn["cache"] = nil
        let plan = try Plan.up(stack, observed: observed)
        #expect(plan.isEmpty)
        #expect(
            plan.warnings == [
                "orphans, whose services aren't in the file: demo-cache-1: --remove-orphans removes them"
            ])
        stack.disabledServices = ["cache"]
        #expect(try Plan.up(stack, observed: observed).warnings.isEmpty)
    }

    @Test func orphanOnChangedNetworkKeepsIt() throws {
        var stack = shop()
        let observed = try running(stack)
        stack.networks["default"]?.labels = ["a": "b"]
        stack.services["cache"] = nil
        stack.services["web"]?.dependsOn["cache"] = nil
        let plan = try Plan.up(stack, observed: observed)
        #expect(plan.isEmpty, "\(plan.text)")
        #expect(plan.warnings.first?.hasPrefix("network demo_default changed in the file, but demo-cache-1") == true)
    }

    @Test func pullsAreSharedAndComeBeforeStops() throws {
        let old = stack(service("a", image: "x:1"), service("b", image: "x:1"))
        var observed = try ObservedStack(running: old)
        observed.images["x:2"] = ObservedImage(registry: registry("x:2"))
        let new = stack(service("a", image: "x:2"), service("b", image: "x:2"))
        let plan = try Plan.up(new, observed: observed)
        #expect(plan.steps.filter { if case .pullImage = $0.action { true } else { false } }.count == 1)
        let stops = plan.steps.filter { if case .stopContainer = $0.action { true } else { false } }
        #expect(stops.map(\.after) == [[1], [1]])
    }
}
