import ControlAPI
import Kernel
import StackModel

/// The containers on disk: `containers/ID/{container.json,status.json,config.json,rootfs,upper,work,ID-json.log}`.
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

    func status(_ id: String) -> ContainerStatus {
        // A container without a readable status has never been started.
        (try? JSON.decode(ContainerStatus.self, from: Files.read(locations.containerDirectory(id) + "/status.json")))
            ?? ContainerStatus()
    }

    /// Makes the container's directories; the record comes last and makes it exist.
    func create(_ record: ContainerRecord) throws {
        let directory = locations.containerDirectory(record.id)
        try Files.makeDirectories(directory, mode: 0o710)
        for name in ["rootfs", "upper", "work"] { try Files.makeDirectories(directory + "/" + name) }
        try Files.replace(directory + "/container.json", with: JSON.encode(record), mode: 0o600)
    }

    func save(_ status: ContainerStatus, of id: String) throws {
        try Files.replace(locations.containerDirectory(id) + "/status.json", with: JSON.encode(status), mode: 0o600)
    }

    /// Removes the container from the disk. The record goes first, so that an interrupted removal leaves something
    /// that is seen as half-made, and is removed by the next.
    func remove(_ id: String) throws {
        let directory = locations.containerDirectory(id)
        try Files.remove(directory + "/container.json")
        try Directory.removeTree(directory)
        try Directory.removeTree(locations.containerRunDirectory(id))
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
