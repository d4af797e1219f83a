import Planning
import StackModel
import Testing

private func at(_ milliseconds: Int64) -> Instant { Instant(nanoseconds: milliseconds * 1_000_000) }

@Suite struct RestartMachineTests {
    /// Starts at 0 by the user, then ends at 1 ms.
    private func actionAfterExit(
        _ policy: RestartPolicy, code: Int32, stopped: Bool = false
    ) -> RestartMachine.Action {
        var machine = RestartMachine(policy: policy)
        _ = machine.handle(.started(byUser: true), now: at(0))
        if stopped { _ = machine.handle(.stoppedByUser, now: at(0)) }
        return machine.handle(.exited(code: code), now: at(1))
    }

    @Test func policies() {
        let soon = RestartMachine.Action.restart(at: at(101))
        let table: [(RestartPolicy, Int32, Bool, RestartMachine.Action)] = [
            (.no, 1, false, .stay), (.no, 0, false, .stay),
            (.always, 0, false, soon), (.always, 1, false, soon), (.always, 1, true, .stay),
            (.unlessStopped, 0, false, soon), (.unlessStopped, 137, true, .stay),
            (.onFailure(maximumRetries: nil), 0, false, .stay), (.onFailure(maximumRetries: nil), 1, false, soon),
            (.onFailure(maximumRetries: 2), 1, false, soon), (.onFailure(maximumRetries: 0), 1, false, .stay),
            (.onFailure(maximumRetries: nil), 1, true, .stay),
        ]
        for (policy, code, stopped, expected) in table {
            let action = actionAfterExit(policy, code: code, stopped: stopped)
            #expect(action == expected, "\(policy) after \(code), stopped: \(stopped)")
        }
    }

    @Test func delaysDoubleUpToAMinuteAndBeginAnew() {
        var machine = RestartMachine(policy: .always)
        var time = at(0)
        var delays: [TimeSpan] = []
        _ = machine.handle(.started(byUser: true), now: time)
        for _ in 0..<12 {
            guard case .restart(let next) = machine.handle(.exited(code: 1), now: time) else { break }
            delays.append(next - time)
            time = next
            _ = machine.handle(.started(byUser: false), now: time)
        }
        let expected: [Int64] = [100, 200, 400, 800, 1600, 3200, 6400, 12800, 25600, 51200, 60000, 60000]
        #expect(delays == expected.map { .milliseconds($0) })
        #expect(machine.restartCount == 12)
        let stable = time + .seconds(10)
        #expect(machine.handle(.exited(code: 1), now: stable) == .restart(at: stable + .milliseconds(100)))
    }

    @Test func onFailureGivesUp() {
        var machine = RestartMachine(policy: .onFailure(maximumRetries: 2))
        _ = machine.handle(.started(byUser: true), now: at(0))
        for restart in 1...2 {
            #expect(machine.handle(.exited(code: 1), now: at(0)) != .stay)
            _ = machine.handle(.started(byUser: false), now: at(0))
            #expect(machine.restartCount == restart)
        }
        #expect(machine.handle(.exited(code: 1), now: at(0)) == .stay)
        _ = machine.handle(.started(byUser: true), now: at(0))
        #expect(machine.restartCount == 0)
        #expect(machine.handle(.exited(code: 1), now: at(0)) != .stay)
    }

    @Test func stopInThePauseCancelsTheRestart() {
        var machine = RestartMachine(policy: .always)
        _ = machine.handle(.started(byUser: true), now: at(0))
        _ = machine.handle(.exited(code: 1), now: at(0))
        #expect(machine.restartTime == at(100))
        #expect(machine.handle(.stoppedByUser, now: at(50)) == .stay)
        #expect(machine.restartTime == nil)
        #expect(machine.handle(.adopted(isRunning: false), now: at(60)) == .proceed)
    }

    @Test func policyChanges() {
        var machine = RestartMachine(policy: .always)
        _ = machine.handle(.started(byUser: true), now: at(0))
        _ = machine.handle(.exited(code: 0), now: at(0))
        #expect(machine.handle(.policyChanged(.unlessStopped), now: at(1)) == .proceed)
        #expect(machine.handle(.policyChanged(.onFailure(maximumRetries: nil)), now: at(1)) == .stay)
    }

    @Test func supervisorComesBack() {
        var running = RestartMachine(policy: .always)
        _ = running.handle(.started(byUser: true), now: at(0))
        var waiting = running
        _ = waiting.handle(.exited(code: 1), now: at(0))
        #expect(running.handle(.adopted(isRunning: true), now: at(500)) == .proceed)
        #expect(running.handle(.adopted(isRunning: false), now: at(500)) == .restart(at: at(600)))
        #expect(waiting.handle(.adopted(isRunning: false), now: at(50)) == .restart(at: at(100)))
        #expect(waiting.handle(.adopted(isRunning: false), now: at(500)) == .restart(at: at(500)))
    }

    @Test func hostComesBack() {
        let table: [(RestartPolicy, stopped: Bool, restarts: Bool)] = [
            (.no, false, false), (.always, false, true), (.always, true, true), (.unlessStopped, false, true),
            (.unlessStopped, true, false), (.onFailure(maximumRetries: nil), false, true),
            (.onFailure(maximumRetries: nil), true, false),
        ]
        for (policy, stopped, restarts) in table {
            var machine = RestartMachine(policy: policy)
            _ = machine.handle(.started(byUser: true), now: at(0))
            if stopped {
                _ = machine.handle(.stoppedByUser, now: at(0))
                _ = machine.handle(.exited(code: 0), now: at(0))
            }
            let action = machine.handle(.hostBooted, now: at(9))
            #expect(action == (restarts ? .restart(at: at(9)) : .stay), "\(policy), stopped: \(stopped)")
        }
    }

    /// Whatever happens in whatever order.
    @Test(arguments: UInt64(1)...40)
    func invariants(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let policies: [RestartPolicy] = [.no, .always, .unlessStopped, .onFailure(maximumRetries: 3)]
        var machine = RestartMachine(policy: policies.randomElement(using: &random) ?? .no)
        var now = at(0)
        for _ in 0..<200 {
            now = now + .milliseconds(Int64.random(in: 0...20_000, using: &random))
            let events: [RestartMachine.Event] = [
                .started(byUser: Bool.random(using: &random)), .exited(code: Int32.random(in: 0...1, using: &random)),
                .stoppedByUser, .policyChanged(policies.randomElement(using: &random) ?? .no),
                .adopted(isRunning: Bool.random(using: &random)), .hostBooted,
            ]
            guard let event = events.randomElement(using: &random) else { return }
            let action = machine.handle(event, now: now)
            if case .restart(let time) = action {
                #expect(time >= now && time - now <= .seconds(60))
                #expect(machine.restartTime == time)
                #expect(!machine.isStoppedByUser)
            }
            if action == .stay { #expect(machine.restartTime == nil) }
        }
    }
}
