import FoundationEssentials
import Glibc
import Kernel
import OCI

/// The directory that has a directory for each container: `state.json`, a copy of the bundle's `config.json`, and the
/// FIFO `start` until the container has been started.
struct ContainerStore {
    let root: String

    init(_ global: Arguments) throws {
        if let root = global["root"] {
            self.root = root
        } else if geteuid() == 0 {
            root = "/run/roost-oci"
        } else {
            root = (getenv("XDG_RUNTIME_DIR").map { String(cString: $0) } ?? "/tmp") + "/roost-oci"
        }
    }

    func directory(_ id: String) -> String { root + "/" + id }

    /// Takes an id.
    func make(_ id: String) throws -> String {
        try Self.validate(id)
        try Files.makeDirectories(root, mode: 0o711)
        guard mkdir(directory(id), 0o700) == 0 else {
            if errno == EEXIST { throw RuntimeFailure("container \"\(id)\" exists already") }
            throw KernelError("make the directory", directory(id), errno: errno)
        }
        return directory(id)
    }

    func load(_ id: String) throws -> RuntimeContainer {
        try Self.validate(id)
        let text = try stateFile(id)
        return RuntimeContainer(
            record: try JSONDecoder().decode(ContainerRecord.self, from: Data(text)), directory: directory(id))
    }

    private func stateFile(_ id: String) throws -> [UInt8] {
        let path = directory(id) + "/state.json"
        guard Files.exists(path) else { throw RuntimeFailure("container \"\(id)\" does not exist") }
        return try Files.read(path)
    }

    func save(_ record: ContainerRecord) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes]
        try Files.replace(directory(record.id) + "/state.json", with: Array(encoder.encode(record)), mode: 0o600)
    }

    func remove(_ id: String) throws {
        let directory = directory(id)
        for name in (try? Directory.names(in: directory)) ?? [] { unlink(directory + "/" + name) }
        guard rmdir(directory) == 0 || errno == ENOENT else {
            throw KernelError("remove", directory, errno: errno)
        }
    }

    /// Those that are there, by id. One that is being made, or damaged, is passed over.
    func all() throws -> [RuntimeContainer] {
        ((try? Directory.names(in: root)) ?? []).sorted().compactMap { try? load($0) }
    }

    private static func validate(_ id: String) throws(RuntimeFailure) {
        let isPlain = id.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
            default: "_+-.".utf8.contains(byte)
            }
        }
        guard isPlain, !id.isEmpty, id != ".", id != "..", id.utf8.count <= 1024 else {
            throw RuntimeFailure("\"\(id)\" is no id of a container: those are letters, digits, _, +, - and .")
        }
    }
}

/// What is kept of a container.
struct ContainerRecord: Codable {
    var ociVersion: String
    var id: String
    var pid: Int32
    /// Clock ticks since boot (`/proc/PID/stat`, field 22).
    var startTime: UInt64
    var bundle: String
    var rootfs: String
    /// As in RFC 3339.
    var created: String
    var annotations: [String: String]
    var owner: String
    var cgroup: Group

    struct Group: Codable {
        var path: String
        var unified: String?
        var legacy: [String]
    }
}
