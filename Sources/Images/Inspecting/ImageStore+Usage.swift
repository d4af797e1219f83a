import Blocking
import OCI

/// What the images take on the disk, as `system df` shows it. Bytes are as `du` counts them.
public struct StoreUsage: Sendable {
    public struct Image: Sendable {
        public let image: StoredImage
        /// All of its blobs and layers.
        public let size: Int64
        /// What of it another image has too.
        public let shared: Int64
        /// What would go with it.
        public let unique: Int64
        /// Containers that use it.
        public let containers: Int
    }

    /// One a name, by name; one a platform where a name has several.
    public let images: [Image]
    /// Images by their ids.
    public let total: Int
    /// Those that containers use.
    public let active: Int
    /// Everything of the store: blobs, layers, downloads that aren't complete.
    public let size: Int64
    /// What `prune` of all images would give back.
    public let reclaimable: Int64
}

extension ImageStore {
    /// What the images take, each blob and layer once.
    public func usage(inUse: [ImageUse] = []) async throws -> StoreUsage {
        let inventory = try await onOwnThread { [paths] in try Inventory(paths) }
        let images = try images()
        // A manifest may have two names: only another image shares with it.
        var users: [String: Set<Digest>] = [:]
        let contents = Dictionary(images.map { ($0.manifestDigest, content(of: $0)) }) { first, _ in first }
        for (digest, keys) in contents {
            for key in keys { users[key, default: []].insert(digest) }
        }
        var bytes: [String: Int64] = [:]
        for blob in inventory.blobs { bytes["blob \(blob.digest)", default: 0] += blob.bytes }
        for layer in inventory.layers { bytes["layer \(layer.digest)", default: 0] += layer.bytes }
        let list = images.map { image in
            let keys = contents[image.manifestDigest] ?? []
            let size = keys.reduce(0) { $0 + (bytes[$1] ?? 0) }
            let shared = keys.reduce(0) { $0 + ((users[$1]?.count ?? 0) > 1 ? bytes[$1] ?? 0 : 0) }
            return StoreUsage.Image(
                image: image, size: size, shared: shared, unique: size - shared,
                containers: inUse.count { $0.image == image.id })
        }
        let partial = try partialBytes()
        let size = bytes.values.reduce(0, +) + partial
        let used = Set(inUse.map(\.image))
        var kept = Set(images.filter { used.contains($0.id) }.flatMap { contents[$0.manifestDigest] ?? [] })
        for use in inUse { kept.formUnion(use.layers.map { "layer \($0)" }) }
        let ids = Set(images.map(\.id))
        return StoreUsage(
            images: list, total: ids.count, active: ids.intersection(used).count, size: size,
            reclaimable: size - kept.reduce(0) { $0 + (bytes[$1] ?? 0) })
    }

    private func content(of image: StoredImage) -> Set<String> {
        guard let references = reader.references(of: image.manifestDigest, index: image.index) else { return [] }
        return Set(references.blobs.map { "blob \($0)" } + references.layers.map { "layer \($0)" })
    }
}
