import Containers
package import ControlAPI
import Volumes

/// Volumes of this host, whoever made them.
extension Supervisor {
    package func volumes() throws -> [HostVolume] {
        let users = try ContainerOnDisk.all(engine.locations)
        return try engine.volumes.store.list().map { HostVolume($0, users) }
    }

    package func createVolume(_ request: VolumeCreation) throws -> HostVolume {
        try refusing {
            let store = engine.volumes.store
            guard let name = request.name else {
                // Named by nobody, but wanted by somebody: Docker, too, removes it as an anonymous one.
                return HostVolume(try store.createAnonymous(labels: request.labels), [])
            }
            let volume = try store.ensure(
                name: name, driver: request.driver, driverOpts: request.options, labels: request.labels)
            guard volume.record.driverOpts == request.options || request.options.isEmpty else {
                throw SupervisorRefusal(
                    .conflict, "create \(name): a volume of this name exists with other options; remove it first")
            }
            return HostVolume(volume, try ContainerOnDisk.all(engine.locations))
        }
    }

    package func removeVolume(_ name: String, _ request: VolumeRemoval) throws {
        try refusing {
            guard let volume = try engine.volumes.store.find(name) else {
                if request.force { return }
                throw SupervisorRefusal(.notFound, "get \(name): no such volume")
            }
            let users = HostVolume(volume, try ContainerOnDisk.all(engine.locations)).containers
            guard users.isEmpty else {
                throw SupervisorRefusal(
                    .conflict, "remove \(name): volume is in use - [\(users.joined(separator: ", "))]")
            }
            try engine.volumes.store.remove(name)
        }
    }

    /// What the store says of a volume is the answer.
    private func refusing<Value>(_ work: () throws -> Value) throws -> Value {
        do {
            return try work()
        } catch let error as VolumeError {
            throw SupervisorRefusal(.conflict, error.description)
        }
    }
}

extension HostVolume {
    fileprivate init(_ volume: Volume, _ users: [ContainerOnDisk]) {
        let record = volume.record
        self.init(
            name: record.name, driver: record.driver, options: record.driverOpts, labels: record.labels,
            path: volume.path, created: record.created, isAnonymous: record.isAnonymous,
            containers: users.filter { $0.volumes.contains(record.name) }.map(\.id))
    }
}
