import Containers
import ControlAPI
import Planning
import StackModel

/// Carries out a plan: each step in the instant in which those before it are through, side by side as far as the graph
/// allows. It decides nothing: ``PlanProgress`` says what comes when.
struct PlanExecutor: Sendable {
    let stack: String
    let table: ContainerTable
    let effects: any StackEffects
    let logs: ContainerLogs
    let registries: any RegistrySession
    let events: EventSink

    /// - Throws: the first failure, when all steps that had begun are over.
    func run(_ plan: Plan) async throws {
        var progress = PlanProgress(plan)
        var failure: (any Error)?
        let made = MadeContainers()
        await withTaskGroup(of: (Int, Result<Void, any Error>).self) { group in
            var running = 0
            while true {
                for step in progress.takeReady() {
                    running += 1
                    group.addTask { (step.id, await self.result(of: step, made)) }
                }
                guard running > 0, let (id, result) = await group.next() else { break }
                running -= 1
                switch result {
                case .success: progress.end(id, .done)
                case .failure(let error):
                    progress.end(id, error is CancellationError ? .interrupted : .failed)
                    if failure != nil { break }
                    failure = error
                    // Waiting for conditions ends at once; what changes something is finished.
                    group.cancelAll()
                }
            }
        }
        if let failure { throw failure }
        try Task.checkCancellation()
    }

    private func result(of step: PlanStep, _ made: MadeContainers) async -> Result<Void, any Error> {
        do {
            if step.ifFailed.isEmpty { try Task.checkCancellation() }
            if step.action.isInterruptible && step.ifFailed.isEmpty {
                try await perform(step, made)
            } else {
                // What changes something is finished even when another step has failed or the client has gone: half a
                // launch would be a container that nobody knows.
                try await Task(executorPreference: table.effects.executor) { try await perform(step, made) }.value
                if case .startContainer(let container) = step.action {
                    try await made.container(container, step, table).runPostStart()
                }
            }
            return .success(())
        } catch {
            if case .waitFor(let container, _, _, required: false) = step.action, !(error is CancellationError) {
                events.warning("optional dependency \(container.label): \(error)")
                return .success(())
            }
            return .failure(StepFailure.of(error, step.action))
        }
    }

    private func perform(_ step: PlanStep, _ made: MadeContainers) async throws {
        switch step.action {
        case .pullImage(let reference, let platform, let digest):
            let id = "Image \(reference)"
            try await reported(id, "Pulling", "Pulled") {
                try await registries.pull(reference, platform: platform, digest: digest) { news in
                    if let event = news.progress.event(of: id) { events.send(.progress(event)) }
                }
            }
        case .createNetwork(_, let network):
            try await reported("Network \(network.name)", "Creating", "Created") {
                try await effects.create(network, stack: stack)
            }
        case .removeNetwork(let network):
            try await reported("Network \(network.name)", "Removing", "Removed") {
                try await effects.removeNetwork(network.name)
            }
        case .createVolume(let key, let volume):
            try await reported("Volume \(volume.name)", "Creating", "Created") {
                try await effects.create(volume, key: key, stack: stack)
            }
        case .removeVolume(let volume):
            try await reported("Volume \(volume.name)", "Removing", "Removed") {
                try await effects.removeVolume(volume.name)
            }
        default:
            try await performOnContainer(step, made)
        }
    }

    private func performOnContainer(_ step: PlanStep, _ made: MadeContainers) async throws {
        switch step.action {
        case .createContainer(let container, let spec, let replaced):
            let isNew = replaced == nil
            try await reported(
                "Container \(container.name)", isNew ? "Creating" : "Recreate", isNew ? "Created" : "Recreated"
            ) {
                await made.note(try await create(spec, replaced), step: step.id)
            }
        case .updateContainer(let container, let spec):
            try await reported("Container \(container.name)", "Updating", "Updated") {
                try await made.container(container, step, table).update(spec)
            }
        case .startContainer(let container):
            try await reported("Container \(container.name)", "Starting", "Started") {
                try await made.container(container, step, table).start()
            }
        case .waitFor(let container, let condition, let dependents, _):
            try await wait(made.container(container, step, table), container, condition, dependents)
        case .stopContainer(let container, let signal, let timeout):
            try await reported("Container \(container.name)", "Stopping", "Stopped") {
                try await made.container(container, step, table).stop(signal: signal, grace: timeout)
            }
        case .killContainer(let container, let signal):
            try await reported("Container \(container.name)", "Killing", "Killed") {
                try await made.container(container, step, table).kill(signal: signal)
            }
        case .pauseContainer(let container):
            try await reported("Container \(container.name)", "Pausing", "Paused") {
                try await made.container(container, step, table).pause()
            }
        case .unpauseContainer(let container):
            try await reported("Container \(container.name)", "Unpausing", "Unpaused") {
                try await made.container(container, step, table).unpause()
            }
        case .removeContainer(let container, let volumes):
            try await reported("Container \(container.name)", "Removing", "Removed") {
                try await table.remove(made.id(of: container, step), volumes: volumes)
            }
        case .pullImage, .createNetwork, .removeNetwork, .createVolume, .removeVolume:
            break
        }
    }

    private func create(_ spec: ContainerSpec, _ replaced: Replacement?) async throws -> String {
        let image = try await effects.image(spec.imageID, reference: spec.image, platform: spec.platform)
        return try await table.create(
            spec, image: image, replacing: replaced?.id, keepsVolumes: replaced?.keepsVolumes == true,
            formerHolder: replaced?.formerHolder
        ).id
    }

    private func wait(
        _ container: Container, _ reference: ContainerReference, _ condition: WaitCondition, _ dependents: [String]
    ) async throws {
        let name = "Container \(reference.name)"
        events.working(name, "Waiting")
        do {
            try await container.wait(until: condition)
        } catch let failure as ConditionFailure {
            events.failed(name, "Error", failure.problem)
            let snapshot = await container.snapshot
            throw UnmetCondition(
                record: snapshot.record, failure: failure, dependents: dependents, lastWords: lastWords(of: snapshot))
        }
        events.done(name, condition == .completed ? "Exited" : "Healthy")
    }

    /// What the container wrote last, and what its health check said.
    private func lastWords(of snapshot: ContainerSnapshot) -> [String] {
        let record = snapshot.record
        let lines = logs.lastLines(of: record, 10).map { "  \(record.service)-\(record.number)  | \($0)" }
        guard let probe = snapshot.machine.health?.log.last, !probe.isSuccess else { return lines }
        return lines + probe.output.split(separator: "\n").suffix(3).map { "  health check: \($0)" }
    }

    /// Tells the user when something begins and how it ends.
    private func reported(
        _ id: String, _ begins: String, _ ends: String, _ work: () async throws -> Void
    ) async throws {
        events.working(id, begins)
        do {
            try await work()
        } catch {
            // What is wrong is told once, when the command ends.
            events.failed(id, error is CancellationError ? "Interrupted" : "Error")
            throw error
        }
        events.done(id, ends)
    }
}

/// A condition that a step waited for and that can't hold any more.
struct UnmetCondition: Error {
    var record: ContainerRecord
    var failure: ConditionFailure
    var dependents: [String]
    /// Taken at once: the container itself may be gone when the failure is told.
    var lastWords: [String]
}

/// What couldn't be done with a container, with the service that it is of.
struct StepFailure: Error, CustomStringConvertible {
    var service: String
    var cause: any Error

    var description: String {
        let text = "\(cause)"
        return text.contains("service \"\(service)\"") ? text : "service \"\(service)\": \(text)"
    }

    /// Errors that say all by themselves stay as they are.
    static func of(_ error: any Error, _ action: PlanAction) -> any Error {
        guard !(error is CancellationError), !(error is UnmetCondition), let service = action.service, !service.isEmpty
        else { return error }
        return StepFailure(service: service, cause: error)
    }
}

extension PlanAction {
    /// The service of the container that it is about.
    fileprivate var service: String? {
        switch self {
        case .createContainer(let container, _, _), .updateContainer(let container, _), .startContainer(let container),
            .stopContainer(let container, _, _), .killContainer(let container, _), .pauseContainer(let container),
            .unpauseContainer(let container), .removeContainer(let container, _), .waitFor(let container, _, _, _):
            container.service
        case .pullImage, .createNetwork, .removeNetwork, .createVolume, .removeVolume: nil
        }
    }

    /// Whether it may be given up in the middle: it only waits.
    fileprivate var isInterruptible: Bool {
        switch self {
        case .waitFor, .pullImage, .stopContainer: true
        default: false
        }
    }
}

/// The containers that a plan made while it was carried out, by the step that made them.
private actor MadeContainers {
    private var ids: [Int: String] = [:]

    func note(_ id: String, step: Int) { ids[step] = id }

    /// The container that a step is about.
    func container(
        _ reference: ContainerReference, _ step: PlanStep, _ table: ContainerTable
    ) async throws -> Container {
        try await table.container(id(of: reference, step))
    }

    func id(of reference: ContainerReference, _ step: PlanStep) throws -> String {
        guard let id = reference.id ?? step.maker.flatMap({ ids[$0] }) else {
            throw OperationError("container \(reference.name) was not made")
        }
        return id
    }
}
