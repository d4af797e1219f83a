import Containers
import ControlAPI
import Planning
import StackModel
import Synchronization
import Testing

@testable import Orchestration

@Suite(.timeLimit(.minutes(5))) struct ConvergenceTests {
    private static func up(_ stack: Stack = Samples.stack()) -> StackOrder {
        var order = StackOrder(.up(PlanOptions()), caller: "test")
        order.stack = stack
        return order
    }

    private static func round(
        _ host: SimulatedHost, _ supervisor: SimulatedSupervisor, _ events: ToldEvents = ToldEvents(),
        departure: Departure = Departure()
    ) -> Convergence {
        let effects = SimulatedStacks(host: host, supervisor: supervisor.number)
        return Convergence(
            name: "demo", table: supervisor.table, effects: effects, registries: effects,
            logs: ContainerLogs(locations: Locations(root: "/nowhere", runRoot: "/nowhere")), departure: departure,
            events: events.sink)
    }

    @Test func whatIsWantedIsWrittenDownAndMadeTrue() throws {
        let (ledger, running, outcomes) = try Simulated.run { host, supervisor in
            let first = try await Self.round(host, supervisor).run(Self.up())
            let second = try await Self.round(host, supervisor).run(Self.up())
            return (host.state.withLock { $0.disk.ledgers["demo"] }, host.running, [first, second])
        }
        #expect(running == ["demo-web-1"])
        #expect(outcomes.map(\.unchanged) == [false, true])
        #expect(ledger?.replicas == ["web": 1] && ledger?.pending == nil && ledger?.state == .up)
        // That nothing had to be done is no new revision.
        #expect(ledger?.revisions.map(\.images) == [["app:1": "sha256:app:1"]])
    }

    @Test func aDryRunTellsThePlanAndChangesNothing() throws {
        let (told, effects, disk) = try Simulated.run { host, supervisor in
            let events = ToldEvents()
            var order = Self.up()
            order.isDryRun = true
            host.state.withLock { $0.disk.images["app:1"] = "sha256:app:1" }
            let before = host.state.withLock { $0.effects }
            _ = try await Self.round(host, supervisor, events).run(order)
            return (events.all, host.state.withLock { $0.effects } - before, host.state.withLock { $0.disk })
        }
        #expect(told.count == 1 && told.first?.contains("create web-1") == true, "\(told)")
        #expect(effects == 0)
        #expect(disk.ledgers.isEmpty && disk.records.isEmpty)
    }

    /// What a user gave up is not gone on with behind his back; what this supervisor can't finish the next one does.
    @Test(arguments: [(false, true), (true, false)])
    func aFailedCommandIsPendingOnlyForTheNextSupervisor(isLeaving: Bool, isOver: Bool) throws {
        let ledger = try Simulated.run { host, supervisor in
            host.behave("web") { $0.reaction = nil }
            let departure = Departure()
            let work = Task(executorPreference: host.executor) {
                // Nobody's health is ever known, so that this waits until it is told to end.
                host.behave("web") { $0.healthyAfter = .seconds(1_000_000) }
                var stack = Samples.stack(["web": [], "front": ["web"]])
                stack.services["web"]?.container.healthcheck = HealthCheck(
                    test: ["CMD", "true"], interval: .seconds(20), startPeriod: .seconds(1_000_000))
                return try await Self.round(host, supervisor, departure: departure).run(Self.up(stack))
            }
            while host.running != ["demo-web-1"] { try await host.rest(.milliseconds(5)) }
            #expect(host.state.withLock { $0.disk.ledgers["demo"] }?.pending != nil)
            if isLeaving { departure.begin() }
            work.cancel()
            let result = await work.result
            #expect(throws: CancellationError.self) { try result.get() }
            return host.state.withLock { $0.disk.ledgers["demo"] }
        }
        #expect(ledger?.replicas == ["web": 1, "front": 1])
        #expect((ledger?.pending == nil) == isOver)
    }

    @Test func aFailureIsOverAndToldWithItsService() throws {
        let (message, ledger) = try Simulated.run { host, supervisor in
            host.behave("web") { $0.failsToStart = true }
            var message = ""
            do {
                _ = try await Self.round(host, supervisor).run(Self.up())
            } catch {
                message = "\(error)"
            }
            return (message, host.state.withLock { $0.disk.ledgers["demo"] })
        }
        #expect(message.hasPrefix(#"service "web": "#) && message.contains("no such file"))
        #expect(ledger?.pending == nil && ledger?.replicas == ["web": 1])
    }

    @Test func aWaitHasItsBound() throws {
        let message = try Simulated.run { host, supervisor in
            host.behave("web") { $0.healthyAfter = .seconds(1_000_000) }
            var order = Self.up()
            order.stack?.services["web"]?.container.healthcheck = HealthCheck(
                test: ["CMD", "true"], interval: .seconds(20), startPeriod: .seconds(1_000_000))
            var options = PlanOptions()
            options.waitHealthy = true
            order.command = .up(options)
            order.waitTimeout = .seconds(30)
            let before = host.executor.now
            do {
                _ = try await Self.round(host, supervisor).run(order)
                return "it was ready"
            } catch {
                #expect(host.executor.now - before < .seconds(31))
                return "\(error)"
            }
        }
        #expect(message == "not everything was ready after 30s (--wait-timeout)")
    }

    // MARK: Nobody commands anything

    @Test func whatVanishesIsMadeAgain() throws {
        let running = try Simulated.run { host, supervisor -> [[String]] in
            _ = try await supervisor.perform(Self.up())
            let before = host.running
            let ids = host.state.withLock { Array($0.disk.records.keys) }
            for id in ids { host.vanish(id) }
            supervisor.notice()
            try await host.rest(.seconds(5))
            #expect(host.state.withLock { Array($0.disk.records.keys) } != ids)
            return [before, host.running]
        }
        #expect(running == [["demo-web-1"], ["demo-web-1"]])
    }

    /// At once, and 2, 4, 8 and 16 seconds after that; and as soon as it goes well, nothing is left of it.
    @Test func whatFailsIsTriedAgainLessAndLessOften() throws {
        let (complaints, failures, running) = try Simulated.run { host, supervisor in
            _ = try await supervisor.perform(Self.up())
            host.state.withLock { $0.faults.broken = "make " }
            for id in host.state.withLock({ Array($0.disk.records.keys) }) { host.vanish(id) }
            supervisor.notice()
            try await host.rest(.seconds(45))
            let complaints = host.state.withLock { $0.complaints.filter { $0.hasPrefix("stack demo: ") } }
            let during: AttentionState = await supervisor.controller.attention
            host.state.withLock { $0.faults.broken = nil }
            try await host.rest(.seconds(60))
            let after = await supervisor.controller.attention
            return (complaints, [during.failures, after.failures], host.running)
        }
        #expect(complaints.count == 5, "\(complaints)")
        #expect(failures == [5, 0])
        #expect(running == ["demo-web-1"])
    }

    @Test func aSupervisorThatLeavesBeginsNothing() throws {
        let (running, isWorking) = try Simulated.run { host, supervisor in
            _ = try await supervisor.perform(Self.up())
            // What the command left to look at has been looked at.
            try await host.rest(.seconds(1))
            await supervisor.controller.departure.begin()
            for id in host.state.withLock({ Array($0.disk.records.keys) }) { host.vanish(id) }
            let before = host.state.withLock { $0.effects }
            supervisor.notice()
            try await host.rest(.seconds(60))
            let isWorking = await supervisor.controller.attention.work != nil
            return (
                host.state.withLock { $0.disk.records.count }, isWorking || host.state.withLock { $0.effects } != before
            )
        }
        #expect(running == 0)
        #expect(!isWorking)
    }
}
