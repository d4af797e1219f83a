import Kernel
import OCI

/// Which images `prune` takes.
public struct PruneOptions: Sendable {
    /// All images that no container uses, not only those without a name.
    public var all = false
    /// Seconds since 1970: only images that were made before.
    public var until: Int64?
    /// `KEY` or `KEY=VALUE`, all of which an image must have.
    public var labels: [String] = []
    /// `KEY` or `KEY=VALUE`, none of which an image may have.
    public var withoutLabels: [String] = []

    public init() {}
}

extension ImageStore {
    /// Removes images that no container uses, downloads that nobody continues, and content that nothing needs. Tells
    /// what went, and the bytes that the file system got back.
    public func prune(_ options: PruneOptions = PruneOptions(), inUse: [ImageUse] = []) async throws -> Removal {
        let used = Set(inUse.map(\.image))
        let kept = try layers(of: inUse)
        var gone: [StoredImage] = []
        var removal = Removal()
        try await index.change { [self] index in
            let images = index.manifests.compactMap { entry in
                reader.image(entry, name: EntryNote.name(of: entry))
            }
            let named = Set(images.filter { !$0.isDangling }.map(\.id))
            let leaving = images.filter { image in
                !used.contains(image.id) && (options.all || (image.isDangling && !named.contains(image.id)))
                    && options.admit(image)
            }
            guard !leaving.isEmpty else { return false }
            let keys = Set(leaving.map(EntryKey.init))
            index.manifests.removeAll { keys.contains(EntryKey($0)) }
            removal.lines = Self.untagged(leaving).map { .untagged($0) }
            var seen: Set<Digest> = []
            gone = leaving.filter { image in
                seen.insert(image.id).inserted && !index.manifests.contains { $0.digest == image.manifestDigest }
            }
            return true
        }
        removal.append(try await collectGarbage(keeping: kept, gone: gone))
        removal.freed += try removePartialDownloads(olderThan: 0)
        try removeOldMarks()
        return removal
    }
}

extension PruneOptions {
    func admit(_ image: StoredImage) -> Bool {
        if let until, let created = image.created.flatMap(Timestamp.parse), created / 1_000_000_000 >= until {
            return false
        }
        let own = image.configuration.config.labels
        func has(_ filter: String) -> Bool {
            let parts = filter.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard let key = parts.first, let value = own[key] else { return false }
            return parts.count == 1 || value == parts[1]
        }
        return labels.allSatisfy(has) && !withoutLabels.contains(where: has)
    }
}
