import Kernel
import OCI

/// The layout's `index.json`: which names the store has, and the manifests they stand for.
struct IndexFile: Sendable {
    let paths: StorePaths

    private static let limit = 64 << 20

    /// Makes an empty layout unless there is one.
    func create() throws(KernelError) {
        guard !Files.exists(paths.indexFile) || !Files.exists(paths.layoutFile) else { return }
        try Files.replace(
            paths.layoutFile, with: Array("{\"imageLayoutVersion\":\"1.0.0\"}".utf8), durable: true)
        if !Files.exists(paths.indexFile) {
            let empty = "{\"schemaVersion\":2,\"mediaType\":\"\(MediaType.index)\",\"manifests\":[]}"
            try Files.replace(paths.indexFile, with: Array(empty.utf8), durable: true)
        }
    }

    func read() throws -> Index {
        do {
            // A store that was taken away under a process that goes on is an empty one.
            if !Files.exists(paths.indexFile) {
                try Files.makeDirectories(paths.images, mode: 0o700)
                try create()
            }
            return try Index(json: try Files.read(paths.indexFile, limit: Self.limit))
        } catch let error as DocumentError {
            throw ImageError("image store \(paths.images)", .malformed(detail: error.description))
        } catch let error as KernelError {
            throw error.about("image store \(paths.images)")
        }
    }

    /// The entry that has `name`.
    static func entry(_ name: String, in index: Index) -> Descriptor? {
        index.manifests.first { $0.annotations?[Annotation.referenceName] == name }
    }

    /// Lets `name` stand for `descriptor`, and for nothing else.
    func put(_ descriptor: Descriptor, as name: String) async throws {
        var entry = descriptor
        var notes = entry.annotations ?? [:]
        notes[Annotation.referenceName] = name
        if Reference(name)?.description == name { notes[Annotation.imageName] = name }
        entry.annotations = notes
        let replacement = entry
        try await change { index in
            if Self.entry(name, in: index) == replacement { return false }
            index.manifests.removeAll { $0.annotations?[Annotation.referenceName] == name }
            index.manifests.append(replacement)
            return true
        }
    }

    /// Takes `name` out; whether it was there.
    func remove(_ name: String) async throws -> Bool {
        try await change { index in
            let before = index.manifests.count
            index.manifests.removeAll { $0.annotations?[Annotation.referenceName] == name }
            return index.manifests.count < before
        }
    }

    /// Changes the index as the only one of all processes, if `body` says that there is something to write.
    @discardableResult
    private func change(_ body: (inout Index) -> Bool) async throws -> Bool {
        let lock = try await StoreLock.wait(paths.indexLock, .exclusive)
        return try withExtendedLifetime(lock) {
            var index = try read()
            guard body(&index) else { return false }
            do {
                try Files.replace(paths.indexFile, with: try index.json(), durable: true)
            } catch let error as KernelError {
                throw error.about("image store \(paths.images)")
            }
            return true
        }
    }
}
