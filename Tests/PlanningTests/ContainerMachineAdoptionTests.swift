import Planning
import StackModel
import Testing

/// What a container becomes when the supervisor, or the host, begins anew.
@Suite struct ContainerMachineAdoptionTests {
    // MARK: A new supervisor

    @Test func whatRunsGoesOn() {
        for machine in [ContainerMachine.running(.always), .running().after(.pauseAsked)] {
            var copy = machine
            #expect(copy.answers(.adopted(.running(.ofRun(1), since: at(0))), at: at(500)) == "")
            #expect(copy == machine)
        }
        // A signal that was written down may not have been sent.
        var stopping = ContainerMachine.stopping()
        #expect(stopping.answers(.adopted(.running(.ofRun(1), since: at(0))), at: at(500)) == "signal 15")
        #expect(stopping == .stopping())
        var killed = ContainerMachine.stopping().after(.timerDue, at: at(60_000))
        #expect(killed.answers(.adopted(.running(.ofRun(1), since: at(0))), at: at(60_000)) == "signal 9")
        // A grace period that ended meanwhile is over.
        var late = ContainerMachine.stopping()
        #expect(
            late.answers(.adopted(.running(.ofRun(1), since: at(0))), .timerDue, at: at(60_000))
                == "signal 15, signal 9")
    }

    @Test(
        arguments: [
            (.no, "clean up, has ended with 137", nil), (.always, "clean up, has ended with 137 and restarts", 600),
            (onFailure, "clean up, has ended with 137 and restarts", 600),
        ] as [(RestartPolicy, String, Int64?)])
    func whatIsGoneUntoldWasKilled(_ policy: RestartPolicy, _ answer: String, _ deadline: Int64?) {
        for machine in [ContainerMachine.running(policy), .running(policy).after(.pauseAsked)] {
            var copy = machine
            #expect(copy.answers(.adopted(.gone(nil)), at: at(500)) == answer)
            #expect(copy.deadline == deadline.map(at))
            #expect(copy.run.finished == at(500))
        }
        var stopping = ContainerMachine.stopping(policy)
        #expect(stopping.answers(.adopted(.gone(nil)), at: at(500)) == "clean up, has ended with 137")
    }

    @Test func whatEndedMeanwhileEndedAsItsShimWrote() {
        var machine = ContainerMachine.running(onFailure)
        let found = RunEnd(code: 3, outOfMemory: true, started: at(7), finished: at(20_000))
        #expect(machine.answers(.adopted(.gone(found)), at: at(30_000)) == "clean up, has ended with 3 and restarts")
        #expect(machine.run.started == at(7))
        #expect(machine.run.finished == at(20_000))
        #expect(machine.run.outOfMemory)
        #expect(machine.deadline == at(30_100))
        // It was to be started again once it had stopped.
        var again = ContainerMachine.stopping().after(.startAsked)
        #expect(
            again.answers(.adopted(.gone(end(0, at: at(1)))), at: at(500))
                == "clean up, has ended with 0 and restarts, launch")
    }

    @Test func aStartUnderWay() {
        var running = ContainerMachine.starting(.always)
        #expect(running.answers(.adopted(.running(.ofRun(1), since: at(5))), at: at(500)) == "has started")
        #expect(running.run.started == at(5))
        var over = ContainerMachine.starting(.always)
        let found = RunEnd(code: 0, started: at(5), finished: at(6))
        #expect(over.answers(.adopted(.gone(found)), at: at(500)) == "clean up, has ended with 0 and restarts")
        #expect(over.run.started == at(5))
        var interrupted = ContainerMachine.starting(.always)
        #expect(interrupted.answers(.adopted(.gone(nil)), at: at(500)) == "clean up, has ended with 125")
        #expect(interrupted.state == .created)
        #expect(interrupted.run.failure?.contains("interrupted") == true)
        var restart = ContainerMachine.waiting(.always).after(.timerDue, at: at(100))
        #expect(
            restart.answers(.adopted(.gone(nil)), at: at(500)) == "clean up, has ended with 125 and restarts")
    }

    /// The user gets the whole grace period, which begins with the signal, however long nobody was there to send it.
    @Test func aStopOfAStartUnderWayIsTakenUp() {
        var machine = ContainerMachine.starting().after(.stopAsked(signal: sigterm, grace: .seconds(10)))
        let found = ContainerEvent.adopted(.running(.ofRun(1), since: at(0)))
        #expect(machine.answers(found, at: at(60_000)) == "has started, signal 15")
        #expect(machine.deadline == at(70_000))
    }

    @Test(arguments: [(Int64(50), Int64(100)), (100, 100), (500, 500)])
    func aRestartIsMadeUpFor(_ now: Int64, _ deadline: Int64) {
        for found in [nil, end(1, at: at(0))] {
            let machine = ContainerMachine.waiting(.always).after(.adopted(.gone(found)), at: at(now))
            #expect(machine.deadline == at(deadline))
        }
    }

    @Test func whatRestsRests() {
        for machine in [ContainerMachine.made(.always), .stopped(.always)] {
            var copy = machine
            #expect(copy.answers(.adopted(.gone(nil)), .adopted(.gone(end(1, at: at(1))))) == "")
            #expect(copy == machine)
        }
    }

    /// It ended and was launched again, and the last supervisor came to write neither down.
    @Test func aRunThatNobodyNoted() {
        for machine in [ContainerMachine.running(.always), .waiting(.always), .stopped(.always), .made()] {
            var copy = machine
            #expect(copy.answers(.adopted(.running(.ofRun(2), since: at(5))), at: at(500)) == "has started")
            #expect(copy.processes == .ofRun(2))
            #expect(copy.wanted == .running)
            #expect(copy.run.started == at(5))
        }
        // One that was to start again after its stop has done so: nobody wants to stop it any more.
        var again = ContainerMachine.stopping().after(.startAsked)
        #expect(again.answers(.adopted(.running(.ofRun(2), since: at(5))), at: at(500)) == "has started")
        #expect(again.answers(.timerDue, at: at(60_000)) == "")
        #expect(again.answers(.stopAsked(signal: sigterm, grace: .seconds(1)), at: at(60_000)) == "signal 15")
    }

    // MARK: A life as an earlier version noted it

    private func earlier(
        _ policy: RestartPolicy, started: Instant? = at(1), isUp: Bool, isStopped: Bool = false
    ) -> ContainerMachine {
        ContainerMachine(
            policy: policy, healthCheck: nil, started: started, finished: nil, exitCode: 3, outOfMemory: false,
            failure: nil, isUp: isUp, isStoppedByUser: isStopped)
    }

    @Test func anEarlierLifeGoesOn() {
        #expect(earlier(.always, started: nil, isUp: false, isStopped: true).state == .created)
        #expect(earlier(.always, isUp: false, isStopped: true).state == .exited(code: 3))
        var running = earlier(.always, isUp: true)
        #expect(running.state == .running(since: at(1)))
        #expect(running.answers(.adopted(.running(.ofRun(1), since: at(1))), at: at(500)) == "has started")
        var ended = earlier(.always, isUp: true)
        let found = ContainerEvent.adopted(.gone(end(0, at: at(9))))
        #expect(ended.answers(found, at: at(500)) == "clean up, has ended with 0 and restarts")
        #expect(earlier(.unlessStopped, isUp: true).after(.hostBooted, at: at(9)).deadline == at(9))
        #expect(earlier(.unlessStopped, isUp: false, isStopped: true).after(.hostBooted, at: at(9)).deadline == nil)
    }

    /// It ran: that it is gone without a word is an end, and no start that failed.
    @Test func anEarlierLifeThatEndedUntold() {
        var machine = earlier(.always, isUp: true)
        #expect(machine.answers(.adopted(.gone(nil)), at: at(500)).hasSuffix(" and restarts"))
        #expect(machine.deadline == at(600))
    }

    // MARK: A new boot

    @Test(
        arguments: [
            (.no, false, false), (.no, true, false), (.always, false, true), (.always, true, true),
            (.unlessStopped, false, true), (.unlessStopped, true, false), (onFailure, false, true),
            (onFailure, true, false),
        ] as [(RestartPolicy, Bool, Bool)])
    func theHostComesBack(_ policy: RestartPolicy, _ isStopped: Bool, _ restarts: Bool) {
        var machine = isStopped ? ContainerMachine.stopped(policy) : .running(policy)
        #expect(machine.answers(.hostBooted, at: at(9)) == (isStopped ? "" : "clean up"))
        #expect(machine.deadline == (restarts ? at(9) : nil))
        #expect(machine.run.exitCode == (isStopped ? 0 : 255))
        #expect(machine.processes == nil)
        if restarts { #expect(machine.answers(.timerDue, at: at(9)) == "launch") }
    }

    @Test func whoEndedBeforeTheHostDid() {
        // With Docker, `on-failure` starts what ran, and neither what ended well nor what was given up.
        #expect(ContainerMachine.running(onFailure).after(.ended(end(0, at: at(1))), .hostBooted).deadline == nil)
        let givenUp = ContainerMachine.running(.onFailure(maximumRetries: 0)).after(.ended(end(1, at: at(1))))
        #expect(givenUp.after(.hostBooted).deadline == nil)
        #expect(ContainerMachine.waiting(onFailure).after(.hostBooted, at: at(9)).deadline == at(9))
        #expect(ContainerMachine.waiting(.always).after(.hostBooted, at: at(9)).deadline == at(9))
        #expect(ContainerMachine.waiting(.always).after(.hostBooted, at: at(9)).run.exitCode == 1)
    }

    @Test func aStopUnderWayIsOver() {
        let machine = ContainerMachine.stopping(.unlessStopped).after(.hostBooted, at: at(9))
        #expect(machine.stopping == nil)
        #expect(machine.deadline == nil)
        #expect(machine.state == .exited(code: 255))
    }

    @Test(arguments: [RestartPolicy.no, .always, .unlessStopped, onFailure])
    func whatNeverRanIsNotStarted(_ policy: RestartPolicy) {
        for machine in [ContainerMachine.made(policy), .starting(policy)] {
            let booted = machine.after(.hostBooted, at: at(9))
            #expect(booted.state == .created)
            #expect(booted.deadline == nil, "\(policy)")
        }
    }

    @Test func restartsAreCountedAnew() {
        let machine = ContainerMachine.waiting(.always).after(.timerDue, .started(.ofRun(2), at: at(200)), at: at(200))
        #expect(machine.restarts.count == 1)
        #expect(machine.after(.hostBooted).restarts.count == 0)
    }
}
