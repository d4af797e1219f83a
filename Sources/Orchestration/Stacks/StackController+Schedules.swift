import Containers
import Planning
import StackModel

/// What begins at its time. Which run that is follows from what is written down and what there is alone, so that a
/// supervisor that begins, a host that slept and one that was off come to the same.
extension StackController {
    /// How long a run waits for what it depends on before others get their turn. Seconds.
    private static let patience = TimeSpan.seconds(30)
    /// The clock may be set while it is waited for. Seconds.
    private static let longestSleep = TimeSpan.seconds(60)

    /// Begins the runs whose time has come, and removes those that are kept no longer.
    func keepSchedules() async throws {
        stopAlarm()
        // Whoever holds the queue looks when he has finished.
        guard queue.holder == nil, let ledger = try effects.ledger(of: name), ledger.state == .up,
            ledger.pending == nil, let states = ledger.schedules, let revision = ledger.current
        else { return }
        let observed = try await StackObserver(name: name, table: table, effects: effects).observe()
        let round = ScheduleRound(
            revision.stack, states: states, zones: try effects.zones(of: revision.stack),
            containers: observed.containers, now: table.effects.now.nanoseconds / 1_000_000_000)
        var failure: (any Error)?
        for step in round.steps where !departure.hasBegun {
            // One that can't begin is in nobody's way.
            do { try await carryOut(step, of: revision) } catch { failure = failure ?? error }
        }
        setAlarm(round.next)
        if let failure { throw failure }
    }

    private func carryOut(_ step: ScheduleStep, of revision: StackLedger.Revision) async throws {
        if step.missed > 0 {
            let times = step.missed == Schedule.mostMissed ? "\(step.missed) times and more" : "\(step.missed) times"
            table.effects.complain("stack \(name): service \(step.service): \(times) passed without a run")
        }
        var order = StackOrder(.schedule(step), caller: "the supervisor")
        order.isBackground = true
        order.stack = revision.stack
        order.images = revision.images
        order.waitTimeout = Self.patience
        _ = try await carryOut(order, events: EventSink { _ in })
    }

    /// - Parameter time: seconds since 1970.
    private func setAlarm(_ time: Int64?) {
        guard let time, !departure.hasBegun else { return }
        let due = Instant(nanoseconds: 0) + .seconds(time)
        attention.alarm = Task(executorPreference: table.effects.executor) { [effects = table.effects] in
            while effects.now < due {
                // `try?`: cancelled, somebody looks already.
                guard (try? await effects.sleep(until: min(due, effects.now + Self.longestSleep))) != nil else {
                    return
                }
            }
            await self.attend()
        }
    }

    func stopAlarm() {
        attention.alarm?.cancel()
        attention.alarm = nil
    }

    /// Whether something is to be done for the stack although nothing runs.
    var waitsForTimes: Bool {
        // `try?`: a ledger that can't be read is told by the next command.
        ((try? effects.ledger(of: name)) ?? nil)?.waitsForTimes == true
    }
}
