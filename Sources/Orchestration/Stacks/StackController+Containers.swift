import Images
import Kernel
import OCI
import Planning
import StackModel
import Volumes

/// Making and removing containers.
extension StackController {
    /// Makes a container of a service; nothing runs yet.
    ///
    /// - Returns: its id.
    func create(
        _ service: Service, _ reference: ContainerReference, of stack: Stack, image: StoredImage,
        replaces: Replacement?
    ) async throws -> String {
        let defaults = image.configuration.config
        let old = try replaces.map { try entry($0.id).record }
        var record = ContainerRecord(
            id: ContainerStore.newIdentifier(), name: reference.name, stack: name, service: service.name,
            number: reference.number, created: Instant.now.nanoseconds, image: service.image,
            imageID: image.id.description, layers: image.layers, defaults: defaults, settings: service.container,
            dependsOn: service.dependsOn,
            networks: service.container.networks.keys.reduce(into: [:]) { $0[$1] = stack.networks[$1] },
            volumes: Self.namedVolumes(of: service, in: stack), anonymousVolumes: [:], labels: [:],
            projectDirectory: stack.workingDirectory, files: stack.files)
        record.labels = try Self.labels(of: record)
        try engine.names.claim(record, replacing: replaces?.id)
        let kept = replaces?.keepsVolumes == true ? old?.anonymousVolumes ?? [:] : [:]
        do {
            record = try await engine.make(record, keeping: kept)
        } catch {
            engine.names.release(record)
            throw error
        }
        entries[record.id] = ContainerEntry(record: record, status: ContainerStatus(), phase: .created)
        return record.id
    }

    private static func namedVolumes(of service: Service, in stack: Stack) -> [String: StackVolume] {
        service.container.volumes.reduce(into: [:]) { result, mount in
            if case .named(let key) = mount.source { result[key] = stack.volumes[key] }
        }
    }

    /// `com.docker.compose.*`: by these the ecosystem's tools find containers.
    private static func labels(of record: ContainerRecord) throws -> [String: String] {
        var labels = record.defaults.labels.merging(record.settings.labels) { _, own in own }
        labels["com.docker.compose.project"] = record.stack
        labels["com.docker.compose.service"] = record.service
        labels["com.docker.compose.container-number"] = String(record.number)
        labels["com.docker.compose.oneoff"] = "False"
        labels["com.docker.compose.config-hash"] = try ConfigurationHash.of(record.image, record.settings)
        labels["com.docker.compose.image"] = record.imageID
        labels["com.docker.compose.project.working_dir"] = record.projectDirectory
        labels["com.docker.compose.project.config_files"] = record.files.joined(separator: ",")
        labels["com.docker.compose.depends_on"] = record.dependsOn.sorted { $0.key < $1.key }
            .map { "\($0.key):\($0.value.condition.rawValue):\($0.value.restart)" }.joined(separator: ",")
        return labels
    }

    /// Removes a container that doesn't run.
    func removeContainer(_ id: String, volumes: Bool) async throws {
        guard let entry = entries[id] else { return }
        guard !entry.isRunning && entry.phase != .starting else {
            throw OperationError("container \(entry.record.name) runs; stop it first")
        }
        let keepers = Set(entries.values.filter { $0.record.id != id }.flatMap(\.record.anonymousVolumes.values))
        // The group that a failed launch, or a shim that was killed, left.
        cleanUp(after: entry.record)
        if engine.names.isLast(entry.record) { try await engine.networks.release(entry.record) }
        try await engine.remove(id)
        engine.names.release(entry.record)
        if volumes {
            for name in entry.record.anonymousVolumes.values where !keepers.contains(name) {
                try engine.volumes.store.remove(name)
            }
        }
        remove(id)
    }
}

/// What takes time on the disk, outside of any actor.
extension Engine {
    /// Makes a container's volumes and directories; its record comes last and makes it exist.
    ///
    /// - Parameter kept: the anonymous volumes of the container that this one takes the place of.
    func make(_ record: ContainerRecord, keeping kept: [String: String]) async throws -> ContainerRecord {
        var record = record
        var made: [String] = []
        do {
            for target in ContainerRecord.anonymousTargets(settings: record.settings, defaults: record.defaults) {
                if let name = kept[target], try volumes.store.find(name) != nil {
                    record.anonymousVolumes[target] = name
                } else {
                    let labels = ["com.docker.compose.project": record.stack]
                    let name = try volumes.store.createAnonymous(labels: labels).record.name
                    record.anonymousVolumes[target] = name
                    made.append(name)
                }
            }
            try await fillVolumes(of: record)
            try store.create(record)
        } catch {
            await layers.release(record.id)
            // Nobody will ever ask for them.
            for name in made { try? volumes.store.remove(name) }
            throw error
        }
        return record
    }

    /// Empty volumes get what the image has at their place.
    private func fillVolumes(of record: ContainerRecord) async throws {
        // Few containers have volumes, and those that have begin to run soon: the layers stay for that.
        guard !record.settings.volumes.isEmpty || !record.anonymousVolumes.isEmpty else { return }
        let layers = try await layers.hold(record.layers, for: record.id)
        for mount in record.settings.volumes where !mount.noCopy {
            guard case .named(let key) = mount.source, mount.subpath == nil else { continue }
            let name = record.volumes[key]?.name ?? key
            guard try volumes.store.find(name) != nil else {
                throw OperationError("volume \(name) doesn't exist; make it, or take `external` away")
            }
            try volumes.store.fill(name, fromLayers: layers, path: mount.target)
        }
        for (target, name) in record.anonymousVolumes {
            try volumes.store.fill(name, fromLayers: layers, path: target)
        }
    }

    /// Removes a container's directories.
    func remove(_ id: String) async throws {
        await layers.release(id)
        try store.remove(id)
    }
}
