import ControlAPI
import Kernel
import OCI

/// What a step came to, kept in a file of its own by its key.
struct StepRecord: Codable, Equatable, Sendable {
    /// The layer's blob; its content has the same digest.
    var layer: Descriptor
    /// When the step was done, in RFC 3339.
    var created: String
    /// What it was, for people.
    var title: String
}

/// Records of steps, by key. A record whose layer the store has no more is none.
struct BuildCache: Sendable {
    private let directory: String
    private let archives: String

    init(root: String) throws {
        directory = root + "/builds/steps"
        archives = root + "/builds/archives"
        for path in [directory, archives] { try Files.makeDirectories(path, mode: 0o700) }
    }

    // MARK: Archives that were unpacked

    /// The layer that an archive's files became.
    ///
    /// - Parameter digest: of the archive, in hexadecimal digits.
    func archive(_ digest: String) -> Digest? {
        let path = "\(archives)/\(digest)"
        guard Files.exists(path) else { return nil }
        // `try?`: without it the archive is only unpacked once more.
        return (try? Files.read(path, limit: 200)).flatMap { Digest(String(decoding: $0, as: UTF8.self)) }
    }

    func save(archive digest: String, as layer: Digest) throws {
        try Files.replace("\(archives)/\(digest)", with: Array(layer.description.utf8), mode: 0o600)
    }

    // MARK: Steps

    private func path(_ key: Digest) -> String { "\(directory)/\(key.hex)" }

    func find(_ key: Digest) -> StepRecord? {
        let path = path(key)
        guard Files.exists(path) else { return nil }
        // `try?`: a record that can't be read is as good as none: the step is done again and written anew.
        return try? JSON.decode(StepRecord.self, from: Files.read(path, limit: 1 << 20))
    }

    func save(_ record: StepRecord, _ key: Digest) throws {
        try Files.replace(path(key), with: try JSON.encode(record), mode: 0o600)
    }
}
