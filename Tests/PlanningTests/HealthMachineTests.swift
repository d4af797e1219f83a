import Planning
import StackModel
import Testing

/// Runs a machine with probes that take a fixed time, and records when it probes and what it becomes.
private struct Simulation {
    var machine: HealthMachine
    var probes: [Instant] = []
    var changes: [(time: Instant, status: HealthStatus)] = []

    /// - Parameter succeeds: told a probe's start.
    init(
        _ check: EffectiveHealthCheck, duration: TimeSpan = .milliseconds(0), until end: Instant,
        succeeds: (Instant) -> Bool
    ) {
        machine = HealthMachine(check: check)
        var next = apply(machine.handle(.started, now: at(0)), at(0))
        while let start = next, start <= end, probes.count < 1000 {
            probes.append(start)
            let finish = start + duration
            let result = ProbeResult(
                outcome: .exited(code: succeeds(start) ? 0 : 1), output: "", start: start, end: finish)
            next = apply(machine.handle(.probeFinished(result), now: finish), finish)
        }
    }

    private mutating func apply(_ actions: [HealthMachine.Action], _ now: Instant) -> Instant? {
        var next: Instant?
        for action in actions {
            switch action {
            case .probe(let time): next = time
            case .becomes(let status): changes.append((now, status))
            }
        }
        return next
    }
}

private let check = EffectiveHealthCheck(command: ["true"], interval: .seconds(1), retries: 3)

@Suite struct HealthMachineTests {
    @Test func probesAtOnceAndEverMoreSlowly() {
        let run = Simulation(check, until: at(3000)) { _ in false }
        #expect(run.probes == [0, 10, 30, 70, 150, 310, 630, 1000, 2000, 3000].map(at))
    }

    /// Without a bound, an interval of 1 ns keeps a processor busy.
    @Test func aMillisecondPassesBetweenProbesAtLeast() {
        let busy = EffectiveHealthCheck(command: ["true"], interval: .milliseconds(0), retries: 3)
        let run = Simulation(busy, until: at(20)) { _ in true }
        #expect(run.probes == (0...20).map { at(Int64($0)) })
    }

    @Test func healthyInTheInstantItSucceeds() {
        let run = Simulation(check, until: at(5000)) { $0 >= at(100) }
        #expect(run.changes.map(\.time) == [at(150)])
        #expect(run.changes.map(\.status) == [.healthy])
        #expect(run.probes.filter { $0 > at(150) } == [1150, 2150, 3150, 4150].map(at))
    }

    /// Docker would have probed at 1, 2 and 3 s: those three failures count, the others don't.
    @Test func unhealthyNoSoonerThanWithDocker() {
        let run = Simulation(check, until: at(10_000)) { _ in false }
        #expect(run.changes.map(\.time) == [at(3000)])
        #expect(run.changes.map(\.status) == [.unhealthy])
    }

    @Test func startPeriodForgives() {
        var lenient = check
        lenient.startPeriod = .seconds(10)
        lenient.startInterval = .milliseconds(500)
        let run = Simulation(lenient, until: at(20_000)) { _ in false }
        #expect(run.changes.map(\.time) == [at(12_000)])
        // No pause is longer than the start interval as long as it holds.
        let pauses = zip(run.probes, run.probes.dropFirst()).filter { $1 <= at(10_000) }.map { $1 - $0 }
        #expect(pauses.allSatisfy { $0 <= .milliseconds(500) })
    }

    @Test func healthyContainerFailsAndRecovers() {
        let run = Simulation(check, until: at(20_000)) { $0 < at(5000) || $0 > at(10_000) }
        #expect(run.changes.map(\.status) == [.healthy, .unhealthy, .healthy])
        #expect(run.changes.map(\.time) == [0, 7000, 11_000].map(at))
    }

    @Test func startedAgain() {
        var run = Simulation(check, until: at(5000)) { _ in true }
        #expect(run.machine.handle(.stopped, now: at(6000)).isEmpty)
        let late = ProbeResult(outcome: .timedOut, output: "", start: at(5900), end: at(6100))
        #expect(run.machine.handle(.probeFinished(late), now: at(6100)).isEmpty)
        #expect(run.machine.handle(.started, now: at(7000)) == [.becomes(.starting), .probe(at: at(7000))])
        #expect(run.machine.handle(.probeFinished(late), now: at(7100)).isEmpty)
        #expect(run.machine.log.isEmpty)
    }

    /// For any check and any behaviour: five results at most, never sooner unhealthy than `retries` of Docker's
    /// intervals, never a pause longer than Docker's, no busy loop.
    @Test(arguments: UInt64(1)...50)
    func invariants(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let check = EffectiveHealthCheck(
            command: ["x"], interval: .milliseconds(Int64.random(in: 1...5000, using: &random)),
            retries: Int.random(in: 1...5, using: &random),
            startPeriod: .milliseconds(Int64.random(in: 0...10_000, using: &random)),
            startInterval: .milliseconds(Int64.random(in: 1...5000, using: &random)))
        let duration = TimeSpan.milliseconds(Int64.random(in: 0...300, using: &random))
        let odds = Int.random(in: 0...3, using: &random)
        let run = Simulation(check, duration: duration, until: at(60_000)) { _ in
            Int.random(in: 0...3, using: &random) < odds
        }
        #expect(run.machine.log.count <= HealthMachine.logLength)
        let longest = max(check.interval, check.startInterval)
        let pauses = zip(run.probes, run.probes.dropFirst()).map { $1 - $0 }
        #expect(pauses.allSatisfy { $0 <= TimeSpan(nanoseconds: longest.nanoseconds + duration.nanoseconds) })
        #expect(pauses.allSatisfy { $0 >= .milliseconds(1) })
        #expect(zip(run.changes, run.changes.dropFirst()).allSatisfy { $0.status != $1.status })
        if let first = run.changes.first, first.status == .unhealthy {
            let pace = check.startPeriod.nanoseconds > 0 ? check.startInterval : check.interval
            let others = check.interval.nanoseconds * Int64(check.retries - 1)
            #expect(first.time - at(0) >= TimeSpan(nanoseconds: pace.nanoseconds + others))
            #expect(first.time - at(0) >= check.startPeriod)
        }
    }

    /// The longest number that an image can say.
    @Test func numbersOfImagesHaveSums() throws {
        let endless = TimeSpan(nanoseconds: .max)
        let image = HealthCheck(
            test: ["CMD", "a"], interval: endless, timeout: endless, startPeriod: endless, startInterval: endless)
        let check = try #require(EffectiveHealthCheck(service: nil, image: image))
        var machine = HealthMachine(check: check)
        #expect(!machine.handle(.started, now: at(0)).isEmpty)
        #expect(check.timeout.nanoseconds < Int64.max / 2)
    }

    @Test func effectiveCheck() {
        let image = HealthCheck(
            test: ["CMD-SHELL", "curl localhost"], interval: .seconds(7), timeout: .seconds(0), retries: 9)
        let table: [(HealthCheck?, HealthCheck?, EffectiveHealthCheck?)] = [
            (nil, nil, nil),
            (HealthCheck(interval: .seconds(1)), nil, nil),
            (HealthCheck(test: ["NONE"]), image, nil),
            (HealthCheck(test: ["CMD"]), nil, nil),
            (HealthCheck(test: ["CMD", "a", "b"]), nil, EffectiveHealthCheck(command: ["a", "b"])),
            (
                nil, image,
                EffectiveHealthCheck(command: ["/bin/sh", "-c", "curl localhost"], interval: .seconds(7), retries: 9)
            ),
            (
                HealthCheck(test: ["CMD", "a"], interval: .seconds(2), retries: 0, startPeriod: .seconds(3)), image,
                EffectiveHealthCheck(command: ["a"], interval: .seconds(2), retries: 9, startPeriod: .seconds(3))
            ),
        ]
        for (service, image, expected) in table {
            #expect(EffectiveHealthCheck(service: service, image: image) == expected)
        }
    }
}
