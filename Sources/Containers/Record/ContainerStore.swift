import ControlAPI
import Kernel
import Planning
import StackModel

/// The containers on disk: `containers/ID/{container.json,status.json,upper,work,ID-json.log}` in the root; and what a
/// reboot may forget, in the run directory: the bundle and the newest status.
struct ContainerStore: Sendable {
    let locations: Locations

    private struct RecordVersion: Decodable {
        var version: Int?
    }

    /// The ids of everything that is there, half-made containers included.
    func identifiers() throws -> [String] {
        try Directory.names(in: locations.root + "/containers").filter { $0.count == 64 }
    }

    /// `nil`: the making or the removal of the container was interrupted.
    ///
    /// - Throws: ``UnreadableRecord`` for one that a later version wrote, or that is damaged.
    func record(_ id: String) throws -> ContainerRecord? {
        let path = locations.containerDirectory(id) + "/container.json"
        guard Files.exists(path) else { return nil }
        let content = try Files.read(path)
        do {
            switch try JSON.decode(RecordVersion.self, from: content).version {
            case nil: return try JSON.decode(FlatContainerRecord.self, from: content).record
            case ContainerRecord.currentVersion?: return try JSON.decode(ContainerRecord.self, from: content)
            case let later?:
                throw UnreadableRecord(
                    id: id, path: path, reason: "it has the form \(later), of a later version of Roost")
            }
        } catch let error as UnreadableRecord {
            throw error
        } catch {
            throw UnreadableRecord(id: id, path: path, reason: "it is damaged")
        }
    }

    /// What is known of a container's life: the run directory is newer, the disk outlives a reboot.
    func status(of record: ContainerRecord) -> ContainerStatus {
        for directory in [locations.containerRunDirectory(record.id), locations.containerDirectory(record.id)] {
            // A damaged status is as good as none: what runs is seen without it.
            if let status = try? status(at: directory + "/status.json", of: record) { return status }
        }
        // It was running when the host went down: the log is there since its first start.
        guard let written = Files.changeTime(logPath(record.id)) else { return ContainerStatus(of: record) }
        var status = ContainerStatus(
            machine: ContainerMachine(
                policy: record.settings.restart, healthCheck: record.healthCheck,
                started: Instant(nanoseconds: written), finished: nil, exitCode: 0, outOfMemory: false, failure: nil,
                isUp: true, isStoppedByUser: false))
        status.boot = Self.earlierBoot
        return status
    }

    /// Whichever it was: in this one the run directory would tell.
    private static let earlierBoot = "an earlier one"

    private func status(at path: String, of record: ContainerRecord) throws -> ContainerStatus {
        let content = try Files.read(path)
        guard try JSON.decode(RecordVersion.self, from: content).version == nil else {
            return try JSON.decode(ContainerStatus.self, from: content)
        }
        return try JSON.decode(FlatContainerStatus.self, from: content).status(of: record)
    }

    /// Makes the container's directories; the record comes last and makes it exist.
    func create(_ record: ContainerRecord) throws {
        let directory = locations.containerDirectory(record.id)
        try Files.makeDirectories(directory, mode: 0o710)
        for name in ["upper", "work"] { try Files.makeDirectories(directory + "/" + name) }
        try Files.replace(directory + "/container.json", with: JSON.encode(record), mode: 0o600)
    }

    /// A new record in the place of the old one: settings that hold for a container as it runs.
    func replace(_ record: ContainerRecord) throws {
        let path = locations.containerDirectory(record.id) + "/container.json"
        try Files.replace(path, with: JSON.encode(record), mode: 0o600)
    }

    /// A container that runs changes its status often, and a reboot ends its run: only what comes after a run is for the
    /// disk.
    func save(_ status: ContainerStatus, of id: String) throws {
        let content = try JSON.encode(status)
        try Files.makeDirectories(locations.containerRunDirectory(id), mode: 0o711)
        try Files.replace(locations.containerRunDirectory(id) + "/status.json", with: content, mode: 0o600)
        if status.machine.isAtRest && status.machine.run.started != nil {
            try Files.replace(locations.containerDirectory(id) + "/status.json", with: content, mode: 0o600)
        } else if status.machine.isAlive {
            // It tells of an end, and there is a run since: after a boot nobody must take it for the last word.
            try Files.remove(locations.containerDirectory(id) + "/status.json")
        }
    }

    /// Removes the container from the disk. The record goes first, so that an interrupted removal leaves something
    /// that is seen as half-made, and is removed by the next.
    func remove(_ id: String) throws {
        let directory = locations.containerDirectory(id)
        try Files.remove(directory + "/container.json")
        try Directory.remove(directory)
        try Directory.remove(locations.containerRunDirectory(id))
    }

    func logPath(_ id: String) -> String { locations.containerDirectory(id) + "/\(id)-json.log" }

    /// 32 random bytes as hexadecimal digits.
    static func newIdentifier() -> String {
        var generator = SystemRandomNumberGenerator()
        return (0..<4).map { _ in hexadecimal(generator.next(), digits: 16) }.joined()
    }
}

/// A container whose record can't be read. It stays as it is, for somebody who can.
public struct UnreadableRecord: Error, Equatable, CustomStringConvertible {
    public var id: String
    public var path: String
    public var reason: String

    public var description: String {
        "container \(id.prefix(12)): \(path) can't be read: \(reason); use a Roost that can, or remove its directory"
    }
}
