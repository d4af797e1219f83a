import Containers
package import ControlAPI
import Images
import Kernel
import Networks
import OCI
import Planning
import StackModel
import Volumes

/// What the command line asks for and nothing changes by.
extension Supervisor {
    package func stackSummaries() async -> [StackSummary] {
        var result: [StackSummary] = []
        for controller in all {
            let containers = await controller.summaries()
            if containers.isEmpty { continue }
            let states = containers.reduce(into: [:]) { $0[$1.state, default: 0] += 1 }
            let (files, directory) = await controller.origin()
            result.append(StackSummary(name: controller.name, states: states, files: files, directory: directory))
        }
        return result
    }

    package func containerSummaries(of stack: String) async -> [ContainerSummary] {
        let unreadable = await table.unreadableRecords.filter { $0.outline?.mayBelong(to: stack) == true }
        return await (existing(stack)?.summaries() ?? []) + unreadable.map(\.summary)
    }

    /// The container with this name or id, in the shape of `docker inspect`.
    package func inspect(_ name: String) async throws -> JSONDocument {
        guard let container = await table.find(name) else {
            throw SupervisorRefusal(.notFound, "no such container: \(name)")
        }
        await container.refresh()
        let document = await engine.containers.document(container.snapshot)
        return JSONDocument(bytes: try JSON.encode(document))
    }

    package func logs(
        of stack: String, _ selection: LogSelection
    ) async throws -> AsyncThrowingStream<[LogEvent], any Error> {
        guard let controller = selection.awaitsCommand ? controller(of: stack) : existing(stack) else {
            return AsyncThrowingStream { $0.finish() }
        }
        do {
            return try await controller.logs(selection)
        } catch let error as ContainerError {
            throw SupervisorRefusal(.conflict, error.description)
        }
    }

    /// The processes of a stack's containers; of all services if none is named.
    package func processes(of stack: String, services: [String]) async throws -> [ProcessTable] {
        guard let controller = existing(stack) else { return [] }
        return try await controller.snapshots()
            .filter { services.isEmpty || services.contains($0.record.service) }
            .compactMap { try engine.containers.processTable(of: $0) }
    }

    /// What a stack's containers use; of all services if none is named.
    package func usage(of stack: String, services: [String]) async throws -> [ContainerUsage] {
        guard let controller = existing(stack) else { return [] }
        return try await controller.snapshots()
            .filter { services.isEmpty || services.contains($0.record.service) }
            .compactMap { try engine.containers.usage(of: $0) }
    }

    package func volumeSummaries(of stack: String) async throws -> [VolumeSummary] {
        let records = await table.snapshots(of: stack).map(\.record)
        return try engine.volumes.store.list()
            .filter { $0.record.labels["com.docker.compose.project"] == stack && !$0.record.isAnonymous }
            .map { volume in
                let users = records.filter { $0.volumes.values.contains { $0.name == volume.record.name } }
                return VolumeSummary(
                    name: volume.record.name, driver: volume.record.driver, labels: volume.record.labels,
                    path: volume.path, services: Set(users.map(\.service)).sorted())
            }
    }

    /// The launch programs of the stack's containers by their names, and the ruleset under `ruleset`, as text.
    package func programs(of stack: String) async throws -> [String: String] {
        guard let controller = existing(stack) else { return [:] }
        var result: [String: String] = [:]
        for snapshot in await controller.snapshots() where snapshot.machine.processes != nil {
            guard case .networks = snapshot.record.settings.networkMode else { continue }
            result[snapshot.record.name] = try await engine.containers.program(snapshot.record)
        }
        result["ruleset"] = await engine.containers.networks.ruleset(of: stack).text
        return result
    }

    // MARK: Images

    package func imageSummaries(of stack: String) async throws -> [ContainerImageSummary] {
        guard let controller = existing(stack) else { return [] }
        let records = await controller.snapshots().map(\.record)
        let used = Set(records.map(\.imageID))
        let stored = try engine.images.list().filter { used.contains($0.id.description) }
        let sizes = try engine.images.sizes(of: stored)
        return records.map { record in
            if let image = stored.first(where: { $0.id.description == record.imageID }) {
                return Self.summary(
                    image, sizes[image.manifestDigest] ?? 0, container: record.name, name: record.image)
            }
            let (repository, tag) = Self.split(record.image)
            return ContainerImageSummary(
                container: record.name, repository: repository, tag: tag, id: record.imageID, platform: "", size: 0,
                created: 0)
        }
    }

    private static func summary(
        _ image: StoredImage, _ size: Int64, container: String, name: String
    ) -> ContainerImageSummary {
        let (repository, tag) = split(name)
        return ContainerImageSummary(
            container: container, repository: repository, tag: tag, id: image.id.description,
            platform: image.platform.map { "\($0)" } ?? "", size: size,
            created: (Timestamp.parse(image.created ?? "") ?? 0))
    }

    private static func familiar(_ name: String) -> String {
        if case .registry(let reference)? = ImageSource(name) { return reference.familiar }
        return name
    }

    /// Repository and tag as Docker's tables show them.
    private static func split(_ name: String) -> (repository: String, tag: String) {
        guard case .registry? = ImageSource(name) else { return (name, "") }
        let text = familiar(name)
        let start = text.lastIndex(of: "/").map { text.index(after: $0) } ?? text.startIndex
        guard let colon = text[start...].firstIndex(of: ":") else { return (text, "latest") }
        return (String(text[..<colon]), String(text[text.index(after: colon)...]))
    }

    // MARK: Pruning

    /// `system prune`, but for the images: containers that don't run, networks without containers and, if asked to,
    /// anonymous volumes that no container uses.
    func prune(_ request: PruneRequest, events: EventSink) async throws -> Outcome {
        for controller in all {
            _ = try await controller.carryOut(StackOrder(request), events: events)
            await forgetIfEmpty(controller.name)
        }
        for name in try await pruneNetworks(NetworkPruneRequest()) { events.done("Network \(name)", "Removed") }
        guard request.volumes else { return Outcome() }
        let used = try ContainerOnDisk.all(engine.locations).reduce(into: Set<String>()) { $0.formUnion($1.volumes) }
        for volume in try engine.volumes.store.list()
        where volume.record.isAnonymous && !used.contains(volume.record.name) {
            let id = "Volume \(volume.record.name)"
            events.working(id, "Removing")
            try engine.volumes.store.remove(volume.record.name)
            events.done(id, "Removed")
        }
        return Outcome()
    }
}
