public import ControlAPI
import Glibc
import Kernel
import Planning
import StackModel
import Volumes

/// A container as its records tell of it, for commands that look at the disk without a supervisor.
public struct ContainerOnDisk: Sendable, Hashable {
    public var id: String
    public var name: String
    /// As the service names it.
    public var image: String
    /// The digest of the image's configuration.
    public var imageID: String
    public var command: String
    /// Nanoseconds since 1970.
    public var created: Int64
    /// It was started, and its end hasn't been noted since.
    public var isRunning: Bool
    /// The names of the volumes that it uses.
    public var volumes: Set<String>
    /// The directory of what it has written.
    public var writableDirectory: String

    /// All containers of an instance, by name. One whose making or removal is under way has no record and isn't in
    /// the list.
    ///
    /// Throws where a record can't be read: then nobody can tell what the container uses.
    public static func all(_ locations: Locations) throws -> [ContainerOnDisk] {
        guard Files.exists(locations.root + "/containers") else { return [] }
        let store = ContainerStore(locations: locations)
        return try store.identifiers().compactMap { id in
            do {
                return try store.record(id).map { ContainerOnDisk($0, store.status(of: $0), locations) }
            } catch let error as KernelError where error.errno == ENOENT {
                // It was removed while this looked.
                return nil
            } catch {
                throw ContainerError(
                    "container \(id.prefix(12)): its record can't be read, so what it uses isn't known: \(error)")
            }
        }.sorted { $0.name < $1.name }
    }

    private init(_ record: ContainerRecord, _ status: ContainerStatus, _ locations: Locations) {
        id = record.id
        name = record.name
        image = record.image
        imageID = record.imageID
        // `try?`: a command that can't be worked out is shown as none.
        command = (try? BundleBuilder.arguments(record).joined(separator: " ")) ?? ""
        created = record.created
        isRunning = status.machine.isAlive
        volumes = Set(record.volumes.values.map(\.name)).union(record.anonymousVolumes.values)
        writableDirectory = locations.upperDirectory(of: record.id)
    }
}

/// The names of all volumes of an instance.
public func volumeNames(_ locations: Locations) throws -> [String] {
    try VolumeStore(root: locations.root).list().map(\.record.name)
}
