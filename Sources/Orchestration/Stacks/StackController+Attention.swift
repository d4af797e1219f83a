import Containers
import Planning
import StackModel

/// What brings a stack back to what is wanted while nobody commands anything: what was cut short is gone on with, and
/// what is missing is made. It looks only at what is wanted and what is, never at what has just happened.
extension StackController {
    /// The longest pause after attempts that fail. Seconds.
    private static let longestPause: Int64 = 300

    /// Something of the stack's may not be as it is wanted any more.
    func attend() {
        attention.isCalled = true
        // Whoever holds the queue looks when he has finished.
        guard queue.holder == nil, attention.work == nil, !departure.hasBegun else { return }
        attention.work = Task(executorPreference: table.effects.executor) { await self.look() }
    }

    /// A command is over.
    func attendAfterCommand() {
        guard queue.holder == nil else { return }
        // `try?`: a ledger that can't be read is told by the next command.
        let ledger = (try? effects.ledger(of: name)) ?? nil
        if ledger?.waitsForTimes != true { stopAlarm() }
        if ledger?.pending != nil || ledger?.schedules != nil || attention.isCalled { attend() }
    }

    /// Returns when the work that nobody commanded has ended, between two steps.
    func rest() async {
        stopAlarm()
        attention.pause?.cancel()
        attention.work?.cancel()
        await attention.work?.value
    }

    private func look() async {
        attention.pause?.cancel()
        while attention.isCalled && queue.holder == nil && !departure.hasBegun {
            attention.isCalled = false
            do {
                // What can't be mended stops no schedule.
                var failure: (any Error)?
                do { try await converge() } catch { failure = error }
                try await keepSchedules()
                if let failure { throw failure }
                attention.failures = 0
            } catch is CancellationError {
            } catch let error where departure.hasBegun || (error as? OperationError)?.isGivingWay == true {
            } catch {
                table.effects.complain("stack \(name): \(error)")
                pause()
            }
        }
        attention.work = nil
    }

    /// What failed is tried again, less and less often.
    private func pause() {
        attention.failures += 1
        let time = TimeSpan.seconds(min(Self.longestPause, 1 << min(attention.failures, 10)))
        attention.pause = Task(executorPreference: table.effects.executor) { [effects = table.effects] in
            // `try?`: cancelled, somebody looks already.
            guard (try? await effects.sleep(until: effects.now + time)) != nil else { return }
            await self.attend()
        }
    }

    /// One round. Nobody waits for it, so that it gives way to every command.
    func converge() async throws {
        // Whoever holds the queue brings the stack to what is wanted already.
        guard queue.holder == nil, let ledger = try effects.ledger(of: name) else { return }
        let command = ledger.pending?.resumed ?? .heal
        if command == .heal && (ledger.state != .up || ledger.replicas.isEmpty) { return }
        var order = StackOrder(command, caller: "the supervisor")
        order.isBackground = true
        order.stack = ledger.current?.stack
        order.images = ledger.current?.images ?? [:]
        _ = try await carryOut(order, events: EventSink { _ in })
    }
}

/// How far a controller is with looking after its stack.
struct AttentionState {
    /// Somebody called, and nobody has looked since.
    var isCalled = false
    /// Looks, and does what is to be done.
    var work: Task<Void, Never>?
    /// Until the next attempt after a failure.
    var pause: Task<Void, Never>?
    /// In a row.
    var failures: Int64 = 0
    /// Until the next time of a schedule.
    var alarm: Task<Void, Never>?
}
