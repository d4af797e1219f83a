import Containers
import ControlAPI
import Planning
import StackModel

/// One round of making true what is wanted: write down, look, plan, carry out.
struct Convergence: Sendable {
    let name: String
    let table: ContainerTable
    let effects: any StackEffects
    let registries: any RegistrySession
    let logs: ContainerLogs
    let departure: Departure
    let events: EventSink

    func run(_ order: StackOrder) async throws -> Outcome {
        guard let limit = order.waitTimeout, limit.nanoseconds > 0 else { return try await converge(order) }
        let effects = table.effects
        return try await withThrowingTaskGroup(of: Outcome.self) { group in
            group.addTask { try await converge(order) }
            group.addTask {
                try await effects.sleep(until: effects.now + limit)
                throw OperationError(
                    "not everything was ready after \(limit)" + (order.isBackground ? "" : " (--wait-timeout)"))
            }
            defer { group.cancelAll() }
            guard let outcome = try await group.next() else { throw CancellationError() }
            return outcome
        }
    }

    private func converge(_ order: StackOrder) async throws -> Outcome {
        await table.sweep()
        if !order.isDryRun { await table.forgetVanished(of: name) }
        await tellOfUnreadable()
        let (plan, observed) = try await plan(order)
        plan.warnings.forEach(events.warning)
        if order.isDryRun {
            events.send(.plan(plan.text))
            return Outcome(unchanged: plan.isEmpty)
        }
        try writeDown(order, observed, isEmpty: plan.isEmpty)
        if case .up = order.command { explain(plan) }
        do {
            try await execute(plan)
        } catch {
            // Told to end, or failed: what its user wanted is not what is pending any more. But what goes on in the
            // background has no user who gave it up, and what this supervisor can't finish the next one does.
            let isGivenUp = !(error is CancellationError) || !(order.isBackground || departure.hasBegun)
            if isGivenUp { try settle(order.command) }
            throw explained(error, order.stack)
        }
        if case .schedule(let step) = order.command { try note(step.run?.run.job?.time, asLastOf: step.service) }
        try settle(order.command)
        if case .run(let options) = order.command, let oneOff = options.oneOff,
            let container = await table.find(oneOff.name)
        {
            events.send(.result(.started(container: container.id)))
        }
        return Outcome(unchanged: plan.isEmpty)
    }

    /// The whole program for a command, and what it was made from.
    func plan(_ order: StackOrder) async throws -> (Plan, ObservedStack) {
        var observed = try await StackObserver(name: name, table: table, effects: effects).observe(for: order.stack)
        try await pin(order, &observed)
        // A zone that isn't there is told before anything is changed.
        if !order.isBackground { _ = try effects.zones(of: order.stack) }
        let replicas = try effects.ledger(of: name)?.replicas ?? [:]
        if let approved = order.approved {
            // The plan names its images by digest: whatever the store has by now, it holds to the answers of then.
            observed.images = approved.observed.images
        } else {
            var asked: Set<String> = []
            while true {
                // An answer may lead to further questions: a new image of one service can be a reason for another's.
                let questions = try order.command.lookUps(order.stack, observed, replicas: replicas)
                    .filter { asked.insert($0.key).inserted }
                if questions.isEmpty { break }
                try await askRegistries(questions, &observed)
            }
        }
        let plan = try order.command.plan(order.stack, observed, replicas: replicas)
        if let approved = order.approved, approved.plan != plan {
            let changes = observed.changes(since: approved.observed)
            throw OperationError(
                "the plan doesn't hold any more, and nothing was changed: "
                    + (changes.isEmpty ? "another version of Roost made it" : changes.joined(separator: ", "))
                    + "; run `roost plan` again")
        }
        return (plan, observed)
    }

    /// Images that are decided on already. Those that are gone by now are found by their names, where nobody waits for
    /// just these.
    private func pin(_ order: StackOrder, _ observed: inout ObservedStack) async throws {
        for service in order.stack?.services.values.sorted(by: { $0.name < $1.name }) ?? [] {
            guard let imageID = order.images[service.imageKey] else { continue }
            do {
                _ = try await effects.image(imageID, reference: service.image, platform: service.platform)
                observed.images[service.imageKey] = ObservedImage(stored: imageID)
            } catch  where order.isBackground && !(error is CancellationError) {
                continue
            }
        }
    }

    private func askRegistries(_ questions: [ImageLookUp], _ observed: inout ObservedStack) async throws {
        let answers = try await withThrowingTaskGroup(of: (ImageLookUp, RegistryImage).self) { group in
            for question in questions { group.addTask { (question, try await answer(question)) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        for (question, answer) in answers { observed.images[question.key, default: ObservedImage()].registry = answer }
        for (question, answer) in answers where observed.images[question.key]?.stored == answer.imageID {
            events.done("Image \(question.reference)", "Pulled")
        }
    }

    private func answer(_ question: ImageLookUp) async throws -> RegistryImage {
        let id = "Image \(question.reference)"
        events.working(id, "Pulling")
        do {
            return try await registries.lookUp(question)
        } catch {
            events.failed(id, error is CancellationError ? "Interrupted" : "Error")
            throw error
        }
    }

    private func execute(_ plan: Plan) async throws {
        try await PlanExecutor(
            stack: name, table: table, effects: effects, logs: logs, registries: registries, events: events
        ).run(plan)
    }

    private func tellOfUnreadable() async {
        for error in await table.unreadableRecords { events.warning("\(error)") }
        effects.problems.forEach(events.warning)
    }

    // MARK: The ledger

    private func writeDown(_ order: StackOrder, _ observed: ObservedStack, isEmpty: Bool) throws {
        if order.command.isPassing { return }
        var ledger = try effects.ledger(of: name) ?? StackLedger()
        let before = ledger
        switch order.command {
        case .up(let options):
            guard let stack = order.stack else { break }
            let scale = try Plan.wantedScale(stack, options: options)
            let images = observed.images.compactMapValues { $0.registry?.imageID ?? $0.stored }
            ledger.want(
                stack, images: images, scale: scale, time: table.effects.now.nanoseconds, command: order.caller)
        case .run(let options):
            let scale = try order.stack.map { try Plan.wantedScale($0, options: options) } ?? [:]
            guard let stack = order.stack, !scale.isEmpty else { break }
            let images = observed.images.compactMapValues { $0.registry?.imageID ?? $0.stored }
            ledger.want(
                stack, images: images, scale: scale, time: table.effects.now.nanoseconds, command: order.caller)
        case .remove(let options):
            for container in observed.containers
            where !container.isOneOff && (options.services.isEmpty || options.services.contains(container.service))
                && (options.stopFirst || !container.state.isAlive)
            {
                let left = (ledger.replicas[container.service] ?? 0) - 1
                ledger.replicas[container.service] = left > 0 ? left : nil
            }
        case .start, .restart: ledger.state = .up
        case .stop(let options), .kill(let options): if options.services.isEmpty { ledger.state = .stopped }
        case .down(let options, _):
            if options.services.isEmpty { ledger.state = .down }
            for service in options.services {
                ledger.replicas[service] = nil
                ledger.schedules?[service] = nil
            }
            if options.services.isEmpty {
                ledger.replicas = [:]
                ledger.schedules = nil
            }
        case .schedule(let step): ledger.note(step.last, asLastOf: step.service)
        case .pause, .unpause, .prune, .heal: break
        }
        if !isEmpty && !order.command.isOwn { ledger.pending = order.command }
        // A stack of which nobody ever wanted anything leaves nothing on the disk.
        if ledger != before && (ledger.current != nil || !isEmpty) { try effects.save(ledger, of: name) }
    }

    private func note(_ time: Int64?, asLastOf service: String) throws {
        guard var ledger = try effects.ledger(of: name) else { return }
        ledger.note(time, asLastOf: service)
        try effects.save(ledger, of: name)
    }

    /// The command is over, well or not.
    private func settle(_ command: StackCommand) throws {
        if command.isPassing { return }
        guard var ledger = try effects.ledger(of: name) else { return }
        if ledger.state == .down && ledger.replicas.isEmpty { return try effects.removeLedger(of: name) }
        guard ledger.pending != nil else { return }
        ledger.pending = nil
        try effects.save(ledger, of: name)
    }

    // MARK: What the user is told

    /// Why something that exists is replaced, restarted or removed: one line a service and cause.
    private func explain(_ plan: Plan) {
        var told: Set<String> = []
        for change in plan.changes where [.recreate, .update, .restart, .remove].contains(change.verb) {
            let line = "\(change.container.service): \(change.verb.rawValue) (\(change.cause))"
            if !change.cause.isEmpty && told.insert(line).inserted { events.notice(line) }
        }
    }

    private func explained(_ error: any Error, _ stack: Stack?) -> any Error {
        guard let unmet = error as? UnmetCondition else { return error }
        return OperationError(unmet, in: stack)
    }

    // MARK: Images

    func pull(_ request: PullRequest) async throws -> Outcome {
        var options = PlanOptions()
        options.services = request.services
        options.noDeps = true
        options.pull = request.policy ?? .always
        let observed = try await StackObserver(name: name, table: table, effects: effects)
            .observe(for: request.stack)
        let plan = try Plan.pull(request.stack, images: observed.images, options: options)
        do {
            try await execute(plan)
        } catch  where request.ignoreFailures {
            events.warning("\(error)")
        }
        return Outcome(unchanged: plan.isEmpty)
    }
}
