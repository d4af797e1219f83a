import Containers
package import ControlAPI
import Launching
import Planning
import StackModel

/// Takes what a command has to tell while it works.
package typealias CommandReport = @Sendable (CommandEvent) -> Void

/// A request that is understood and not carried out.
package struct SupervisorRefusal: Error, Sendable, CustomStringConvertible {
    package enum Kind: Sendable {
        /// What it speaks of isn't there.
        case notFound
        /// It can't be done as things are.
        case conflict
    }

    package var kind: Kind
    package var description: String

    package init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }
}

/// What changes stacks. Whatever happens, a command ends with an outcome.
extension Supervisor {
    package func up(
        _ stack: String, _ request: UpRequest, isResumed: Bool = false, report: @escaping CommandReport
    ) async -> Outcome {
        let order = isResumed ? StackOrder(request).resumed : StackOrder(request)
        return await command(on: stack, report) { controller, events in
            if request.dryRun {
                let missing = try await self.tellBuilds(for: request, report)
                guard missing.isEmpty else {
                    let names = missing.joined(separator: ", ")
                    report(.notice("What follows is planned when the images are there: \(names)"))
                    return Outcome()
                }
            } else {
                try await self.buildMissing(for: request, report)
            }
            return try await controller.carryOut(order, events: events)
        }
    }

    /// What `up` would do, and a document by which `apply` does just that.
    package func plan(_ stack: String, _ request: UpRequest, report: @escaping CommandReport) async -> Outcome {
        await command(on: stack, report) { controller, events in
            let missing = try await self.tellBuilds(for: request, report)
            guard missing.isEmpty else {
                throw OperationError(
                    "\(missing.joined(separator: ", ")): no plan without the images; `roost build` makes them",
                    exitCode: 1)
            }
            let document = try await controller.plan(StackOrder(request), events: events)
            events.send(.plan(document.plan.text))
            let text = String(decoding: try JSON.encode(document), as: UTF8.self)
            events.send(.result(.planned(PlannedChanges(document: text, isEmpty: document.plan.isEmpty))))
            return Outcome(unchanged: document.plan.isEmpty)
        }
    }

    package func apply(
        _ stack: String, _ request: ApplyRequest, isResumed: Bool = false, report: @escaping CommandReport
    ) async -> Outcome {
        await command(on: stack, report) { controller, events in
            let order = try StackOrder(PlanDocument(parsing: request.document, stack: stack), request)
            return try await controller.carryOut(isResumed ? order.resumed : order, events: events)
        }
    }

    package func pull(_ stack: String, _ request: PullRequest, report: @escaping CommandReport) async -> Outcome {
        await command(on: stack, report) { try await $0.pull(request, events: $1) }
    }

    package func down(
        _ stack: String, _ request: DownRequest, isResumed: Bool = false, report: @escaping CommandReport
    ) async -> Outcome {
        await carryOut(StackOrder(request), on: stack, isResumed, report)
    }

    package func change(
        _ stack: String, _ verb: LifecycleVerb, _ request: SignalRequest, isResumed: Bool = false,
        report: @escaping CommandReport
    ) async -> Outcome {
        await carryOut(StackOrder(verb, request), on: stack, isResumed, report)
    }

    /// - Parameter isResumed: an earlier supervisor ended before it was through.
    private func carryOut(
        _ order: StackOrder, on stack: String, _ isResumed: Bool, _ report: @escaping CommandReport
    ) async -> Outcome {
        let order = isResumed ? order.resumed : order
        return await command(on: stack, report) { try await $0.carryOut(order, events: $1) }
    }

    package func run(_ stack: String, _ request: RunRequest, report: @escaping CommandReport) async -> Outcome {
        await command(on: stack, report) { controller, events in
            do {
                return try await controller.carryOut(StackOrder(request), events: events)
            } catch let failure as StepFailure {
                guard failure.service == request.oneOff.service, let launch = failure.cause as? LaunchFailure else {
                    throw failure
                }
                if request.oneOff.run.autoRemove, let container = await self.table.find(request.oneOff.name) {
                    try await self.remove(container, volumes: true)
                }
                return Outcome(exitCode: launch.code, error: "\(failure)")
            }
        }
    }

    // MARK: One container

    func found(_ name: String) async throws -> Container {
        guard let container = await table.find(name) else {
            throw SupervisorRefusal(.notFound, "no such container: \(name)")
        }
        return container
    }

    /// Returns when the container has ended; at once if it doesn't run.
    package func wait(for name: String) async throws -> ContainerEnd {
        let container = try await found(name)
        await container.refresh()
        return try await container.wait { now, _ in
            now.machine.isAtRest ? ContainerEnd(exitCode: now.machine.run.exitCode) : nil
        }
    }

    package func attachment(of name: String) async throws -> AttachmentSettings {
        let settings = try await found(name).record.settings
        return AttachmentSettings(terminal: settings.tty, openInput: settings.stdinOpen || settings.tty)
    }

    package func removeContainer(_ name: String, _ request: ContainerRemovalRequest) async throws {
        guard let container = await table.find(name) else { return }
        await container.refresh()
        do {
            if request.force, await container.machine.isAlive { try await container.kill(signal: "SIGKILL") }
            guard await container.machine.isAtRest || request.whenEnded else {
                throw SupervisorRefusal(
                    .conflict, "container \(name) is running: stop it first, or remove it by force")
            }
            try await remove(container, volumes: request.volumes)
        } catch let error as ContainerError {
            // Somebody else was quicker.
            guard await table[container.id] == nil else { throw error }
        }
    }

    package func exec(in stack: String, _ request: ExecRequest) async throws -> ExecReply {
        let controller = controller(of: stack)
        do {
            let found = try await controller.running(service: request.service, index: request.index)
            let reply = try await engine.containers.exec(request, in: found)
            await forgetIfEmpty(stack)
            return reply
        } catch let error where error is OperationError || error is ContainerError {
            await forgetIfEmpty(stack)
            throw SupervisorRefusal(.conflict, "\(error)")
        }
    }

    package func prune(_ request: PruneRequest, report: @escaping CommandReport) async -> Outcome {
        await outcome {
            let before = try Leftovers(engine.locations)
            _ = try await prune(request, events: EventSink(send: report))
            var pruned = try before.gone(since: Leftovers(engine.locations))
            if let images = request.images { pruned.images = try await self.images.prune(images) }
            report(.result(.pruned(pruned)))
            return Outcome()
        }
    }

    /// What changes images; it waits for no stack.
    package nonisolated func image(
        _ operation: @Sendable (ImageOperations) async throws -> Outcome
    ) async -> Outcome {
        await outcome { try await operation(images) }
    }

    package nonisolated var images: ImageOperations {
        ImageOperations(store: engine.images, locations: engine.locations)
    }

    func command(
        on stack: String, _ report: @escaping CommandReport,
        _ operation: @Sendable (StackController, EventSink) async throws -> Outcome
    ) async -> Outcome {
        let controller = controller(of: stack)
        let outcome = await outcome { try await operation(controller, EventSink(send: report)) }
        await forgetIfEmpty(stack)
        return outcome
    }
}

/// How an operation ended, whatever it threw.
func outcome(_ operation: @Sendable () async throws -> Outcome) async -> Outcome {
    do {
        return try await operation()
    } catch let error as OperationError {
        return Outcome(exitCode: error.exitCode, error: error.description)
    } catch is CancellationError {
        return Outcome(exitCode: 130, error: "interrupted")
    } catch {
        return Outcome(exitCode: 1, error: "\(error)")
    }
}
