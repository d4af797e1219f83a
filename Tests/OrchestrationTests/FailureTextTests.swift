import Planning
import StackModel
import Testing

@testable import Containers
@testable import Orchestration

/// What a user reads when something can't be done.
@Suite struct FailureTextTests {
    private struct Fault: Error, CustomStringConvertible {
        var description: String
    }

    @Test(arguments: [
        (PlanAction.startContainer(Samples.reference()), "no such program", #"service "web": no such program"#),
        // Told once.
        (.startContainer(Samples.reference()), #"service "web": port taken"#, #"service "web": port taken"#),
        (.createContainer(Samples.reference("db"), Samples.spec("db"), replaces: nil), "x", #"service "db": x"#),
        (.updateContainer(Samples.reference(), Samples.spec()), "x", #"service "web": x"#),
        (.stopContainer(Samples.reference(), signal: nil, timeout: .seconds(1)), "x", #"service "web": x"#),
        (.killContainer(Samples.reference(), signal: "SIGKILL"), "x", #"service "web": x"#),
        (.pauseContainer(Samples.reference()), "x", #"service "web": x"#),
        (.unpauseContainer(Samples.reference()), "x", #"service "web": x"#),
        (.removeContainer(Samples.reference(), volumes: false), "x", #"service "web": x"#),
        (.waitFor(Samples.reference(), .ready, dependents: [], required: true), "x", #"service "web": x"#),
        // Of no service.
        (.pullImage(reference: "app:1", platform: nil, digest: nil), "offline", "offline"),
        (.createNetwork(key: "default", StackNetwork(name: "demo_default")), "x", "x"),
        (.removeVolume(StackVolume(name: "demo_data")), "x", "x"),
        (.removeContainer(Samples.reference(""), volumes: false), "x", "x"),
    ])
    func aFailureNamesItsService(_ action: PlanAction, _ cause: String, _ text: String) {
        #expect("\(StepFailure.of(Fault(description: cause), action))" == text)
    }

    @Test func whatIsNoFailureOfTheStepStaysAsItIs() {
        let action = PlanAction.startContainer(Samples.reference())
        #expect(StepFailure.of(CancellationError(), action) is CancellationError)
        let unmet = UnmetCondition(
            record: Samples.record(), failure: ConditionFailure(problem: "is unhealthy"), dependents: [], lastWords: [])
        #expect(StepFailure.of(unmet, action) is UnmetCondition)
    }

    private static let started = "dependency failed to start: "

    private static func text(_ dependents: [String], in stack: Stack?, lastWords: [String] = []) -> String {
        let unmet = UnmetCondition(
            record: Samples.record("db"), failure: ConditionFailure(problem: "exited (3)"), dependents: dependents,
            lastWords: lastWords)
        return OperationError(unmet, in: stack).description
    }

    @Test(
        arguments: [
            ([], ["db": []], "container demo-db-1 exited (3)"),
            (["web"], ["web": ["db"], "db": []], started + "web → db: container demo-db-1 exited (3)"),
            // One way to it, from whoever depends on who waits.
            (
                ["api"], ["front": ["api"], "api": ["db"], "db": []],
                started + "front → api → db: container demo-db-1 exited (3)"
            ),
            // The first by name, so that the same failure reads the same.
            (
                ["web", "api"], ["web": ["db"], "api": ["db"]],
                started + "api → db: container demo-db-1 exited (3)"
            ),
            // No file allows this; a text about it ends all the same.
            (
                ["a"], ["a": ["b", "db"], "b": ["a"]],
                started + "b → a → db: container demo-db-1 exited (3)"
            ),
        ] as [([String], [String: [String]], String)])
    func whoWaitedIsNamed(_ dependents: [String], _ services: [String: [String]], _ text: String) {
        #expect(Self.text(dependents, in: Samples.stack(services)) == text)
    }

    @Test func lastWordsFollow() {
        let words = ["  db-1  | no space left", "  health check: refused"]
        #expect(
            Self.text(["web"], in: nil, lastWords: words)
                == Self.started + "web → db: container demo-db-1 exited (3)\n" + words.joined(separator: "\n"))
    }
}
