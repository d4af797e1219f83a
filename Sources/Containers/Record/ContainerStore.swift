import ControlAPI
import Kernel
import OCI
import Planning
import Sandboxes
import StableHashing
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
        let path = recordPath(id)
        guard Files.exists(path) else { return try restored(id, onlyIfItRuns: true) }
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
            if let copy = try restored(id) { return copy }
            throw UnreadableRecord(id: id, path: path, reason: "it is damaged")
        }
    }

    private func recordPath(_ id: String) -> String { locations.containerDirectory(id) + "/container.json" }

    // MARK: A second copy

    private func copyPath(_ id: String) -> String { locations.containerRunDirectory(id) + "/container.json" }

    /// Keeps a second copy of a container's record for as long as it may run: what is lost of the first mustn't make it
    /// invisible.
    func keepCopy(_ record: ContainerRecord) throws {
        try Files.makeDirectories(locations.containerRunDirectory(record.id), mode: 0o711)
        try Files.replace(copyPath(record.id), with: JSON.encode(record), mode: 0o600)
    }

    /// Writes the record anew from its copy; `nil` if there is none, or a removal was interrupted.
    private func restored(_ id: String, onlyIfItRuns: Bool = false) throws -> ContainerRecord? {
        // `try?`: without a readable copy the record's own fault is told.
        guard Files.exists(copyPath(id)),
            let copy = try? JSON.decode(ContainerRecord.self, from: Files.read(copyPath(id))),
            copy.id == id, copy.version == ContainerRecord.currentVersion
        else { return nil }
        if onlyIfItRuns && !isRunning(id) { return nil }
        try Files.replace(recordPath(id), with: JSON.encode(copy), mode: 0o600)
        return copy
    }

    private func isRunning(_ id: String) -> Bool {
        SandboxDirectory(locations.containerRunDirectory(id)).state()?.shim.isAlive == true
    }

    // MARK: What can't be read

    /// What something beside the record, or what is left of it, tells of a container.
    func outline(of id: String) -> ContainerOutline {
        var outline = ContainerOutline(id: id, isRunning: isRunning(id))
        // `try?`: one that doesn't run may have no bundle, and a record may be no JSON at all.
        let bundlePath = locations.containerRunDirectory(id) + "/config.json"
        if let bundle = try? JSON.decode(RuntimeConfiguration.self, from: Files.read(bundlePath)),
            let notes = bundle.annotations
        {
            outline.name = notes[BundleBuilder.nameAnnotation]
            outline.stack = notes[BundleBuilder.stackAnnotation]
            outline.service = notes[BundleBuilder.serviceAnnotation]
        }
        if outline.name == nil, let rest = try? JSON.decode(RecordRemains.self, from: Files.read(recordPath(id))) {
            outline.name = rest.spec?.name ?? rest.name
            outline.stack = rest.stack
            outline.service = rest.service
        }
        return outline
    }

    /// What later versions won't name otherwise, and the first one named so.
    private struct RecordRemains: Decodable {
        struct Specification: Decodable {
            var name: String?
        }

        var spec: Specification?
        var name: String?
        var stack: String?
        var service: String?
    }

    /// What is known of a container's life: the run directory is newer, the disk outlives a reboot.
    func status(of record: ContainerRecord) -> ContainerStatus {
        for directory in [locations.containerRunDirectory(record.id), locations.containerDirectory(record.id)] {
            // A damaged status is as good as none: what runs is seen without it.
            if let status = try? status(at: directory + "/status.json", of: record) { return status }
        }
        // It was running when the host went down: the log is there since its first start, and where none is kept, what
        // overlayfs makes in its directory when it is mounted.
        let mounted = locations.workDirectory(of: record.id) + "/work"
        guard let written = Files.changeTime(logPath(record.id)) ?? Files.changeTime(mounted) else {
            return ContainerStatus(of: record)
        }
        var status = ContainerStatus(
            machine: ContainerMachine(
                policy: record.settings.restart, healthCheck: record.healthCheck,
                started: Instant(nanoseconds: written), finished: nil, exitCode: 0, outOfMemory: false, failure: nil,
                isUp: true, isStoppedByUser: false, probes: record.settings.probes,
                unhealthyEnd: record.unhealthyEnd))
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
        for path in [locations.upperDirectory(of: record.id), locations.workDirectory(of: record.id)] {
            try Files.makeDirectories(path)
        }
        try Files.replace(directory + "/container.json", with: JSON.encode(record), mode: 0o600)
    }

    /// A new record in the place of the old one: settings that hold for a container as it runs.
    func replace(_ record: ContainerRecord) throws {
        try Files.replace(recordPath(record.id), with: JSON.encode(record), mode: 0o600)
        if Files.exists(copyPath(record.id)) { try keepCopy(record) }
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
    /// What else is known of it.
    public var outline: ContainerOutline?

    public var description: String {
        let name = outline?.name ?? String(id.prefix(12))
        let state = outline?.isRunning == true ? " (it runs)" : ""
        return "container \(name)\(state): \(path) can't be read: \(reason); use a Roost that can, "
            + "put a copy of the file there, or end the container and remove its directory"
    }
}

/// What is known of a container whose record can't be read.
public struct ContainerOutline: Equatable, Sendable {
    public var id: String
    public var name: String?
    public var stack: String?
    public var service: String?
    public var isRunning: Bool

    public init(id: String, name: String? = nil, isRunning: Bool = false) {
        self.id = id
        self.name = name
        self.isRunning = isRunning
    }

    /// Whether it is one of the stack's, as far as can be told.
    public func mayBelong(to stack: String) -> Bool {
        self.stack.map { $0 == stack } ?? (name?.hasPrefix(stack + "-") == true)
    }
}
