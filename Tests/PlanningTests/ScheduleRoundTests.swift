import StackModel
import Testing

@testable import Planning

/// A service `backup` every ten minutes, and its runs.
@Suite struct ScheduleRoundTests {
    private static func stack(_ change: (inout ScheduleSettings) -> Void = { _ in }) throws -> Stack {
        var settings = ScheduleSettings(try CronExpression("*/10 * * * *"))
        change(&settings)
        var backup = service("backup", after: ["db": Dependency(condition: .serviceHealthy)]) {
            $0.restart = .onFailure(maximumRetries: 6)
        }
        backup.schedule = settings
        return PlanningTests.stack(service("db"), backup)
    }

    /// - Parameter time: of the schedule, in seconds; `nil`: begun by hand.
    private static func run(
        _ id: String, at time: Int64?, _ state: ContainerState, created: Int64? = nil
    ) throws -> ObservedContainer {
        var spec = ContainerSpec(
            name: time.map { "demo-backup-\($0 / 60)" } ?? "demo-backup-\(id)",
            owner: .oneOff(stack: "demo", service: "backup", number: 1), image: "backup", imageID: "sha256:backup")
        spec.run = RunSettings()
        spec.run?.job = JobRun(time: time)
        let made = Instant(nanoseconds: (created ?? time ?? 0) * 1_000_000_000)
        return ObservedContainer(id: id, created: made, spec: spec, state: state)
    }

    private static let running = ContainerState.running(since: Instant(nanoseconds: 0))

    private static func round(
        _ stack: Stack, now: Int64, since: Int64 = 0, last: Int64? = nil, _ containers: [ObservedContainer] = []
    ) -> ScheduleRound {
        ScheduleRound(
            stack, states: ["backup": ScheduleState(since: since, last: last)], zones: [nil: .utc],
            containers: containers, now: now)
    }

    @Test("At its time a run begins, whose name tells the time; before it nothing does")
    func due() throws {
        let stack = try Self.stack()
        #expect(Self.round(stack, now: 599).steps.isEmpty)
        #expect(Self.round(stack, now: 599).next == 600)
        let round = Self.round(stack, now: 605)
        let step = try #require(round.steps.first)
        #expect(round.steps.count == 1 && round.next == 1200)
        #expect(step.run?.name == "demo-backup-10" && step.run?.run.job?.time == 600 && step.removals.isEmpty)
    }

    @Test("What was over before the schedule was there is not made up for")
    func since() throws {
        #expect(Self.round(try Self.stack(), now: 1000, since: 700).steps.isEmpty)
    }

    @Test("A run that has begun is not begun again, also where its beginning wasn't written down")
    func once() throws {
        let stack = try Self.stack()
        for state in [Self.running, .exited(code: 0), .exited(code: 1)] {
            let round = Self.round(stack, now: 605, [try Self.run("a", at: 600, state)])
            #expect(round.steps.map(\.last) == [600] && round.steps.allSatisfy { $0.run == nil && $0.removals.isEmpty })
            #expect(Self.round(stack, now: 605, last: 600, [try Self.run("a", at: 600, state)]).steps.isEmpty)
        }
        // Somebody has removed it.
        #expect(Self.round(stack, now: 605, last: 600).steps.isEmpty)
    }

    @Test("A run that was made and never started is made anew, until a later time comes")
    func abandoned() throws {
        let stack = try Self.stack()
        let made = [try Self.run("a", at: 600, .created)]
        let step = try #require(Self.round(stack, now: 700, made).steps.first)
        #expect(step.run?.run.job?.time == 600 && step.removals == ["a"] && step.last == nil)
        let later = try #require(Self.round(stack, now: 1210, made).steps.first)
        #expect(later.run?.run.job?.time == 1200 && later.removals == ["a"] && later.last == nil)
    }

    @Test("Runs under way are let be, waited for or ended, as the policy says")
    func concurrency() throws {
        let going = [try Self.run("a", at: 600, Self.running)]
        for (policy, time, removals) in [
            (ScheduleSettings.Concurrency.allow, Int64?.some(1200), []), (.forbid, nil, []), (.replace, 1200, ["a"]),
        ] {
            let stack = try Self.stack { $0.concurrency = policy }
            let round = Self.round(stack, now: 1200, last: 600, going)
            #expect(round.steps.first?.run?.run.job?.time == time, "\(policy)")
            #expect((round.steps.first?.removals ?? []) == removals, "\(policy)")
        }
        // One that was begun by hand counts too.
        let byHand = [try Self.run("b", at: nil, Self.running)]
        #expect(Self.round(try Self.stack { $0.concurrency = .forbid }, now: 1200, last: 600, byHand).steps.isEmpty)
    }

    @Test("Of the runs that have ended the newest stay: three that ended well and one that failed")
    func history() throws {
        var runs = try (1...5).map { try Self.run("good\($0)", at: Int64($0) * 600, .exited(code: 0)) }
        runs += try (6...8).map { try Self.run("bad\($0)", at: Int64($0) * 600, .exited(code: 3)) }
        runs.append(try Self.run("hand", at: nil, .exited(code: 0), created: 5000))
        runs.append(try Self.run("going", at: 600 * 9, Self.running))
        let round = Self.round(try Self.stack(), now: 600 * 9 + 1, last: 600 * 9, runs)
        #expect(round.steps.map { Set($0.removals) } == [["good1", "good2", "good3", "bad6", "bad7"]])
        let none = try Self.stack {
            $0.successfulHistoryLimit = 0
            $0.failedHistoryLimit = 0
        }
        #expect(Self.round(none, now: 600 * 9 + 1, last: 600 * 9, runs).steps.first?.removals.count == 9)
    }

    @Test("A suspended schedule begins nothing and says no time")
    func suspended() throws {
        let round = Self.round(try Self.stack { $0.isSuspended = true }, now: 1_000_000)
        #expect(round.steps.isEmpty && round.next == nil)
    }

    @Test("up makes none of its containers, fetches its image, and removes those that it had as a service")
    func up() throws {
        let stack = try Self.stack()
        var observed = ObservedStack(nothingOf: stack)
        observed.images["backup"] = nil
        #expect(try Plan.lookUps(stack, observed: observed).map(\.reference) == ["backup"])
        observed.images["backup"] = ObservedImage(registry: registry("backup"))
        let plan = try Plan.up(stack, observed: observed)
        #expect(plan.createdSpecs.map(\.name) == ["demo-db-1"] && plan.actions.contains { $0.contains("pull") })
        var before = stack
        before.services["backup"]?.schedule = nil
        let change = try Plan.up(stack, observed: ObservedStack(running: before))
        #expect(change.changes.map(\.description) == ["backup-1: remove (runs at its times)"])
        var options = PlanOptions()
        options.scale = ["backup": 2]
        #expect(throws: PlanError.scheduledScaled(service: "backup")) {
            try Plan.up(stack, observed: observed, options: options)
        }
    }

    @Test(
        "A run starts when its dependencies are ready, after those that it replaces are gone, and starts nothing else")
    func plan() throws {
        let stack = try Self.stack { $0.concurrency = .replace }
        var observed = try ObservedStack(running: stack, health: .starting)
        observed.containers += [
            try Self.run("a", at: 600, Self.running), try Self.run("b", at: nil, .exited(code: 0)),
        ]
        let round = Self.round(stack, now: 1200, last: 600, observed.containers)
        let step = try #require(round.steps.first)
        let plan = try Plan.schedule(step, stack, observed: observed, replicas: ["db": 1, "backup": 0])
        #expect(plan.createdSpecs.map(\.name) == ["demo-backup-20"])
        #expect(plan.createdSpecs.first?.run?.job?.time == 1200)
        #expect(plan.isOrdered)
        let (removal, wait) = ("remove container demo-backup-10", "wait for container demo-db-1 to be healthy")
        #expect(plan.steps.count == 5, "\(plan.text)")
        let ids = plan.steps.reduce(into: [String: Int]()) { $0[Self.kind($1.action)] = $1.id }
        let start = try #require(ids["start"])
        for before in ["stop", "remove", "create", "wait"] {
            #expect(plan.orders(try #require(ids[before]), before: start), "\(before): \(plan.text) \(removal) \(wait)")
        }
        #expect(plan.orders(try #require(ids["remove"]), before: try #require(ids["create"])))
    }

    private static func kind(_ action: PlanAction) -> String {
        switch action {
        case .stopContainer: "stop"
        case .removeContainer: "remove"
        case .createContainer: "create"
        case .startContainer: "start"
        case .waitFor: "wait"
        default: "else"
        }
    }

    @Test("A job that ended is left alone by up, a failed one starts again, and up --wait waits for its end")
    func jobs() throws {
        var migrate = service("migrate")
        migrate.isJob = true
        let stack = PlanningTests.stack(migrate)
        let ended = try ObservedStack(running: stack, jobs: ["migrate"])
        #expect(try Plan.up(stack, observed: ended).isEmpty)
        let failed = ended.changing("demo-migrate-1") { $0.state = .exited(code: 2) }
        #expect(try Plan.up(stack, observed: failed).changes.map(\.verb) == [.start])
        var options = PlanOptions()
        options.waitHealthy = true
        let plan = try Plan.up(stack, observed: ObservedStack(nothingOf: stack), options: options)
        let waits = plan.steps.compactMap { step in
            if case .waitFor(_, let condition, _, _) = step.action { condition } else { nil }
        }
        #expect(waits == [.completed])
        var started = LifecycleOptions()
        started.waitHealthy = true
        #expect(plan.createdSpecs.map(\.isJob) == [true])
        let start = try Plan.start(observed: failed, options: started)
        #expect(start.actions.last?.contains("completed") == true || start.actions.last?.contains("end") == true)
    }
}
