import ControlAPI
import Planning
import StackModel
import Synchronization
import Testing

@testable import Containers
@testable import Orchestration

@Suite(.timeLimit(.minutes(5))) struct PlanExecutorTests {
    private static func executor(
        _ host: SimulatedHost, _ supervisor: SimulatedSupervisor, _ events: ToldEvents
    ) -> PlanExecutor {
        let effects = SimulatedStacks(host: host, supervisor: supervisor.number)
        return PlanExecutor(
            stack: "demo", table: supervisor.table, effects: effects,
            logs: ContainerLogs(locations: Locations(root: "/nowhere", runRoot: "/nowhere")), registries: effects,
            events: events.sink)
    }

    /// How a plan went.
    private struct Run: Sendable {
        var failure: String?
        var told: [String]
        var networks: [String]
        var volumes: [String]
        var running: [String]
        var containers: [String]
    }

    /// Carries steps out on a host that has the image.
    private static func run(
        _ steps: [PlanStep], _ prepare: @escaping @Sendable (SimulatedHost) -> Void = { _ in }
    ) throws -> Run {
        try Simulated.run { host, supervisor in
            host.state.withLock { $0.disk.images["app:1"] = "sha256:app:1" }
            prepare(host)
            let events = ToldEvents()
            var failure: String?
            do {
                try await executor(host, supervisor, events).run(Plan(steps: steps))
            } catch {
                failure = "\(error)"
            }
            let disk = host.state.withLock { $0.disk }
            return Run(
                failure: failure, told: events.all, networks: disk.networks.keys.sorted(),
                volumes: disk.volumes.keys.sorted(), running: host.running,
                containers: disk.records.values.map(\.name).sorted())
        }
    }

    private static func create(_ id: Int, _ service: String, after: [Int] = []) -> PlanStep {
        PlanStep(
            id: id, action: .createContainer(Samples.reference(service), Samples.spec(service), replaces: nil),
            reason: "", after: after)
    }

    private static func start(_ id: Int, _ service: String, made maker: Int) -> PlanStep {
        PlanStep(id: id, action: .startContainer(Samples.reference(service)), reason: "", after: [maker], maker: maker)
    }

    private static func wait(
        _ id: Int, _ service: String, _ condition: WaitCondition, made maker: Int, after: Int, required: Bool = true
    ) -> PlanStep {
        PlanStep(
            id: id,
            action: .waitFor(Samples.reference(service), condition, dependents: ["front"], required: required),
            reason: "", after: [after], maker: maker)
    }

    private static let network = PlanAction.createNetwork(key: "default", StackNetwork(name: "demo_default"))
    private static let volume = PlanAction.createVolume(key: "data", StackVolume(name: "demo_data"))

    @Test func eachStepIsToldFromItsBeginToItsEnd() throws {
        let run = try Self.run([Self.create(1, "web"), Self.start(2, "web", made: 1)])
        #expect(run.failure == nil && run.running == ["demo-web-1"])
        #expect(
            run.told == ["Creating", "Created", "Starting", "Started"].map { "Container demo-web-1 \($0)" })
    }

    @Test func theFirstFailureEndsThePlanAndWhatHasBegunIsFinished() throws {
        let run = try Self.run([
            Self.create(1, "web"), PlanStep(id: 2, action: Self.network, reason: ""),
            Self.start(3, "web", made: 1), PlanStep(id: 4, action: Self.volume, reason: "", after: [1]),
        ]) { host in host.state.withLock { $0.disk.images = [:] } }
        #expect(run.failure == #"service "web": image sha256:app:1 isn't there"#)
        #expect(run.networks == ["demo_default"])
        #expect(run.volumes == [] && run.running == [] && run.containers == [])
        #expect(run.told.contains("Container demo-web-1 Error"))
        #expect(run.told.contains("Network demo_default Created"))
    }

    /// Who only waits gives way; its interruption is not what the user is told of.
    @Test func aFailureEndsTheWaitsBesideIt() throws {
        let run = try Self.run([
            Self.create(1, "web"), Self.start(2, "web", made: 1),
            Self.wait(3, "web", .completed, made: 1, after: 2), Self.create(4, "bad", after: [2]),
            Self.start(5, "bad", made: 4),
        ]) { $0.behave("bad") { $0.failsToStart = true } }
        #expect(run.failure?.hasPrefix(#"service "bad": "#) == true, "\(run)")
        #expect(run.running == ["demo-web-1"])
    }

    @Test(arguments: [true, false])
    func anUnmetConditionIsAFailureUnlessItIsOptional(required: Bool) throws {
        let run = try Self.run([
            Self.create(1, "web"), Self.start(2, "web", made: 1),
            Self.wait(3, "web", .completed, made: 1, after: 2, required: required),
            PlanStep(id: 4, action: Self.network, reason: "", after: [3]),
        ]) { $0.behave("web") { $0.end = (.milliseconds(10), 3) } }
        #expect(run.told.contains("Container demo-web-1 Error"))
        #expect((run.failure == nil) != required)
        #expect(run.networks == (required ? [] : ["demo_default"]))
        #expect(run.told.contains { $0.hasPrefix("optional dependency web") } != required, "\(run.told)")
    }

    @Test func anUnmetConditionSaysWhoWaited() throws {
        let steps = [
            Self.create(1, "web"), Self.start(2, "web", made: 1), Self.wait(3, "web", .healthy, made: 1, after: 2),
        ]
        let unmet = try Simulated.run { host, supervisor -> UnmetCondition? in
            host.state.withLock { $0.disk.images["app:1"] = "sha256:app:1" }
            do {
                try await Self.executor(host, supervisor, ToldEvents()).run(Plan(steps: steps))
                return nil
            } catch {
                return error as? UnmetCondition
            }
        }
        #expect(unmet?.failure == ConditionFailure(problem: "has no healthcheck configured"))
        #expect(unmet?.dependents == ["front"] && unmet?.record.name == "demo-web-1")
    }

    @Test func whatFailedIsTakenBack() throws {
        let run = try Self.run([
            Self.create(1, "web"), Self.start(2, "web", made: 1),
            PlanStep(
                id: 3, action: .removeContainer(Samples.reference(), volumes: true), reason: "", ifFailed: [2],
                maker: 1),
        ]) { $0.behave("web") { $0.failsToStart = true } }
        #expect(run.failure?.hasPrefix(#"service "web": "#) == true)
        #expect(run.containers == [])
        #expect(run.told.last == "Container demo-web-1 Removed")
    }

    @Test func aContainerThatNobodyMadeIsNamed() throws {
        let step = PlanStep(id: 1, action: .startContainer(Samples.reference()), reason: "")
        let run = try Self.run([step])
        #expect(run.failure == #"service "web": container demo-web-1 was not made"#)
    }

    /// Half a creation would be a container that nobody knows.
    @Test func whoIsToldToEndFinishesWhatChangesSomething() throws {
        let (isCancelled, containers) = try Simulated.run { host, supervisor in
            host.state.withLock { $0.disk.images["app:1"] = "sha256:app:1" }
            let executor = Self.executor(host, supervisor, ToldEvents())
            let work = Task(executorPreference: host.executor) {
                try await executor.run(Plan(steps: [Self.create(1, "web"), Self.start(2, "web", made: 1)]))
            }
            while host.state.withLock({ $0.disk.halfMade.isEmpty }) { try await host.rest(.milliseconds(1)) }
            work.cancel()
            let result = await work.result
            let isCancelled = if case .failure(let error) = result { error is CancellationError } else { false }
            return (isCancelled, host.state.withLock { $0.disk.records.values.map(\.name) })
        }
        #expect(isCancelled)
        #expect(containers == ["demo-web-1"])
    }
}
