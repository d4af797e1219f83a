import Planning
import StackModel
import Testing

/// A container's life by Docker's rules.
@Suite struct ContainerMachineTests {
    // MARK: Restart policies

    @Test(
        arguments: [
            (.no, 0, false), (.no, 1, false), (.always, 0, true), (.always, 1, true), (.unlessStopped, 0, true),
            (.unlessStopped, 137, true), (onFailure, 0, false), (onFailure, 1, true),
            (.onFailure(maximumRetries: 2), 1, true), (.onFailure(maximumRetries: 0), 1, false),
        ] as [(RestartPolicy, Int32, Bool)])
    func policyDecidesAfterAnExit(_ policy: RestartPolicy, _ code: Int32, _ restarts: Bool) {
        var byItself = ContainerMachine.running(policy)
        let answer = byItself.answers(.ended(end(code, at: at(1))), at: at(1))
        #expect(answer == "clean up, has ended with \(code)" + (restarts ? " and restarts" : ""))
        #expect(byItself.deadline == (restarts ? at(101) : nil))
        #expect(byItself.state == (restarts ? .restarting(exitCode: code) : .exited(code: code)))
        // No policy outlasts a stop by the user.
        let stopped = ContainerMachine.stopping(policy).after(.ended(end(code, at: at(1))), at: at(1))
        #expect(stopped.state == .exited(code: code))
        #expect(stopped.deadline == nil)
    }

    @Test func delaysDoubleUpToAMinuteAndBeginAnew() {
        var machine = ContainerMachine.starting(.always)
        var time = at(0)
        var delays: [TimeSpan] = []
        for _ in 0..<12 {
            machine = machine.after(.started(.ofRun(1), at: time), .ended(end(1, at: time)), at: time)
            guard let next = machine.deadline else { break }
            delays.append(next - time)
            time = next
            #expect(machine.answers(.timerDue, at: time) == "launch")
        }
        let expected: [Int64] = [100, 200, 400, 800, 1600, 3200, 6400, 12800, 25600, 51200, 60000, 60000]
        #expect(delays == expected.map { .milliseconds($0) })
        #expect(machine.restarts.count == 12)
        let stable = time + .seconds(10)
        machine = machine.after(.started(.ofRun(1), at: time), .ended(end(1, at: stable)), at: stable)
        #expect(machine.deadline == stable + .milliseconds(100))
    }

    @Test func onFailureGivesUpAndCountsAnewAfterAStart() {
        var machine = ContainerMachine.running(.onFailure(maximumRetries: 2))
        for restart in 1...2 {
            machine = machine.after(.ended(end(1, at: at(0))))
            #expect(machine.answers(.timerDue, at: machine.deadline ?? at(0)) == "launch")
            machine = machine.after(.started(.ofRun(1), at: at(0)))
            #expect(machine.restarts.count == restart)
        }
        #expect(machine.after(.ended(end(1, at: at(0)))).state == .exited(code: 1))
        let again = machine.after(.ended(end(1, at: at(0))), .startAsked, .started(.ofRun(2), at: at(0)))
        #expect(again.restarts.count == 0)
        #expect(again.after(.ended(end(1, at: at(0)))).deadline == at(100))
    }

    @Test(arguments: [(RestartPolicy.no, false), (.always, true), (.unlessStopped, true), (onFailure, true)])
    func aNewPolicyHoldsInThePause(_ policy: RestartPolicy, _ goesOn: Bool) {
        let machine = ContainerMachine.waiting(.always, code: 1).after(.policyChanged(policy))
        #expect(machine.deadline == (goesOn ? at(100) : nil))
        #expect(ContainerMachine.waiting(.always, code: 0).after(.policyChanged(onFailure)).deadline == nil)
        // One that runs is judged by it when it ends.
        let ended = ContainerMachine.running(.no).after(.policyChanged(policy), .ended(end(1, at: at(0))))
        #expect((ended.deadline != nil) == goesOn)
    }

    // MARK: Launches that fail

    @Test func aStartThatFailsIsAnsweredAndNotTriedAgain() {
        var machine = ContainerMachine.starting(.always)
        let answer = machine.answers(.launchFailed(code: 127, reason: "no such program"))
        #expect(answer == "clean up, has ended with 127")
        #expect(machine.state == .created)
        #expect(machine.run.failure == "no such program")
        #expect(machine.wanted == .stopped)
        #expect(machine.after(.startAsked).run.failure == nil)
        let later = ContainerMachine.stopped().after(.startAsked, .launchFailed(code: 126, reason: "no"))
        #expect(later.state == .exited(code: 126))
    }

    @Test func aRestartThatFailsIsAnExit() {
        var machine = ContainerMachine.waiting(.onFailure(maximumRetries: 2)).after(.timerDue, at: at(100))
        let answer = machine.answers(.launchFailed(code: 127, reason: "gone"), at: at(150))
        #expect(answer == "clean up, has ended with 127 and restarts")
        #expect(machine.deadline == at(350))
        machine = machine.after(.timerDue, at: at(350))
        #expect(machine.restarts.count == 2)
        let last = machine.answers(.launchFailed(code: 127, reason: "gone"), at: at(400))
        #expect(last == "clean up, has ended with 127")
        #expect(machine.state == .exited(code: 127))
    }

    // MARK: Stops

    @Test func afterItsGracePeriodAProcessIsKilled() {
        var machine = ContainerMachine.running(.always)
        #expect(machine.answers(.stopAsked(signal: sigterm, grace: .seconds(10)), at: at(500)) == "signal 15")
        #expect(machine.deadline == at(10_500))
        #expect(machine.answers(.timerDue, at: at(10_499)) == "")
        #expect(machine.answers(.timerDue, at: at(10_500)) == "signal 9")
        #expect(machine.deadline == nil)
        #expect(machine.answers(.stopAsked(signal: sigterm, grace: .seconds(10)), at: at(10_600)) == "")
        #expect(machine.deadline == nil)
        #expect(machine.answers(.ended(end(137, at: at(10_700)))) == "clean up, has ended with 137")
    }

    @Test(arguments: [(Int64(3), Int64(4000)), (9, 10_000), (60, 10_000), (0, 1000)])
    func aSecondStopNeverLengthensTheFirst(_ grace: Int64, _ deadline: Int64) {
        let machine = ContainerMachine.stopping()
            .after(.stopAsked(signal: sigterm, grace: .seconds(grace)), at: at(1000))
        #expect(machine.deadline == at(deadline))
    }

    @Test func noGraceIsAKillAtOnce() {
        var machine = ContainerMachine.running().after(.stopAsked(signal: sigterm, grace: .seconds(0)))
        #expect(machine.deadline == at(0))
        #expect(machine.answers(.timerDue) == "signal 9")
        var byKill = ContainerMachine.running()
        #expect(byKill.answers(.stopAsked(signal: sigkill, grace: .seconds(10))) == "signal 9")
        #expect(byKill.deadline == nil)
    }

    @Test(arguments: [
        ContainerEvent.killAsked(signal: sigkill, isStop: true), .stopAsked(signal: sigkill, grace: .seconds(10)),
    ])
    func aKillInTheGracePeriodActsAtOnce(_ event: ContainerEvent) {
        var machine = ContainerMachine.stopping()
        #expect(machine.answers(event, at: at(1)) == "signal 9")
        #expect(machine.deadline == nil)
        #expect(machine.answers(.timerDue, at: at(10_000)) == "")
    }

    @Test func aStopWhileItStartsTakesEffectWhenItHasStarted() {
        var machine = ContainerMachine.starting(.always)
        #expect(machine.answers(.stopAsked(signal: sigterm, grace: .seconds(10))) == "")
        #expect(machine.deadline == nil)
        #expect(machine.answers(.stopAsked(signal: 2, grace: .seconds(60))) == "")
        #expect(machine.answers(.started(.ofRun(1), at: at(100)), at: at(100)) == "has started, signal 2")
        #expect(machine.deadline == at(10_100))
        #expect(machine.answers(.ended(end(0, at: at(200)))) == "clean up, has ended with 0")
    }

    /// However often a user changes their mind while it starts, the last word counts, and it can be stopped afterwards.
    @Test func aStartAfterAStopWhileItStarts() {
        var machine = ContainerMachine.starting()
            .after(.stopAsked(signal: sigterm, grace: .seconds(10)), .startAsked)
        #expect(machine.answers(.started(.ofRun(1), at: at(0))) == "has started")
        #expect(machine.stopping == nil)
        var ended = machine
        #expect(ended.answers(.ended(end(0, at: at(1)))) == "clean up, has ended with 0")
        var killed = machine
        #expect(killed.answers(.killAsked(signal: sigkill, isStop: true)) == "signal 9")
        #expect(machine.answers(.stopAsked(signal: sigterm, grace: .seconds(10))) == "signal 15")
        #expect(machine.deadline == at(10_000))
    }

    @Test func aStartWhileItStopsComesAfterTheEnd() {
        var machine = ContainerMachine.stopping(.no)
        #expect(machine.answers(.startAsked, at: at(1)) == "")
        #expect(machine.deadline == at(10_000))
        #expect(
            machine.answers(.ended(end(0, at: at(5))), at: at(5)) == "clean up, has ended with 0 and restarts, launch")
        #expect(machine.isStarting)
        #expect(machine.restarts.count == 0)
        #expect(machine.answers(.started(.ofRun(2), at: at(6)), at: at(6)) == "has started")
        #expect(machine.deadline == nil)
        // It was a user's start: one that fails is not tried again.
        let failed = ContainerMachine.stopping(.always)
            .after(.startAsked, .ended(end(0, at: at(5))), .launchFailed(code: 125, reason: "no"))
        #expect(failed.state == .exited(code: 125))
    }

    @Test func theLastWordCounts() {
        let machine = ContainerMachine.stopping(.always)
            .after(.startAsked, .stopAsked(signal: sigterm, grace: .seconds(60)), at: at(1))
        #expect(machine.deadline == at(10_000))
        #expect(machine.after(.ended(end(0, at: at(5)))).state == .exited(code: 0))
    }

    @Test func aStopInThePauseCancelsTheRestart() {
        var machine = ContainerMachine.waiting(.always)
        #expect(machine.answers(.stopAsked(signal: sigterm, grace: .seconds(10)), at: at(50)) == "has ended with 1")
        #expect(machine.deadline == nil)
        #expect(machine.answers(.timerDue, at: at(100)) == "")
    }

    // MARK: Kills

    /// Docker's rule: SIGKILL and the container's own stop signal are a stop by the user.
    @Test(arguments: [(sigterm, true), (sigkill, true), (1, false), (sigterm, false)] as [(Int32, Bool)])
    func aKillWithTheStopSignalIsAStop(_ signal: Int32, _ isStop: Bool) {
        var machine = ContainerMachine.running(.always)
        #expect(machine.answers(.killAsked(signal: signal, isStop: isStop)) == "signal \(signal)")
        // `kill` waits for nothing.
        #expect(machine.deadline == nil)
        let ended = machine.after(.ended(end(1, at: at(1))))
        #expect(ended.state == (isStop ? .exited(code: 1) : .restarting(exitCode: 1)))
        #expect(machine.after(.killAsked(signal: 1, isStop: false)).wanted == machine.wanted)
    }

    @Test func aKillWithAnotherSignalChangesNothingWhereNobodyHearsIt() {
        let other = ContainerEvent.killAsked(signal: 1, isStop: false)
        for machine in [ContainerMachine.made(), .starting(), .waiting(), .stopped()] {
            var copy = machine
            #expect(copy.answers(other) == "")
            #expect(copy == machine)
        }
        var waiting = ContainerMachine.waiting()
        #expect(waiting.answers(.killAsked(signal: sigterm, isStop: true)) == "has ended with 1")
        #expect(waiting.deadline == nil)
    }

    @Test func aKillDoesNotPutOffAStop() {
        var machine = ContainerMachine.stopping()
        #expect(machine.answers(.killAsked(signal: sigterm, isStop: true), at: at(1)) == "signal 15")
        #expect(machine.deadline == at(10_000))
        #expect(machine.answers(.killAsked(signal: 1, isStop: false), at: at(1)) == "signal 1")
        #expect(machine.deadline == at(10_000))
    }

    // MARK: Pauses

    @Test func onlyWhatRunsIsPaused() {
        var machine = ContainerMachine.running()
        #expect(machine.answers(.pauseAsked) == "freeze, is paused")
        #expect(machine.stateName == "paused")
        #expect(machine.processes == .ofRun(1))
        #expect(machine.answers(.pauseAsked) == "")
        #expect(machine.answers(.unpauseAsked) == "thaw, goes on")
        #expect(machine.answers(.unpauseAsked) == "")
        for other in [ContainerMachine.made(), .starting(), .waiting(), .stopped()] {
            var copy = other
            #expect(copy.answers(.pauseAsked, .unpauseAsked) == "")
        }
    }

    /// Frozen processes take no signals.
    @Test func aPausedContainerIsThawedToEnd() {
        var stopped = ContainerMachine.running().after(.pauseAsked)
        #expect(stopped.answers(.stopAsked(signal: sigterm, grace: .seconds(10))) == "thaw, signal 15")
    }

    /// In a frozen group of cgroups v1 nothing ends, not even by SIGKILL, and nobody would thaw it any more.
    @Test func whatIsStoppedOrKilledIsNotFrozen() {
        var stopping = ContainerMachine.stopping()
        #expect(stopping.answers(.pauseAsked) == "")
        #expect(stopping == .stopping())
        var machine = ContainerMachine.stopping().after(.timerDue, at: at(10_000))
        #expect(machine.answers(.pauseAsked, at: at(10_001)) == "")
    }
}
