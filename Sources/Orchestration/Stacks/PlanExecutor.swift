import ControlAPI
import Planning
import StackModel
import Volumes

/// Carries out a plan: each step in the instant in which those before it are through, side by side as far as the graph
/// allows. It decides nothing but to stop after a failure.
struct PlanExecutor: Sendable {
    let controller: StackController
    /// What the plan was made from; `nil` for plans that make nothing.
    let stack: Stack?
    let events: EventSink

    /// How one step ended.
    private enum Ending: Sendable {
        case done
        /// It failed, and what waits for it can't happen.
        case failed(any Error)
        /// It was not begun, because of a failure before it.
        case skipped
    }

    /// - Throws: the first failure, when all steps that had begun are over.
    func run(_ plan: Plan) async throws {
        var endings: [Int: Ending] = [:]
        var waiting = plan.steps
        var failure: (any Error)?
        let context = PlanContext()
        await withTaskGroup(of: (Int, Ending).self) { group in
            var running = 0
            while true {
                let ready = Self.takeReady(&waiting, endings: endings, isFailing: failure != nil)
                for step in ready.skipped { endings[step.id] = .skipped }
                for step in ready.begun {
                    running += 1
                    group.addTask { (step.id, await self.ending(of: step, context)) }
                }
                if !ready.skipped.isEmpty && ready.begun.isEmpty { continue }
                guard running > 0, let (id, ending) = await group.next() else { break }
                running -= 1
                endings[id] = ending
                if case .failed(let error) = ending, failure == nil {
                    failure = error
                    // Waiting for conditions ends at once; what changes something is finished.
                    group.cancelAll()
                }
            }
        }
        if let failure { throw failure }
        try Task.checkCancellation()
    }

    private static func takeReady(
        _ waiting: inout [PlanStep], endings: [Int: Ending], isFailing: Bool
    ) -> (begun: [PlanStep], skipped: [PlanStep]) {
        var begun: [PlanStep] = []
        var skipped: [PlanStep] = []
        waiting.removeAll { step in
            let before = step.after.map { endings[$0] }
            let isHopeless =
                isFailing
                || before.contains {
                    if case .failed? = $0 { true } else if case .skipped? = $0 { true } else { false }
                }
            if isHopeless {
                skipped.append(step)
                return true
            }
            let isReady = before.allSatisfy { $0 != nil } && step.afterEnd.allSatisfy { endings[$0] != nil }
            if isReady { begun.append(step) }
            return isReady
        }
        return (begun, skipped)
    }

    private func ending(of step: PlanStep, _ context: PlanContext) async -> Ending {
        do {
            try Task.checkCancellation()
            if step.action.isInterruptible {
                try await perform(step, context)
            } else {
                // What changes something is finished even when another step has failed or the client has gone: half a
                // launch would be a container that nobody knows.
                try await Task { try await perform(step, context) }.value
            }
            return .done
        } catch {
            if case .waitFor(let container, _, _, required: false) = step.action {
                events.warning("optional dependency \(container.label): \(error)")
                return .done
            }
            return .failed(error)
        }
    }

    private func perform(_ step: PlanStep, _ context: PlanContext) async throws {
        switch step.action {
        case .pullImage(let reference, let platform, _):
            try await controller.fetch(reference, platform: platform, events: events)
        case .createNetwork(_, let network):
            try await reported("Network \(network.name)", "Creating", "Created") {
                try await controller.engine.networks.create(network, stack: controller.name)
            }
        case .removeNetwork(let network):
            try await reported("Network \(network.name)", "Removing", "Removed") {
                if try await !controller.engine.networks.remove(network.name) {
                    events.warning("Network \(network.name): a container of another stack uses it; it stays")
                }
            }
        case .createVolume(let key, let volume):
            try await reported("Volume \(volume.name)", "Creating", "Created") {
                try controller.engine.volumes.create(key: key, volume, stack: controller.name)
            }
        case .removeVolume(let volume):
            if let user = try controller.engine.store.user(ofVolume: volume.name, except: controller.name) {
                return events.warning("Volume \(volume.name): container \(user) of another stack uses it; it stays")
            }
            try await reported("Volume \(volume.name)", "Removing", "Removed") {
                try controller.engine.volumes.store.remove(volume.name)
            }
        default:
            try await performOnContainer(step, context)
        }
    }

    private func performOnContainer(_ step: PlanStep, _ context: PlanContext) async throws {
        switch step.action {
        case .createContainer(let container, let replaced):
            let isNew = replaced == nil
            try await reported(
                "Container \(container.name)", isNew ? "Creating" : "Recreate", isNew ? "Created" : "Recreated"
            ) {
                let id = try await create(container, replaced)
                await context.made(container, id)
            }
        case .startContainer(let container):
            try await reported("Container \(container.name)", "Starting", "Started") {
                try await controller.start(await context.id(of: container))
            }
        case .waitFor(let container, let condition, let dependents, _):
            try await wait(await context.id(of: container), container, condition, dependents)
        case .stopContainer(let container, let signal, let timeout):
            try await reported("Container \(container.name)", "Stopping", "Stopped") {
                try await controller.stop(await context.id(of: container), signal: signal, timeout: timeout)
            }
        case .killContainer(let container, let signal):
            try await reported("Container \(container.name)", "Killing", "Killed") {
                try await controller.kill(await context.id(of: container), signal: signal)
            }
        case .removeContainer(let container, let volumes):
            try await reported("Container \(container.name)", "Removing", "Removed") {
                try await controller.removeContainer(await context.id(of: container), volumes: volumes)
            }
        case .pullImage, .createNetwork, .removeNetwork, .createVolume, .removeVolume:
            break
        }
    }

    private func create(_ container: ContainerReference, _ replaced: Replacement?) async throws -> String {
        guard let stack, let service = stack.services[container.service] else {
            throw OperationError("service \"\(container.service)\" is not in the file")
        }
        let image = try await controller.image(of: service)
        return try await controller.create(service, container, of: stack, image: image, replaces: replaced)
    }

    private func wait(
        _ id: String, _ container: ContainerReference, _ condition: WaitCondition, _ dependents: [String]
    ) async throws {
        let name = "Container \(container.name)"
        events.working(name, "Waiting")
        do {
            try await controller.wait(until: condition, of: id)
        } catch let failure as ConditionFailure {
            events.failed(name, "Error", failure.problem)
            throw await controller.explain(failure, of: id, dependents: dependents, stack: stack)
        }
        events.done(name, condition == .completed ? "Exited" : "Healthy")
    }

    /// Tells the user when something begins and how it ends.
    private func reported(
        _ id: String, _ begins: String, _ ends: String, _ work: () async throws -> Void
    ) async throws {
        events.working(id, begins)
        do {
            try await work()
        } catch {
            events.failed(id, "Error", "\(error)")
            throw error
        }
        events.done(id, ends)
    }
}

extension PlanAction {
    /// Whether it may be given up in the middle.
    fileprivate var isInterruptible: Bool {
        switch self {
        case .waitFor, .pullImage: true
        default: false
        }
    }
}

/// The containers that a plan made while it was carried out.
private actor PlanContext {
    private struct Place: Hashable {
        var service: String
        var number: Int
    }

    private var ids: [Place: String] = [:]

    func made(_ container: ContainerReference, _ id: String) {
        ids[Place(service: container.service, number: container.number)] = id
    }

    func id(of container: ContainerReference) throws -> String {
        let id = container.id ?? ids[Place(service: container.service, number: container.number)]
        guard let id else { throw OperationError("container \(container.name) was not made") }
        return id
    }
}
