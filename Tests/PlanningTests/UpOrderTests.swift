import Addressing
import Planning
import StackModel
import Testing

private func published(_ ports: PublishedPort...) -> (inout ContainerSettings) -> Void { { $0.ports = ports } }

private let http = PublishedPort(published: 80...80, target: 8080)

/// What can't be had twice at the same time is given up before another container gets it.
@Suite struct UpOrderTests {
    private var removingOrphans: PlanOptions {
        var options = PlanOptions()
        options.removeOrphans = true
        return options
    }

    // MARK: Names

    @Test func whatAnInterruptedRecreationLeftGoesBeforeTheNextRecreation() throws {
        var observed = try ObservedStack(running: stack(service("web")))
        var newer = try #require(observed.containers.first)
        newer.id = "newer"
        newer.created = newer.created + .seconds(1)
        newer.state = .created
        observed.containers.append(newer)
        let plan = try Plan.up(stack(service("web") { $0.tty = true }), observed: observed)
        #expect(
            plan.text == """
                1  stop web-1 10s                   (recreate: tty: false → true)
                2  remove web-1 newer               (remove: left over from a recreation)
                3  create web-1 for id1  after 1,2  (recreate: tty: false → true)
                4  remove web-1 id1      after 3    (recreate: tty: false → true)
                5  start web-1           after 3,4  (recreate: tty: false → true)

                """)
    }

    @Test func aRenamedServiceWithTheSameContainerName() throws {
        let old = stack(service("api") { $0.containerName = "front" })
        let new = stack(service("web") { $0.containerName = "front" })
        let observed = try ObservedStack(running: old).storing(new)
        let plan = try Plan.up(new, observed: observed, options: removingOrphans)
        #expect(plan.orders("stop api-1 10s", before: "remove api-1 id1"))
        #expect(plan.orders("remove api-1 id1", before: "create web-1"))
        #expect(plan.actions.filter { $0 == "remove api-1 id1" }.count == 1)
    }

    @Test func aReplicaThatGoesAwayGivesItsNameUp() throws {
        let old = stack(service("web", scale: 2))
        let new = stack(service("web"), service("second") { $0.containerName = "demo-web-2" })
        let plan = try Plan.up(new, observed: ObservedStack(running: old).storing(new))
        #expect(plan.orders("remove web-2 id2", before: "create second-1"))
    }

    /// Both services stay; only the name moves.
    @Test func aNameMovesFromOneServiceToAnother() throws {
        let old = stack(service("api") { $0.containerName = "front" }, service("web"))
        let new = stack(service("api"), service("web") { $0.containerName = "front" })
        let plan = try Plan.up(new, observed: ObservedStack(running: old))
        #expect(plan.orders("remove api-1 id1", before: "create web-1 for id2"), "\(plan.text)")
    }

    // MARK: Ports

    @Test func aRemovedServiceGivesItsPortUp() throws {
        let old = stack(service("api", published(http)))
        let new = stack(service("web", published(http)))
        let observed = try ObservedStack(running: old).storing(new)
        let plan = try Plan.up(new, observed: observed, options: removingOrphans)
        #expect(plan.orders("stop api-1 10s", before: "start web-1"))
        // Making it needs no port.
        #expect(!plan.orders("stop api-1 10s", before: "create web-1"))
        // Nobody asked for the old one to go; whether it can start is seen then.
        #expect(try !Plan.up(new, observed: observed).actions.contains("stop api-1 10s"))
    }

    @Test func portsChangePlaces() throws {
        let other = PublishedPort(published: 81...81, target: 8080)
        let old = stack(service("a", published(http)), service("b", published(other)))
        let new = stack(service("a", published(other)), service("b", published(http)))
        let plan = try Plan.up(new, observed: ObservedStack(running: old))
        for (stopped, started) in [("a", "b"), ("b", "a")] {
            #expect(plan.orders("stop \(stopped)-1 10s", before: "start \(started)-1"))
        }
    }

    @Test func aContainerThatRestsHoldsNoPort() throws {
        let old = stack(service("api", published(http)))
        let new = stack(service("web", published(http)))
        let observed = try ObservedStack(running: old).storing(new)
            .changing("demo-api-1") { $0.state = .exited(code: 0) }
        let plan = try Plan.up(new, observed: observed, options: removingOrphans)
        #expect(plan.actions.contains("remove api-1 id1"))
        #expect(!plan.actions.contains { $0.hasPrefix("stop") })
    }

    private static let loopback = IPAddress.v4(.loopback)
    private static let elsewhere = IPAddress.v4(IPv4Address(10, 0, 0, 1))

    @Test(
        arguments: [
            (http, http, true),
            (http, PublishedPort(published: 80...80, target: 1), true),
            (http, PublishedPort(published: 81...81, target: 8080), false),
            (PublishedPort(published: 80...90, target: 1), PublishedPort(published: 90...99, target: 1), true),
            (PublishedPort(published: 80...89, target: 1), PublishedPort(published: 90...99, target: 1), false),
            (http, PublishedPort(published: 80...80, target: 8080, protocol: .udp), false),
            (http, PublishedPort(hostIP: loopback, published: 80...80, target: 1), true),
            (PublishedPort(hostIP: loopback, published: 80...80, target: 1), http, true),
            (
                PublishedPort(hostIP: loopback, published: 80...80, target: 1),
                PublishedPort(hostIP: elsewhere, published: 80...80, target: 1), false
            ),
            (http, PublishedPort(published: nil, target: 8080), false),
            (PublishedPort(published: nil, target: 8080), PublishedPort(published: nil, target: 8080), false),
        ] as [(PublishedPort, PublishedPort, Bool)])
    func portsThatClash(_ held: PublishedPort, _ wanted: PublishedPort, _ isOrdered: Bool) throws {
        let old = stack(service("api", published(held)))
        let new = stack(service("web", published(wanted)))
        let observed = try ObservedStack(running: old).storing(new)
        let plan = try Plan.up(new, observed: observed, options: removingOrphans)
        #expect(plan.orders("stop api-1 10s", before: "start web-1") == isOrdered)
    }
}

/// Who makes the container that a step is about.
@Suite struct MakerTests {
    private static let pair = stack(
        service("db"), service("web", after: ["db": Dependency(condition: .serviceHealthy)]))

    /// `start db-1: 2`, for the steps with a maker.
    private static func makers(_ plan: Plan) -> [String] {
        plan.steps.compactMap { step in step.maker.map { "\(step.action): \(plan.steps[$0 - 1].action)" } }
    }

    @Test func stepsNameTheMakerOfANewContainer() throws {
        let plan = try Plan.up(Self.pair, observed: ObservedStack(nothingOf: Self.pair))
        #expect(
            Self.makers(plan) == [
                "start db-1: create db-1", "wait until db-1 is healthy: create db-1", "start web-1: create web-1",
            ])
    }

    @Test func aReplacementHasAMakerAndItsPredecessorHasNone() throws {
        var changed = Self.pair
        changed.services["db"]?.container.tty = true
        changed.services["db"]?.scale = 2
        let plan = try Plan.up(changed, observed: ObservedStack(running: Self.pair, health: .healthy))
        #expect(
            Self.makers(plan) == [
                "start db-1: create db-1 for id1", "wait until db-1 is ready: create db-1 for id1",
                "stop db-1 10s: create db-1 for id1", "remove db-1 with volumes: create db-1 for id1",
                "start db-2: create db-2",
            ])
        let removal = try #require(plan.steps.first { $0.action.description == "remove db-1 id1" })
        #expect(removal.maker == nil)
    }

    @Test func whatExistsNeedsNoMaker() throws {
        var observed = try ObservedStack(running: Self.pair)
        for index in observed.containers.indices { observed.containers[index].state = .exited(code: 1) }
        let plans = [
            try Plan.up(Self.pair, observed: observed), try Plan.start(observed: observed),
            try Plan.down(observed: ObservedStack(running: Self.pair)),
            try Plan.restart(observed: ObservedStack(running: Self.pair)),
        ]
        for plan in plans {
            #expect(!plan.isEmpty)
            #expect(plan.steps.allSatisfy { $0.maker == nil })
            #expect(plan.steps.compactMap(\.action.container).allSatisfy { $0.id != nil })
        }
    }
}

extension UpOrderTests {
    @Test func containersExchangeTheirNames() throws {
        let old = stack(service("a") { $0.containerName = "one" }, service("b") { $0.containerName = "two" })
        let new = stack(service("a") { $0.containerName = "two" }, service("b") { $0.containerName = "one" })
        let observed = try ObservedStack(running: old)
        let plan = try Plan.up(new, observed: observed)
        #expect(plan.isOrdered)
        let creations = plan.steps.compactMap { step -> Replacement? in
            if case .createContainer(_, _, let replaced) = step.action { replaced } else { nil }
        }
        // One of them waits for the other's holder to go; that one is told that its holder goes, too.
        #expect(creations.count == 2)
        #expect(creations.compactMap(\.formerHolder).count == 1, "\(plan.text)")
    }
}
