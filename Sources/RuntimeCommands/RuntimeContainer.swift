import Cgroups
import FoundationEssentials
import Glibc
import Kernel
import OCI

/// A container that was created.
struct RuntimeContainer {
    let record: ContainerRecord
    let directory: String

    /// The FIFO that its first process reads while it waits for the start.
    var startFIFO: String { directory + "/start" }

    var process: ProcessIdentity { ProcessIdentity(pid: record.pid, startTime: record.startTime) }

    /// The group, `nil` where the bundle wanted none.
    var group: Cgroup? {
        record.cgroup.path.isEmpty
            ? nil
            : Cgroup(path: record.cgroup.path, unified: record.cgroup.unified, legacy: record.cgroup.legacy)
    }

    /// Of the runtime specification (runtime.md#state), and `paused`.
    var status: String {
        guard process.isAlive else { return "stopped" }
        if Files.exists(startFIFO) { return "created" }
        return group?.isFrozen == true ? "paused" : "running"
    }

    /// As the bundle was when the container was created.
    func configuration() throws -> RuntimeConfiguration {
        try RuntimeConfiguration(json: Files.read(directory + "/config.json"))
    }

    /// What `state` prints and hooks read.
    func state(_ status: String? = nil) throws -> [UInt8] {
        let status = status ?? self.status
        let state = State(
            ociVersion: record.ociVersion, id: record.id, pid: status == "stopped" ? 0 : record.pid, status: status,
            bundle: record.bundle, rootfs: record.rootfs, created: record.created, owner: record.owner,
            annotations: record.annotations.isEmpty ? nil : record.annotations)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes, .prettyPrinted, .sortedKeys]
        return Array(try encoder.encode(state))
    }

    struct State: Codable {
        var ociVersion: String
        var id: String
        var pid: Int32
        var status: String
        var bundle: String
        var rootfs: String
        var created: String
        var owner: String
        var annotations: [String: String]?
    }

    func require(_ allowed: String..., to words: String) throws {
        let status = status
        guard allowed.contains(status) else {
            throw RuntimeFailure("can't \(words) container \"\(record.id)\": it is \(status)")
        }
    }
}
