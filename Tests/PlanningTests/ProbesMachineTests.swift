import StackModel
import Testing

@testable import Planning

/// Kubernetes' rules for probes, second by second.
@Suite struct ProbesMachineTests {
    private static let web = ProbeCheck.http(HTTPCheck(port: 80))

    private static func machine(
        _ probes: Probes, check: EffectiveHealthCheck? = nil, policy: RestartPolicy = .no
    ) -> ContainerMachine {
        ContainerMachine(
            policy: policy, healthCheck: check, probes: probes,
            unhealthyEnd: UnhealthyEnd(signal: sigterm, grace: .seconds(10))
        ).after(.startAsked).after(.started(.ofRun(1), at: at(0)))
    }

    private static func result(_ isGood: Bool, _ time: Instant) -> ProbeResult {
        ProbeResult(
            outcome: .exited(code: isGood ? 0 : 1), output: isGood ? "" : "HTTP 500 Oops\nmore", start: time, end: time)
    }

    /// Lets the time pass, second by second, with each probe answered at once, and tells what happened when.
    private static func play(
        _ machine: inout ContainerMachine, seconds: Range<Int64>, answer: (ProbeKind, Int64) -> Bool
    ) -> [String] {
        var told: [String] = []
        for second in seconds {
            let now = at(second * 1000)
            guard let deadline = machine.deadline, deadline <= now else { continue }
            for action in machine.handle(.timerDue, now: now) {
                told.append("\(second): \(action.text)")
                guard case .check(let kind) = action else { continue }
                let isGood = answer(kind, second)
                for news in machine.handle(.checkFinished(kind, result(isGood, now)), now: now) {
                    told.append("\(second): \(news.text)")
                }
            }
        }
        return told
    }

    @Test("A readiness probe needs its successes and its failures in a row, and changes nothing but the readiness")
    func readiness() {
        var probe = Probe(Self.web, initialDelaySeconds: 2, periodSeconds: 1, failureThreshold: 2)
        probe.successThreshold = 2
        var machine = Self.machine(Probes(readiness: probe))
        #expect(machine.availability == .unready)
        let good: Set<Int64> = [2, 4, 5, 6, 8, 11, 12]
        let told = Self.play(&machine, seconds: 0..<13) { good.contains($1) }
        #expect(told.filter { !$0.contains("check") } == ["5: is healthy", "10: is unhealthy", "12: is healthy"])
        #expect(told.filter { $0.contains("check") }.count == 11)
        #expect(machine.availability == .ready)
    }

    @Test("One failure too few changes nothing")
    func threshold() {
        var machine = Self.machine(Probes(readiness: Probe(Self.web, periodSeconds: 1)))
        let told = Self.play(&machine, seconds: 0..<9) { $1 % 3 == 0 }
        #expect(told.filter { !$0.contains("check") } == ["0: is healthy"])
    }

    @Test("A liveness probe that fails ends the container, whose policy may be none, and starts it again")
    func liveness() {
        var machine = Self.machine(Probes(liveness: Probe(Self.web)))
        #expect(machine.availability == .ready)
        let told = Self.play(&machine, seconds: 0..<60) { _, _ in false }
        #expect(
            told == [
                "0: check liveness", "10: check liveness", "20: check liveness", "20: is unhealthy",
                "20: is ended: liveness probe failed 3 times: HTTP 500 Oops", "20: signal 15", "30: signal 9",
            ])
        #expect(machine.availability == .draining)
        #expect(machine.lastCause == "liveness probe failed 3 times: HTTP 500 Oops")
        let end = machine.answers(.ended(end(137, at: at(31_000))), at: at(31_000))
        #expect(end == "clean up, has ended with 137 and restarts")
        #expect(machine.text == "waits for 31100, wanted")
        #expect(machine.answers(.timerDue, at: at(31_100)) == "launch")
        #expect(machine.answers(.started(.ofRun(2), at: at(32_000)), at: at(32_000)) == "has started")
        // All begins anew.
        #expect(machine.healthStatus == .healthy && machine.deadline == at(32_000))
    }

    @Test("A stop by the user while an unhealthy container is being ended is a stop")
    func stopped() {
        var machine = Self.machine(Probes(liveness: Probe(Self.web, periodSeconds: 1)))
        _ = Self.play(&machine, seconds: 0..<4) { _, _ in false }
        _ = machine.handle(.stopAsked(signal: sigterm, grace: .seconds(1)), now: at(5000))
        #expect(machine.answers(.ended(end(0, at: at(5500))), at: at(5500)) == "clean up, has ended with 0")
        #expect(machine.isAtRest)
    }

    @Test("Until the startup probe succeeds nothing else is probed; then the delays count from the start")
    func startup() {
        let probes = Probes(
            startup: Probe(Self.web, periodSeconds: 1, failureThreshold: 30),
            liveness: Probe(Self.web, initialDelaySeconds: 8), readiness: Probe(Self.web))
        var machine = Self.machine(probes)
        let told = Self.play(&machine, seconds: 0..<12) { kind, second in kind != .startup || second == 5 }
        #expect(
            told == (0..<6).map { "\($0): check startup" } + [
                "6: check readiness", "6: is healthy", "8: check liveness",
            ])
    }

    @Test("A startup probe that never succeeds has the container begin anew")
    func neverStarted() {
        var machine = Self.machine(Probes(startup: Probe(Self.web, periodSeconds: 1, failureThreshold: 2)))
        let told = Self.play(&machine, seconds: 0..<3) { _, _ in false }
        #expect(told.contains("1: is ended: startup probe failed 2 times: HTTP 500 Oops"))
        #expect(machine.stopping != nil)
    }

    @Test(
        "x-on-unhealthy says what follows",
        arguments: [
            (UnhealthyAction.none, "", true), (.stop, "signal 15", false), (.restart, "signal 15", true),
        ])
    func action(action: UnhealthyAction, does: String, isWanted: Bool) {
        var machine = Self.machine(
            Probes(liveness: Probe(Self.web, periodSeconds: 1, failureThreshold: 1), onUnhealthy: action))
        let told = Self.play(&machine, seconds: 0..<2) { _, second in second > 0 }
        #expect(told.contains("0: \(does)") || does.isEmpty)
        #expect((machine.wanted == .running) == isWanted)
        if action == .none { #expect(told.last == "1: is healthy") }
    }

    @Test(
        "A health check is the readiness where there is no other, waits for the startup, and ends nothing unless asked")
    func healthCheck() {
        for onUnhealthy in [nil, UnhealthyAction.restart] {
            let probes = Probes(startup: Probe(Self.web), onUnhealthy: onUnhealthy)
            var machine = Self.machine(probes, check: probing)
            #expect(machine.answers(.timerDue, at: at(0)) == "check startup")
            #expect(machine.deadline == nil)
            #expect(machine.answers(.checkFinished(.startup, Self.result(true, at(0))), at: at(10)) == "")
            #expect(machine.healthStatus == .starting)
            var news: [String] = []
            for second in Int64(1)..<5 {
                let time = at(second * 2000)
                _ = machine.handle(.timerDue, now: time)
                news.append(machine.answers(.probeFinished(Self.result(false, time)), at: time))
            }
            let isEnded = news.contains { $0.contains("is unhealthy") && $0.contains("signal 15") }
            #expect(news.contains { $0.contains("is unhealthy") } && isEnded == (onUnhealthy == .restart), "\(news)")
        }
    }

    @Test("A new supervisor goes on with the probes that the last one had under way")
    func adoption() {
        var machine = Self.machine(Probes(liveness: Probe(Self.web), readiness: Probe(Self.web)))
        #expect(machine.answers(.timerDue, at: at(0)) == "check liveness, check readiness")
        #expect(machine.deadline == nil)
        #expect(machine.answers(.adopted(.running(.ofRun(1), since: at(0))), at: at(500)) == "")
        #expect(machine.answers(.timerDue, at: at(500)) == "check liveness, check readiness")
    }

    @Test("What somebody waits for is probed in between, ever more slowly, and only its successes count")
    func inBetween() {
        var machine = Self.machine(Probes(readiness: Probe(Self.web, failureThreshold: 2)))
        var times: [Int64] = []
        var news: [String] = []
        while let deadline = machine.deadline, times.count < 12 {
            times.append(deadline.nanoseconds / 1_000_000)
            _ = machine.handle(.timerDue, now: deadline)
            let isGood = times.count == 12
            news.append(machine.answers(.checkFinished(.readiness, Self.result(isGood, deadline)), at: deadline))
        }
        #expect(times == [0, 20, 60, 140, 300, 620, 1260, 2540, 5100, 10_000, 20_000, 30_000])
        #expect(news.filter { !$0.isEmpty } == ["is unhealthy", "is healthy"])
        #expect(news[9] == "is unhealthy")
    }

    @Test("A late result of an earlier run says nothing about this one")
    func late() {
        var machine = Self.machine(Probes(readiness: Probe(Self.web)), policy: .always)
        _ = machine.handle(.timerDue, now: at(0))
        _ = machine.handle(.ended(end(1, at: at(100))), now: at(100))
        _ = machine.handle(.timerDue, now: at(200))
        _ = machine.handle(.started(.ofRun(2), at: at(300)), now: at(300))
        #expect(machine.answers(.checkFinished(.readiness, Self.result(true, at(0))), at: at(300)) == "")
        #expect(machine.healthStatus == .starting)
    }
}
