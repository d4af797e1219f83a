import Kernel
import StackModel
import Volumes

// Making and removing what a container is on the disk.
extension HostContainers {
    public func make(_ record: ContainerRecord, keeping kept: [String: String]) async throws -> ContainerRecord {
        var record = record
        var made: [String] = []
        do {
            for target in ContainerRecord.anonymousTargets(settings: record.settings, defaults: record.defaults) {
                if let name = kept[target], try volumes.find(name) != nil {
                    record.anonymousVolumes[target] = name
                } else {
                    let labels = ["com.docker.compose.project": record.stack]
                    let name = try volumes.createAnonymous(labels: labels).record.name
                    record.anonymousVolumes[target] = name
                    made.append(name)
                }
            }
            try await fillVolumes(of: record)
            try store.create(record)
        } catch {
            await layers.release(record.id)
            // Nobody will ever ask for them: what can't be removed now is removed by the next supervisor.
            for name in made { try? volumes.remove(name) }
            try? store.remove(record.id)
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
            guard try volumes.find(name) != nil else {
                throw ContainerError("volume \(name) doesn't exist; make it, or take `external` away")
            }
            try await volumes.fill(name, fromLayers: layers, path: mount.target)
        }
        for (target, name) in record.anonymousVolumes {
            try await volumes.fill(name, fromLayers: layers, path: target)
        }
    }

    public func remove(_ id: String, _ record: ContainerRecord?, volumes names: [String]) async throws {
        removeCgroup(of: id, record?.name ?? String(id.prefix(12)))
        if let record { try await networks.release(record) }
        await layers.release(id)
        // The record goes last: a removal that fails can be done again.
        for name in names { try volumes.remove(name) }
        try store.remove(id)
    }
}
