import FoundationEssentials
import Glibc
import Kernel

/// The named and anonymous volumes of one state directory: `volumes/<name>/_data` with `volume.json` beside it.
///
/// The record is written last, so that a volume without one was never finished; the removal renames first, so that
/// nobody ever sees half a volume. One process at a time uses a store.
public struct VolumeStore: Sendable {
    let directory: String

    /// - Parameter root: the state directory.
    public init(root: String) { directory = "\(root)/volumes" }

    /// Makes a volume, or returns the one that has this name already, as it was made.
    /// - Parameter created: seconds since 1970; `nil`: now.
    @discardableResult
    public func ensure(
        name: String, driver: String = "local", driverOpts: [String: String] = [:],
        labels: [String: String] = [:],
        created: Int64? = nil
    ) throws(VolumeError) -> Volume {
        if let volume = try find(name) { return volume }
        let record = VolumeRecord(
            name: name, driver: driver, driverOpts: driverOpts, labels: labels,
            created: created ?? Int64(time(nil)))
        return try create(record)
    }

    /// Makes a volume with a random name of 64 hexadecimal digits.
    public func createAnonymous(
        labels: [String: String] = [:], created: Int64? = nil
    ) throws(VolumeError) -> Volume {
        var generator = SystemRandomNumberGenerator()
        let name = (0..<4).map { _ in
            let digits = String(generator.next() as UInt64, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
        return try create(
            VolumeRecord(
                name: name, labels: labels, created: created ?? Int64(time(nil)), isAnonymous: true))
    }

    /// The volume of this name, `nil` if there is none.
    public func find(_ name: String) throws(VolumeError) -> Volume? {
        guard VolumeRecord.isValid(name: name) else { throw .invalidName(name) }
        let path = recordPath(name)
        let bytes: [UInt8]
        do throws(KernelError) {
            bytes = try Files.read(path, limit: 1 << 20)
        } catch {
            if error.errno == ENOENT { return nil }
            throw .failed(volume: name, error)
        }
        do {
            return try volume(JSONDecoder().decode(VolumeRecord.self, from: Data(bytes)))
        } catch let error as VolumeError {
            throw error
        } catch {
            throw .damaged(volume: name, path: path, problem: "it is no volume record")
        }
    }

    /// The volume of this name.
    public func inspect(_ name: String) throws(VolumeError) -> Volume {
        guard let volume = try find(name) else { throw .unknown(name) }
        return volume
    }

    /// All volumes, by name.
    public func list() throws(VolumeError) -> [Volume] {
        var volumes: [Volume] = []
        for name in try names() where VolumeRecord.isValid(name: name) {
            if let volume = try find(name) { volumes.append(volume) }
        }
        return volumes
    }

    /// Removes a volume with its content; a missing one is fine. The directory of a bound one stays.
    public func remove(_ name: String) throws(VolumeError) {
        guard VolumeRecord.isValid(name: name) else { throw .invalidName(name) }
        let doomed = "\(directory)/\(Self.doomedPrefix)\(name)"
        do throws(KernelError) {
            // What an interrupted removal left must go first: the name is taken otherwise.
            try TreeRemoval.remove(doomed)
            if rename("\(directory)/\(name)", doomed) != 0 {
                let reason = lastError()
                if reason == ENOENT { return }
                throw KernelError("remove", "\(directory)/\(name)", errno: reason)
            }
            try TreeRemoval.remove(doomed)
        } catch {
            throw .failed(volume: name, error)
        }
    }

    /// Clears away what interrupted creations and removals left. The names of what was cleared.
    @discardableResult
    public func sweep() throws(VolumeError) -> [String] {
        var cleared: [String] = []
        for name in try names() {
            let isDoomed = name.hasPrefix(Self.doomedPrefix)
            guard isDoomed || !Files.exists(recordPath(name)) else { continue }
            do throws(KernelError) {
                try TreeRemoval.remove("\(directory)/\(name)")
            } catch {
                throw .failed(volume: name, error)
            }
            cleared.append(name)
        }
        return cleared
    }

    /// No volume's name begins like this.
    private static let doomedPrefix = ".removed-"

    private func recordPath(_ name: String) -> String { "\(directory)/\(name)/volume.json" }

    private func names() throws(VolumeError) -> [String] {
        do throws(KernelError) {
            return try DirectoryReader.names(in: OwnedDescriptor(open: directory, [.directory]))
                .map { String(decoding: $0.bytes, as: UTF8.self) }
        } catch {
            if error.errno == ENOENT { return [] }
            throw .failed(volume: "*", error)
        }
    }

    private func create(_ record: VolumeRecord) throws(VolumeError) -> Volume {
        guard VolumeRecord.isValid(name: record.name) else { throw .invalidName(record.name) }
        let made = try volume(record)
        if made.isBound { try requireDirectory(made) }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        let bytes: Data
        do {
            bytes = try encoder.encode(record)
        } catch {
            throw .damaged(
                volume: record.name, path: recordPath(record.name), problem: "it can't be encoded")
        }
        do throws(KernelError) {
            // Others than root see a volume only where a container shows it to them.
            try Files.makeDirectories(directory, mode: 0o710)
            try Files.makeDirectories("\(directory)/\(record.name)", mode: 0o710)
            try Files.makeDirectories("\(directory)/\(record.name)/_data")
            try Files.replace(recordPath(record.name), with: Array(bytes), durable: .name)
        } catch {
            throw .failed(volume: record.name, error)
        }
        return made
    }

    private func volume(_ record: VolumeRecord) throws(VolumeError) -> Volume {
        let bound = try record.boundDirectory()
        return Volume(
            record: record, path: bound ?? "\(directory)/\(record.name)/_data", isBound: bound != nil)
    }

    private func requireDirectory(_ volume: Volume) throws(VolumeError) {
        do throws(KernelError) {
            _ = try OwnedDescriptor(open: volume.path, [.path, .directory])
        } catch {
            if error.errno == ENOENT || error.errno == ENOTDIR {
                throw .deviceMissing(volume: volume.record.name, path: volume.path)
            }
            throw .failed(volume: volume.record.name, error)
        }
    }
}
