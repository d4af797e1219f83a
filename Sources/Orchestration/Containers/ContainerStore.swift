import ControlAPI
import Kernel
import StackModel

/// The containers on disk: `containers/ID/{container.json,status.json,upper,work,ID-json.log}` in the root; and what a
/// reboot may forget, in the run directory: the bundle and the newest status.
struct ContainerStore: Sendable {
    let locations: Locations

    /// The ids of everything that is there, half-made containers included.
    func identifiers() throws -> [String] {
        try Directory.names(in: locations.root + "/containers").filter { $0.count == 64 }
    }

    /// `nil`: the making or the removal of the container was interrupted.
    func record(_ id: String) throws -> ContainerRecord? {
        let path = locations.containerDirectory(id) + "/container.json"
        guard Files.exists(path) else { return nil }
        return try JSON.decode(ContainerRecord.self, from: Files.read(path))
    }

    /// A container of another stack that has the volume.
    func user(ofVolume name: String, except stack: String) throws -> String? {
        for id in try identifiers() {
            // One that can't be read has no say; it is kept, and named when the supervisor starts.
            guard let record = try? record(id), record.stack != stack else { continue }
            if record.volumes.values.contains(where: { $0.name == name }) { return record.name }
        }
        return nil
    }

    /// What is known of a container's life: the run directory is newer, the disk outlives a reboot.
    func status(_ id: String) -> ContainerStatus {
        for directory in [locations.containerRunDirectory(id), locations.containerDirectory(id)] {
            let path = directory + "/status.json"
            // A damaged status is as good as none.
            if let status = try? JSON.decode(ContainerStatus.self, from: Files.read(path)) { return status }
        }
        var status = ContainerStatus()
        // It was running when the host went down: the log is there since its first start.
        if let written = Files.changeTime(logPath(id)) {
            status.started = written
            status.wantedRunning = true
        }
        return status
    }

    /// Makes the container's directories; the record comes last and makes it exist.
    func create(_ record: ContainerRecord) throws {
        let directory = locations.containerDirectory(record.id)
        try Files.makeDirectories(directory, mode: 0o710)
        for name in ["upper", "work"] { try Files.makeDirectories(directory + "/" + name) }
        try Files.replace(directory + "/container.json", with: JSON.encode(record), mode: 0o600)
    }

    /// A container that runs changes its status often, and a reboot ends its run: only what comes after a run is for the
    /// disk.
    func save(_ status: ContainerStatus, of id: String) throws {
        let content = try JSON.encode(status)
        try Files.makeDirectories(locations.containerRunDirectory(id), mode: 0o711)
        try Files.replace(locations.containerRunDirectory(id) + "/status.json", with: content, mode: 0o600)
        if !status.wantedRunning && status.started != 0 {
            try Files.replace(locations.containerDirectory(id) + "/status.json", with: content, mode: 0o600)
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

/// The lowest `digits` hexadecimal digits of a number, with leading zeros.
func hexadecimal(_ number: UInt64, digits: Int) -> String {
    let text = String(number, radix: 16)
    return String(repeating: "0", count: max(0, digits - text.count)) + text.suffix(digits)
}
