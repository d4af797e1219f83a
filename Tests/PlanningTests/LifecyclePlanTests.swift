import Planning
import StackModel
import Testing

private let app = stack(
    service("db") {
        $0.volumes = [VolumeMount(source: .named("data"), target: "/data")]; $0.stopSignal = .interrupt
    },
    service("web", scale: 2, after: ["db": Dependency(condition: .serviceHealthy, restart: true)]),
    volumes: ["data": StackVolume(name: "demo_data")])

@Suite struct LifecyclePlanTests {
    @Test func downWithoutFile() throws {
        var options = LifecycleOptions()
        options.volumes = true
        options.timeout = .seconds(1)
        let plan = try Plan.down(observed: ObservedStack(running: app), options: options)
        #expect(
            plan.text
                == """
                1  stop web-1 1s                               (remove: down)
                2  stop web-2 1s                               (remove: down)
                3  stop db-1 SIGINT 1s            after 1,2    (remove: down)
                4  remove web-1 id2 with volumes  after 1      (remove: down)
                5  remove web-2 id3 with volumes  after 2      (remove: down)
                6  remove db-1 id1 with volumes   after 3      (remove: down)
                7  remove network demo_default    after 4,5,6  (remove: down)
                8  remove volume demo_data        after 6      (remove: down with volumes)

                """)
    }

    @Test func downKeepsOrphansAndWhatTheyUse() throws {
        let observed = try ObservedStack(running: app)
        var file = app
        file.services["web"] = nil
        let plan = try Plan.down(observed: observed, stack: file)
        #expect(plan.changes.map(\.description) == ["db-1: remove (down)"])
        #expect(plan.warnings.map { String($0.prefix(28)) } == ["network demo_default stays: "])
        var options = LifecycleOptions()
        options.removeOrphans = true
        #expect(try Plan.down(observed: observed, stack: file, options: options).changes.count == 3)
    }

    @Test func downOfNothingIsEmpty() throws {
        #expect(try Plan.down(observed: ObservedStack(name: "demo"), stack: app).isEmpty)
    }

    @Test func stopAndStart() throws {
        var observed = try ObservedStack(running: app, health: .healthy)
        let stop = try Plan.stop(observed: observed)
        #expect(stop.steps.map(\.action.description) == ["stop web-1 10s", "stop web-2 10s", "stop db-1 SIGINT 10s"])
        #expect(try Plan.start(observed: observed).isEmpty)
        for index in observed.containers.indices {
            observed.containers[index].state = .exited(code: 0)
            observed.containers[index].health = .none
        }
        #expect(try Plan.stop(observed: observed).isEmpty)
        var options = LifecycleOptions()
        options.services = ["web"]
        let start = try Plan.start(observed: observed, options: options)
        #expect(
            start.text == """
                1  start db-1                           (start: exited 0)
                2  wait until db-1 is healthy  after 1  (for web)
                3  start web-1                 after 2  (start: exited 0)
                4  start web-2                 after 2  (start: exited 0)

                """)
    }

    @Test func restartTakesFollowersAlong() throws {
        var options = LifecycleOptions()
        options.services = ["db"]
        let plan = try Plan.restart(observed: ObservedStack(running: app), options: options)
        #expect(
            plan.changes.map(\.description) == [
                "db-1: restart", "web-1: restart (depends_on.db.restart: db is restarted)",
                "web-2: restart (depends_on.db.restart: db is restarted)",
            ])
        options.noDependents = true
        #expect(
            try Plan.restart(observed: ObservedStack(running: app), options: options).changes.map(\.description)
                == ["db-1: restart"])
        options.services = ["web"]
        #expect(try Plan.restart(observed: ObservedStack(running: app), options: options).changes.count == 2)
    }

    @Test func startThatWaitsEndsWhenEverythingIsReady() throws {
        let observed = try ObservedStack(running: app).changing("demo-web-2") { $0.state = .exited(code: 1) }
        var options = LifecycleOptions()
        options.waitHealthy = true
        let plan = try Plan.start(observed: observed, options: options)
        #expect(plan.orders("start web-2", before: "wait until web-2 is ready"), "\(plan.text)")
        #expect(plan.actions.contains("start web-1") == false)
    }

    @Test func killLeavesOrphansAloneUnlessToldOtherwise() throws {
        let observed = try ObservedStack(running: app)
        var options = LifecycleOptions()
        options.knownServices = ["db"]
        #expect(try Plan.kill(observed: observed, options: options).changes.map(\.container.service) == ["db"])
        options.knownServices = nil
        #expect(try Plan.kill(observed: observed, options: options).changes.count == 3)
    }

    @Test func killAndRemove() throws {
        let observed = try ObservedStack(running: app).changing("demo-web-2") { $0.state = .exited(code: 1) }
        #expect(try Plan.kill(observed: observed).steps.map(\.after) == [[], []])
        #expect(try Plan.remove(observed: observed).changes.map(\.description) == ["web-2: remove (rm)"])
        var options = LifecycleOptions()
        options.stopFirst = true
        #expect(try Plan.remove(observed: observed, options: options).steps.count == 5)
        options.onlyOneOffs = true
        #expect(try Plan.remove(observed: observed, options: options).isEmpty)
    }

    @Test func circlesInRecordsAreCut() throws {
        let observed = try ObservedStack(running: app).changing("demo-db-1") { $0.dependsOn = ["web": Dependency()] }
        #expect(try Plan.down(observed: observed).isOrdered)
        #expect(throws: PlanError.unknownService("x", known: ["db", "web"], disabled: false)) {
            var options = LifecycleOptions()
            options.services = ["x"]
            _ = try Plan.stop(observed: observed, options: options)
        }
    }
}
