import Builds
import Containers
package import ControlAPI
import Dockerfiles
import Images
import Kernel
import OCI
import Planning
import StackModel

/// Images that are made of containers.
extension Supervisor {
    package func commit(
        _ name: String, _ request: CommitRequest, report: @escaping CommandReport
    ) async -> Outcome {
        await outcome {
            let container = try await self.found(name)
            let events = EventSink(send: report)
            let subject = "Container \(await container.record.name)"
            events.working(subject, "Committing")
            let id = try await self.whilePaused(container, request.pause) { try await self.image(of: $0, request) }
            events.done(subject, "Committed as \(request.reference?.familiar ?? id.description)")
            report(.result(.committed(id)))
            return Outcome()
        }
    }

    /// Lets a container that runs go on when the work is over, however it ends.
    private func whilePaused<Result: Sendable>(
        _ container: Container, _ isWanted: Bool, _ work: (Container) async throws -> Result
    ) async throws -> Result {
        let wasPaused = await container.isPaused
        if isWanted { await container.pause() }
        do {
            let result = try await work(container)
            if isWanted && !wasPaused { await container.unpause() }
            return result
        } catch {
            if isWanted && !wasPaused { await container.unpause() }
            throw error
        }
    }

    private func image(of container: Container, _ request: CommitRequest) async throws -> Digest {
        let record = await container.record
        guard let id = Digest(record.imageID), let base = try engine.images.image(withID: id) else {
            throw OperationError("\(record.name): its image \(record.image) is gone, and nothing can be put on it")
        }
        var configuration = base.configuration
        configuration.config = record.committedDefaults
        do {
            configuration.config = try ImageChanges.apply(request.changes, to: configuration)
        } catch {
            throw OperationError("--change: \(error)")
        }
        let scratch = try engine.images.scratch()
        defer { withExtendedLifetime(scratch) {} }
        let layer = try await CommittedLayer(
            upper: engine.locations.upperDirectory(of: record.id), in: scratch.path)
        let blobs = try engine.images.layerBlobs(of: base)
        _ = try await engine.images.addLayer(
            archive: layer.archive, layer.blob, for: "commit of \(record.name)")
        configuration.add(layer.blob.digest, request, of: record)
        return try await engine.images.addImage(
            configuration, layers: blobs + [layer.blob], names: request.reference.map { [$0] } ?? []
        ).id
    }
}

extension ImageConfiguration {
    fileprivate mutating func add(_ layer: Digest, _ request: CommitRequest, of record: ContainerRecord) {
        let now = Timestamp.rfc3339(Timestamp.now())
        let command = (record.committedDefaults.entrypoint ?? []) + (record.committedDefaults.command ?? [])
        created = now
        author = request.author
        rootfs.diffIDs.append(layer)
        history.append(
            HistoryEntry(created: now, createdBy: command.joined(separator: " "), comment: request.message))
    }
}

extension Container {
    fileprivate var isPaused: Bool {
        if case .paused = machine.phase { true } else { false }
    }
}
