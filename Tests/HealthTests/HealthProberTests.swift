import Health
import Planning
import StackModel
import Testing

/// A clock that jumps to whatever is slept for, and what was done at which time.
private actor Scene {
    private(set) var reports: [HealthReport] = []
    private(set) var commands: [[String]] = []
    private(set) var timeouts: [TimeSpan] = []

    func report(_ report: HealthReport) { reports.append(report) }

    func ran(_ command: [String], _ timeout: TimeSpan) -> Int {
        commands.append(command)
        timeouts.append(timeout)
        return commands.count
    }
}

private let check = EffectiveHealthCheck(command: ["test"], interval: .seconds(1), timeout: .seconds(2), retries: 2)

@Suite struct HealthProberTests {
    /// Runs until so many reports have come; then time stands still.
    private func reports(
        _ count: Int, answer: @escaping @Sendable (Int) -> ProbeAnswer
    ) async -> (reports: [HealthReport], timeouts: [TimeSpan]) {
        let scene = Scene()
        let clock = JumpingClock()
        let (done, finish) = AsyncStream<Void>.makeStream()
        let prober = HealthProber(
            check: check, now: { clock.now },
            sleep: { time async throws(CancellationError) in
                if await scene.reports.count >= count {
                    finish.finish()
                    try await untilCancelled()
                }
                try clock.jump(to: time)
            },
            probe: { command, timeout in answer(await scene.ran(command, timeout)) },
            onChange: { await scene.report($0) })
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await prober.run() }
            for await _ in done {}
            group.cancelAll()
        }
        return (await scene.reports, await scene.timeouts)
    }

    @Test func becomesHealthy() async {
        let (reports, timeouts) = await reports(3) {
            ProbeAnswer(outcome: .exited(code: $0 < 3 ? 1 : 0), output: "\($0)")
        }
        #expect(reports.map(\.status) == [.starting, .starting, .healthy])
        #expect(reports.last?.log.map(\.output) == ["1", "2", "3"])
        #expect(timeouts.allSatisfy { $0 == .seconds(2) })
    }

    @Test func becomesUnhealthyAndKeepsFiveResults() async {
        let (reports, _) = await reports(12) { _ in ProbeAnswer(outcome: .timedOut) }
        #expect(reports.last?.status == .unhealthy)
        #expect(reports.last?.log.count == 5)
    }

    @Test func outputIsBounded() async {
        let (reports, _) = await reports(1) { _ in
            ProbeAnswer(outcome: .failed("no such command"), output: String(repeating: "ä", count: 10_000))
        }
        #expect((reports.first?.log.first?.output.utf8.count ?? .max) <= HealthProber.outputLimit + 3)
    }

    @Test func cancellationEndsItWithoutAReport() async {
        let scene = Scene()
        let clock = JumpingClock()
        let (started, begin) = AsyncStream<Void>.makeStream()
        let prober = HealthProber(
            check: check, now: { clock.now },
            sleep: { time async throws(CancellationError) in try clock.jump(to: time) },
            probe: { _, _ in
                begin.finish()
                do { try await untilCancelled() } catch { return ProbeAnswer(outcome: .failed("cancelled")) }
                return ProbeAnswer(outcome: .exited(code: 0))
            }, onChange: { await scene.report($0) })
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await prober.run() }
            for await _ in started {}
            group.cancelAll()
        }
        #expect(await scene.reports.isEmpty)
    }
}

/// Returns only by throwing: what a probe that hangs and a clock that stands still do.
private func untilCancelled() async throws(CancellationError) {
    do {
        while true { try await Task.sleep(for: .seconds(3600)) }
    } catch {
        throw CancellationError()
    }
}
