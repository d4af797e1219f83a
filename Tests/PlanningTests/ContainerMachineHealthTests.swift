import Planning
import StackModel
import Testing

/// The health check in a container's life; when it probes is HealthMachine's matter.
@Suite struct ContainerMachineHealthTests {
    private func result(_ code: Int32, start: Int64, end: Int64) -> ContainerEvent {
        .probeFinished(ProbeResult(outcome: .exited(code: code), output: "", start: at(start), end: at(end)))
    }

    @Test func oneProbeAtATime() {
        var machine = ContainerMachine.running(check: probing)
        #expect(machine.healthStatus == .starting)
        #expect(machine.deadline == at(0))
        #expect(machine.answers(.timerDue) == "probe")
        #expect(machine.deadline == nil)
        #expect(machine.answers(.timerDue, at: at(5000)) == "")
        #expect(machine.answers(result(0, start: 0, end: 5), at: at(5)) == "is healthy")
        #expect(machine.deadline == at(1005))
        #expect(machine.answers(.timerDue, at: at(1004)) == "")
        #expect(machine.answers(.timerDue, at: at(1005)) == "probe")
    }

    @Test func failuresMakeItUnhealthy() {
        var machine = ContainerMachine.running(check: probing).after(.timerDue, result(0, start: 0, end: 0))
        var news: [String] = []
        for second in 1...3 {
            let time = Int64(second * 1000)
            news.append(machine.answers(.timerDue, result(1, start: time, end: time), at: at(time)))
        }
        #expect(news == ["probe", "probe, is unhealthy", "probe"])
        #expect(machine.healthStatus == .unhealthy)
        #expect(machine.answers(.timerDue, result(0, start: 4000, end: 4000), at: at(4000)) == "probe, is healthy")
    }

    @Test func nobodyIsProbedWhoDoesNotRun() {
        for machine in [
            ContainerMachine.made(check: probing), .starting(check: probing),
            .running(.always, check: probing).after(.ended(end(1, at: at(0)))),
            .running(check: probing).after(.ended(end(1, at: at(0)))),
        ] {
            var copy = machine
            #expect(copy.answers(.timerDue) == "")
            #expect(copy.answers(result(0, start: 0, end: 0)) == "")
            #expect(copy.healthStatus == .none)
        }
    }

    @Test func aPausedContainerIsProbedAfterwards() {
        var machine = ContainerMachine.running(check: probing).after(.pauseAsked)
        #expect(machine.deadline == nil)
        #expect(machine.answers(.timerDue, at: at(100)) == "")
        #expect(machine.answers(.unpauseAsked, .timerDue, at: at(100)) == "thaw, goes on, probe")
        // One that was under way answers in the pause.
        machine = machine.after(.pauseAsked, result(0, start: 100, end: 200), at: at(200))
        #expect(machine.healthStatus == .healthy)
        #expect(machine.deadline == nil)
        #expect(machine.after(.unpauseAsked, at: at(300)).deadline == at(1200))
    }

    @Test func theNextRunBeginsAnew() {
        var machine = ContainerMachine.running(.always, check: probing)
            .after(.timerDue, result(0, start: 0, end: 0))
            .after(.timerDue, .ended(end(1, at: at(1000))), at: at(1000))
            .after(.timerDue, at: at(1100))
        #expect(machine.answers(.started(.ofRun(2), at: at(1200)), at: at(1200)) == "has started, is starting")
        #expect(machine.deadline == at(1200))
        #expect(machine.answers(.timerDue, at: at(1200)) == "probe")
        // The last probe of the run before has no say.
        #expect(machine.answers(result(0, start: 1000, end: 1201), at: at(1201)) == "")
        #expect(machine.healthStatus == .starting)
        #expect(machine.answers(result(0, start: 1200, end: 1202), at: at(1202)) == "is healthy")
    }

    @Test func aProbeDiesWithItsSupervisor() {
        var machine = ContainerMachine.running(check: probing).after(.timerDue)
        #expect(machine.deadline == nil)
        #expect(machine.answers(.adopted(.running(.ofRun(1), since: at(0))), at: at(700)) == "")
        #expect(machine.deadline == at(700))
        // A probe that isn't due yet waits for its time.
        let waiting = machine.after(.timerDue, result(0, start: 700, end: 700), at: at(700))
        #expect(waiting.after(.adopted(.running(.ofRun(1), since: at(0))), at: at(800)).deadline == at(1700))
        #expect(waiting.after(.adopted(.running(.ofRun(1), since: at(0))), at: at(800)).healthStatus == .healthy)
    }

    @Test func aNewCheckBeginsAtOnce() {
        let healthy = ContainerMachine.running(check: probing).after(.timerDue, result(0, start: 0, end: 0))
        var other = probing
        other.interval = .seconds(5)
        let changed = healthy.after(.healthCheckChanged(other), at: at(500))
        #expect(changed.healthStatus == .starting)
        #expect(changed.deadline == at(500))
        #expect(changed.health?.check == other)
        let none = healthy.after(.healthCheckChanged(nil), at: at(500))
        #expect(none.healthStatus == .none)
        #expect(none.deadline == nil)
        #expect(ContainerMachine.running().after(.healthCheckChanged(probing), at: at(500)).deadline == at(500))
        // A probe of the check before is none of the new one's.
        var late = healthy.after(.timerDue, at: at(1000)).after(.healthCheckChanged(other), at: at(1001))
        #expect(late.answers(result(0, start: 1000, end: 1002), at: at(1002)) == "")
        #expect(late.deadline == at(1001))
        let resting = ContainerMachine.stopped().after(.healthCheckChanged(probing))
        #expect(resting.deadline == nil)
        #expect(resting.after(.startAsked, .started(.ofRun(2), at: at(9)), at: at(9)).deadline == at(9))
    }

    /// Whoever waits for it has to hear that it isn't healthy any more.
    @Test func aNewCheckTakesBackWhatTheOldOneSaid() {
        var machine = ContainerMachine.running(check: probing).after(.timerDue, result(0, start: 0, end: 0))
        var other = probing
        other.interval = .seconds(5)
        #expect(machine.answers(.healthCheckChanged(other), at: at(500)) == "is starting")
    }

    @Test func theEarlierOfTwoTimesIsDue() {
        let machine = ContainerMachine.running(check: probing).after(.timerDue, result(0, start: 0, end: 0))
            .after(.stopAsked(signal: sigterm, grace: .milliseconds(500)))
        #expect(machine.deadline == at(500))
        #expect(machine.after(.timerDue, at: at(500)).deadline == at(1000))
        var both = machine
        #expect(both.answers(.timerDue, at: at(2000)) == "signal 9, probe")
    }

    @Test func singleProbesAreNotWorthAWrite() {
        let before = ContainerMachine.running(check: probing)
        #expect(!before.after(.timerDue).isWorthSaving(since: before))
        let failed = before.after(.timerDue, result(1, start: 0, end: 0))
        #expect(!failed.isWorthSaving(since: before))
        #expect(before.after(.timerDue, result(0, start: 0, end: 0)).isWorthSaving(since: before))
        for event in [
            ContainerEvent.ended(end(1, at: at(1))), .stopAsked(signal: sigterm, grace: .seconds(1)), .pauseAsked,
            .killAsked(signal: sigterm, isStop: true), .policyChanged(.always), .healthCheckChanged(nil),
        ] {
            #expect(before.after(event).isWorthSaving(since: before), "\(event)")
        }
    }
}
