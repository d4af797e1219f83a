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
            paths.layoutFile, with: Array("{\"imageLayoutVersion\":\"1.0.0\"}".utf8))
        if !Files.exists(paths.indexFile) {
            let empty = "{\"schemaVersion\":2,\"mediaType\":\"\(MediaType.index)\",\"manifests\":[]}"
            try Files.replace(paths.indexFile, with: Array(empty.utf8))
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

    /// The entries that have `name`: one for each platform.
    static func entries(_ name: String, in index: Index) -> [Descriptor] {
        index.manifests.filter { LayoutContent.name($0) == name }
    }

    /// The entry that has `name` and suits `platform` best.
    static func entry(_ name: String, _ platform: Platform, in index: Index) -> Descriptor? {
        Index(manifests: entries(name, in: index)).best(for: platform)
    }

    /// Lets `name` stand for `descriptor`, and for nothing else on its platform. An image that was pulled and loses its
    /// last name by this stays without one, as with Docker, until it is removed or pruned.
    @discardableResult
    func put(_ descriptor: Descriptor, as name: String) async throws -> Descriptor {
        var entry = descriptor
        var notes = entry.annotations ?? [:]
        notes[Annotation.referenceName] = name
        if let reference = Reference(name), reference.description == name { notes[Annotation.imageName] = name }
        notes[EntryNote.tagged] = nil
        entry.annotations = notes
        let unstamped = entry
        notes[EntryNote.tagged] = Timestamp.sortable(Timestamp.now())
        entry.annotations = notes
        var result = entry
        let replacement = entry
        try await change { index in
            let old = Self.entries(name, in: index).filter { Self.isSamePlatform($0, replacement) }
            if let only = old.first, old.count == 1, EntryNote.withoutTime(only) == unstamped {
                result = only
                return false
            }
            index.manifests.removeAll { old.contains($0) }
            // A nameless entry of the same image has a name again.
            index.manifests.removeAll { LayoutContent.name($0) == nil && $0.digest == replacement.digest }
            index.manifests.append(replacement)
            for entry in old where EntryNote.repository(of: entry) != nil { Self.keepNameless(entry, in: &index) }
            return true
        }
        return result
    }

    /// Keeps an image that nobody has given a name yet.
    func put(nameless descriptor: Descriptor) async throws {
        try await change { index in
            guard !index.manifests.contains(where: { $0.digest == descriptor.digest }) else { return false }
            index.manifests.append(descriptor)
            return true
        }
    }

    private static func isSamePlatform(_ one: Descriptor, _ other: Descriptor) -> Bool {
        guard let first = one.platform, let second = other.platform else { return true }
        return first == second
    }

    /// Keeps an image that has lost a name unless it has another one.
    private static func keepNameless(_ entry: Descriptor, in index: inout Index) {
        guard !index.manifests.contains(where: { $0.digest == entry.digest }) else { return }
        var nameless = entry
        var notes = entry.annotations ?? [:]
        notes[EntryNote.repository] = EntryNote.repository(of: entry)
        notes[Annotation.referenceName] = nil
        notes[Annotation.imageName] = nil
        nameless.annotations = notes
        index.manifests.append(nameless)
    }

    /// Takes `name` out, on all platforms; whether it was there.
    func remove(_ name: String) async throws -> Bool {
        try await change { index in
            let before = index.manifests.count
            index.manifests.removeAll { LayoutContent.name($0) == name }
            return index.manifests.count < before
        }
    }

    /// Changes the index as the only one of all processes, if `body` says that there is something to write.
    @discardableResult
    func change(_ body: (inout Index) throws -> Bool) async throws -> Bool {
        let lock = try await StoreLock.wait(paths.indexLock, .exclusive)
        return try withExtendedLifetime(lock) {
            var index = try read()
            guard try body(&index) else { return false }
            do {
                try Files.replace(paths.indexFile, with: try index.json(), durable: .content)
            } catch let error as KernelError {
                throw error.about("image store \(paths.images)")
            }
            return true
        }
    }
}
