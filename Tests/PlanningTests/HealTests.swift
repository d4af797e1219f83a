import Planning
import StackModel
import Testing

private let app = stack(
    service("db") { $0.volumes = [VolumeMount(source: .named("data"), target: "/data")] },
    service("web", scale: 2, after: ["db": Dependency(restart: true)]),
    volumes: ["data": StackVolume(name: "demo_data")])

private let wanted = ["db": 1, "web": 2]

@Suite struct HealTests {
    /// `change`: what happened since everything was there.
    private func healed(
        _ file: Stack = app, replicas: [String: Int] = wanted, _ change: (inout ObservedStack) -> Void
    ) throws -> Plan {
        var observed = try ObservedStack(running: app)
        change(&observed)
        let plan = try Plan.heal(file, observed: observed, replicas: replicas)
        #expect(plan.isOrdered)
        return plan
    }

    @Test func whatIsThereStaysWhateverItIs() throws {
        var file = app
        file.services["web"]?.container.tty = true
        file.services["db"]?.image = "other"
        file.networks["default"]?.isInternal = true
        #expect(try healed { _ in }.isEmpty)
        #expect(try healed(file) { _ in }.isEmpty)
        let states: [ContainerState] = [.created, .restarting(exitCode: 1), .exited(code: 1)]
        for state in states {
            #expect(try healed { $0 = $0.changing("demo-web-1") { $0.state = state } }.isEmpty, "\(state)")
        }
    }

    @Test func whatIsMissingIsMade() throws {
        #expect(try healed { $0.containers.removeAll { $0.number == 2 } }.actions == ["create web-2", "start web-2"])
        #expect(
            try healed { $0.containers.removeAll { $0.service == "web" && $0.number == 1 } }.actions
                == ["create web-1", "start web-1"])
        let everything = try healed { $0.containers = [] }
        #expect(
            everything.changes.map(\.description)
                == ["db-1: create (missing)", "web-1: create (missing)", "web-2: create (missing)"])
        #expect(everything.orders("start db-1", before: "start web-1"))
    }

    /// Nobody asked for anything: those that depend on it go on.
    @Test func othersAreLeftAlone() throws {
        let plan = try healed { $0.containers.removeAll { $0.service == "db" } }
        #expect(plan.actions == ["create db-1", "start db-1"])
    }

    @Test func networksAndVolumesAreMadeForIt() throws {
        let plan = try healed {
            $0.containers = []
            $0.networks = [:]
            $0.volumes = [:]
        }
        #expect(plan.orders("create network demo_default", before: "create db-1"))
        #expect(plan.orders("create volume demo_data", before: "create db-1"))
    }

    @Test func onlyWhatIsWanted() throws {
        #expect(try healed(replicas: [:]) { $0.containers = [] }.isEmpty)
        #expect(try healed(replicas: ["gone": 3]) { $0.containers = [] }.isEmpty)
        #expect(try healed(replicas: ["db": 1]) { $0.containers = [] }.actions == ["create db-1", "start db-1"])
        #expect(try healed(replicas: ["db": 1, "web": 0]) { $0.containers = [] }.changes.count == 1)
        #expect(try healed(replicas: ["db": 1, "web": 3]) { _ in }.actions == ["create web-3", "start web-3"])
    }

    @Test func nothingIsRemoved() throws {
        #expect(try healed(replicas: ["db": 1, "web": 1]) { _ in }.isEmpty)
        let twins = try healed { observed in
            observed.containers += observed.containers.map { container in
                var twin = container
                twin.id += "b"
                twin.state = .created
                return twin
            }
        }
        #expect(twins.isEmpty, "\(twins.text)")
    }
}
