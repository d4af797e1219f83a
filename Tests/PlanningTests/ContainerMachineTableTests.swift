import Planning
import StackModel
import Testing

/// Each event in each phase, with the policy `always`: what becomes of the machine, and what it says. What isn't listed
/// changes nothing.
@Suite struct ContainerMachineTableTests {
    private static let now = at(1000)

    private static let events: [(String, ContainerEvent)] = [
        ("start", .startAsked),
        ("started", .started(.ofRun(2), at: now)),
        ("launch failed", .launchFailed(code: 127, reason: "not found")),
        ("ended", .ended(end(3, at: now))),
        ("stop", .stopAsked(signal: sigterm, grace: .seconds(5))),
        ("kill 9", .killAsked(signal: sigkill, isStop: true)),
        ("kill 15", .killAsked(signal: sigterm, isStop: true)),
        ("kill 1", .killAsked(signal: 1, isStop: false)),
        ("pause", .pauseAsked),
        ("unpause", .unpauseAsked),
        (
            "probe",
            .probeFinished(ProbeResult(outcome: .exited(code: 0), output: "", start: now, end: now))
        ),
        ("timer", .timerDue),
        ("found", .adopted(.running(.ofRun(1), since: at(0)))),
        ("found other", .adopted(.running(.ofRun(2), since: at(500)))),
        ("gone", .adopted(.gone(end(4, at: at(500))))),
        ("gone untold", .adopted(.gone(nil))),
        ("boot", .hostBooted),
        ("policy no", .policyChanged(.no)),
        ("no check", .healthCheckChanged(nil)),
    ]

    private func expect(_ machine: ContainerMachine, _ name: String, _ table: String) {
        #expect(machine.text == name)
        let lines = Self.events.compactMap { event -> String? in
            var copy = machine
            let answer = copy.answers(event.1, at: Self.now)
            if copy == machine && answer.isEmpty { return nil }
            return "\(event.0): \(copy.text)" + (answer.isEmpty ? "" : " → \(answer)")
        }
        #expect(lines.joined(separator: "\n") == table)
    }

    @Test func aContainerThatWasNeverStarted() {
        expect(
            .made(.always),
            "created",
            """
            start: starting, wanted → launch
            found: running, wanted → has started
            found other: running as 20, wanted → has started
            policy no: created
            """)
    }

    @Test func aStart() {
        expect(
            .starting(.always),
            "starting, wanted",
            """
            started: running as 20, wanted → has started
            launch failed: created → clean up, has ended with 127
            stop: starting, 15
            kill 9: starting, 9
            kill 15: starting, 15
            found: running, wanted → has started
            found other: running as 20, wanted → has started
            gone: waits for 1100, wanted → clean up, has ended with 4 and restarts
            gone untold: created → clean up, has ended with 125
            boot: created, wanted → clean up
            policy no: starting, wanted
            """)
    }

    @Test func aRestart() {
        expect(
            ContainerMachine.waiting(.always).after(.timerDue, at: at(100)),
            "restarting, wanted",
            """
            start: restarting, wanted
            started: running as 20, wanted → has started
            launch failed: waits for 1200, wanted → clean up, has ended with 127 and restarts
            stop: restarting, 15
            kill 9: restarting, 9
            kill 15: restarting, 15
            found: running, wanted → has started
            found other: running as 20, wanted → has started
            gone: waits for 1200, wanted → clean up, has ended with 4 and restarts
            gone untold: waits for 1200, wanted → clean up, has ended with 125 and restarts
            boot: waits for 1000, wanted → clean up
            policy no: restarting, wanted
            """)
    }

    @Test func aContainerThatRuns() {
        expect(
            .running(.always),
            "running, wanted",
            """
            ended: waits for 1100, wanted → clean up, has ended with 3 and restarts
            stop: running, 15 then 9 at 6000 → signal 15
            kill 9: running, 9 → signal 9
            kill 15: running → signal 15
            kill 1: running, wanted → signal 1
            pause: paused, wanted → freeze, is paused
            found other: running as 20, wanted → has started
            gone: waits for 1100, wanted → clean up, has ended with 4 and restarts
            gone untold: waits for 1100, wanted → clean up, has ended with 137 and restarts
            boot: waits for 1000, wanted → clean up
            policy no: running, wanted
            """)
    }

    @Test func aPausedContainer() {
        expect(
            ContainerMachine.running(.always).after(.pauseAsked),
            "paused, wanted",
            """
            ended: waits for 1100, wanted → clean up, has ended with 3 and restarts
            stop: running, 15 then 9 at 6000 → thaw, signal 15
            kill 9: running, 9 → thaw, signal 9
            kill 15: running → thaw, signal 15
            kill 1: paused, wanted → signal 1
            unpause: running, wanted → thaw, goes on
            found other: running as 20, wanted → has started
            gone: waits for 1100, wanted → clean up, has ended with 4 and restarts
            gone untold: waits for 1100, wanted → clean up, has ended with 137 and restarts
            boot: waits for 1000, wanted → clean up
            policy no: paused, wanted
            """)
    }

    @Test func aStopUnderWay() {
        expect(
            .stopping(.always),
            "running, 15 then 9 at 10000",
            """
            start: running, wanted, 15 then 9 at 10000
            ended: exited 3 → clean up, has ended with 3
            stop: running, 15 then 9 at 6000
            kill 9: running, 15 → signal 9
            kill 15: running, 15 then 9 at 10000 → signal 15
            kill 1: running, 15 then 9 at 10000 → signal 1
            found: running, 15 then 9 at 10000 → signal 15
            found other: running as 20, 15 then 9 at 11000 → has started, signal 15
            gone: exited 4 → clean up, has ended with 4
            gone untold: exited 137 → clean up, has ended with 137
            boot: waits for 1000, wanted → clean up
            policy no: running, 15 then 9 at 10000
            """)
    }

    @Test func aStartThatIsToStop() {
        expect(
            ContainerMachine.starting(.always).after(.stopAsked(signal: sigterm, grace: .seconds(10))),
            "starting, 15",
            """
            start: starting, wanted
            started: running as 20, 15 then 9 at 11000 → has started, signal 15
            launch failed: created → clean up, has ended with 127
            stop: starting, 15
            kill 9: starting, 9
            found: running, 15 then 9 at 11000 → has started, signal 15
            found other: running as 20, 15 then 9 at 11000 → has started, signal 15
            gone: exited 4 → clean up, has ended with 4
            gone untold: created → clean up, has ended with 125
            boot: created → clean up
            policy no: starting, 15
            """)
    }

    @Test func thePauseBeforeARestart() {
        expect(
            .waiting(.always),
            "waits for 100, wanted",
            """
            start: starting, wanted → launch
            stop: exited 1 → has ended with 1
            kill 9: exited 1 → has ended with 1
            kill 15: exited 1 → has ended with 1
            timer: restarting, wanted → launch
            found: running, wanted → has started
            found other: running as 20, wanted → has started
            gone: waits for 1000, wanted
            gone untold: waits for 1000, wanted
            boot: waits for 1000, wanted → clean up
            policy no: exited 1, wanted → has ended with 1
            """)
    }

    @Test func aStoppedContainer() {
        expect(
            .stopped(.always),
            "exited 0",
            """
            start: starting, wanted → launch
            found: running, wanted → has started
            found other: running as 20, wanted → has started
            boot: waits for 1000, wanted
            policy no: exited 0
            """)
    }

    @Test func aContainerThatEndedByItself() {
        expect(
            ContainerMachine.waiting(.no).after(.policyChanged(.always)),
            "exited 1, wanted",
            """
            start: starting, wanted → launch
            stop: exited 1
            kill 9: exited 1
            kill 15: exited 1
            found: running, wanted → has started
            found other: running as 20, wanted → has started
            boot: waits for 1000, wanted
            policy no: exited 1, wanted
            """)
    }
}
