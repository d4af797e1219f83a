package import ControlAPI
import Planning
import StackModel

/// What was wanted of a stack, and how an earlier wish is wanted again.
extension Supervisor {
    package nonisolated func revisions(of stack: String) throws -> [RevisionSummary] {
        do {
            return try engine.stacks.ledger(of: stack)?.summaries ?? []
        } catch let error as OperationError {
            throw SupervisorRefusal(.conflict, error.description)
        }
    }

    /// - Parameter isResumed: an earlier supervisor ended before it was through.
    package func rollback(
        _ stack: String, _ request: RollbackRequest, isResumed: Bool = false, report: @escaping CommandReport
    ) async -> Outcome {
        await command(on: stack, report) { controller, events in
            let ledger = try self.engine.stacks.ledger(of: stack) ?? StackLedger()
            // An earlier supervisor has written down what is wanted: from there on it is not the revision before that.
            let isWanted = isResumed && ledger.current?.command == request.caller
            let revision = isWanted ? ledger.current : try ledger.revision(request.revision, of: stack)
            guard let revision else { throw OperationError("stack \(stack) has no revisions; `roost up` makes one") }
            let order = StackOrder(request, to: revision)
            return try await controller.carryOut(isResumed ? order.resumed : order, events: events)
        }
    }
}

extension StackLedger {
    /// The revision with this number; without one, the one before the one that is wanted now.
    func revision(_ number: Int?, of stack: String) throws -> Revision {
        guard let current else { throw OperationError("stack \(stack) has no revisions; `roost up` makes one") }
        if let number {
            if let found = revisions.first(where: { $0.number == number }) { return found }
            let known = revisions.map { "\($0.number)" }.joined(separator: ", ")
            throw OperationError("stack \(stack) has no revision \(number); there are \(known)")
        }
        guard let found = revisions.dropLast().last else {
            throw OperationError("stack \(stack) has no revision before \(current.number)")
        }
        return found
    }

    var summaries: [RevisionSummary] {
        var earlier: Revision?
        return revisions.map { revision in
            defer { earlier = revision }
            return RevisionSummary(
                number: revision.number, time: revision.time, command: revision.command,
                changes: earlier.map(revision.changes) ?? [:])
        }
    }
}

extension StackLedger.Revision {
    fileprivate func changes(since old: Self) -> [String: [String]] {
        stack.changes(since: old.stack, scale: (old.scale, scale), images: (old.images, images))
    }
}

extension StackOrder {
    init(_ request: RollbackRequest, to revision: StackLedger.Revision) {
        var options = PlanOptions()
        options.scale = revision.scale.filter { revision.stack.services[$0.key] != nil }
        options.removeOrphans = request.removeOrphans
        // The images are those of then, whatever their names stand for by now.
        options.pull = .missing
        options.waitHealthy = request.wait
        options.timeout = request.stopTimeout
        self.init(.up(options), caller: request.caller)
        stack = revision.stack
        images = revision.images
        isDryRun = request.dryRun
        waitTimeout = request.wait ? request.waitTimeout : nil
    }
}
