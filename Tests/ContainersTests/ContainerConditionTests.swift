import Planning
import StackModel
import Testing

@testable import Containers

/// What a wait for a container is answered in each state of it.
@Suite struct ContainerConditionTests {
    private static let now = Instant(nanoseconds: 1)
    private static let processes = ContainerProcesses(pid: 2, startTime: 3, shim: 4, shimStartTime: 5)

    private static func machine(
        _ events: [ContainerEvent], _ policy: RestartPolicy = .no, isChecked: Bool = false
    ) -> ContainerMachine {
        let check = EffectiveHealthCheck(command: ["true"], retries: 1)
        var machine = ContainerMachine(policy: policy, healthCheck: isChecked ? check : nil)
        for event in events { _ = machine.handle(event, now: now) }
        return machine
    }

    private static let start: [ContainerEvent] = [.startAsked, .started(processes, at: now)]

    /// After a probe that ended so. Only failures count of probes that Docker would have run: this one comes late.
    private static func probed(_ code: Int32) -> ContainerMachine {
        let late = now + .seconds(3600)
        let result = ProbeResult(outcome: .exited(code: code), output: "", start: late, end: late)
        return machine(start + [.probeFinished(result)], isChecked: true)
    }

    private static func ended(_ code: Int32, _ policy: RestartPolicy = .no) -> ContainerMachine {
        machine(start + [.ended(RunEnd(code: code, finished: now))], policy)
    }

    /// In the order healthy, completed, ready; `nil`: it goes on waiting.
    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var machine: ContainerMachine
        var answers: [String?]
    }

    private static let failure = "cannot start: no such program"

    @Test(arguments: [
        Row(
            testDescription: "never started", machine: machine([]),
            answers: Array(repeating: "has not been started", count: 3)),
        Row(
            testDescription: "a first start that failed",
            machine: machine([.startAsked, .launchFailed(code: 127, reason: failure)]),
            answers: Array(repeating: failure, count: 3)),
        Row(testDescription: "starting", machine: machine([.startAsked]), answers: [nil, nil, nil]),
        Row(
            testDescription: "running without a check", machine: machine(start),
            answers: ["has no healthcheck configured", nil, "holds"]),
        Row(testDescription: "not probed yet", machine: machine(start, isChecked: true), answers: [nil, nil, nil]),
        Row(testDescription: "healthy", machine: probed(0), answers: ["holds", nil, "holds"]),
        Row(testDescription: "unhealthy", machine: probed(1), answers: ["is unhealthy", nil, "is unhealthy"]),
        Row(
            testDescription: "paused", machine: machine(start + [.pauseAsked]),
            answers: ["has no healthcheck configured", nil, "holds"]),
        Row(testDescription: "about to restart", machine: ended(1, .always), answers: [nil, nil, nil]),
        Row(testDescription: "about to restart after 0", machine: ended(0, .always), answers: [nil, nil, nil]),
        Row(testDescription: "exited with 0", machine: ended(0), answers: ["exited (0)", "holds", "exited (0)"]),
        Row(
            testDescription: "exited with 3", machine: ended(3),
            answers: Array(repeating: "exited (3)", count: 3)),
        Row(
            testDescription: "a further start that failed",
            machine: machine(
                start + [
                    .ended(RunEnd(code: 0, finished: now)), .startAsked, .launchFailed(code: 126, reason: failure),
                ]),
            answers: Array(repeating: failure, count: 3)),
    ])
    func eachStateHasItsAnswers(_ row: Row) {
        for (condition, expected) in zip([WaitCondition.healthy, .completed, .ready], row.answers) {
            let answer: String? =
                switch condition.answer(row.machine) {
                case nil: nil
                case .success?: "holds"
                case .failure(let failure)?: failure.problem
                }
            #expect(answer == expected, "\(condition)")
        }
    }
}
