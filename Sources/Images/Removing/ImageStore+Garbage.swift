import Blocking
import Kernel
public import OCI

extension ImageStore {
    /// Removes blobs and layers that no image needs. While someone adds to the store nothing can be told apart, so
    /// then it is left to them, when they are done.
    func collectGarbage(keeping inUse: Set<Digest>, gone: [StoredImage] = []) async throws -> Removal {
        try await onOwnThread { [self] in
            do {
                guard let lock = try StoreLock.attemptForAMoment(paths.contentLock, .exclusive) else {
                    var removal = Removal()
                    removal.isIncomplete = true
                    return removal
                }
                return try withExtendedLifetime(lock) { try removeUnreferenced(keeping: inUse, gone) }
            } catch let error as KernelError {
                throw error.about("image store \(paths.root)")
            }
        }
    }

    private func removeUnreferenced(keeping inUse: Set<Digest>, _ gone: [StoredImage]) throws -> Removal {
        var removal = Removal()
        guard let needed = try referenced(keeping: inUse) else { return removal }
        let inventory = try Inventory(paths)
        var workspace: Workspace?
        var files = RemovedFiles()
        var removed: Set<Digest> = []
        for layer in inventory.layers where !needed.layers.contains(layer.digest) {
            removal.freed += layer.bytes
            removed.insert(layer.digest)
            guard StoreFiles.isDirectory(layer.path) else {
                try files.remove(layer)
                continue
            }
            // First out of the way in one step: a layer that is partly removed mustn't have its name.
            let place = try workspace ?? Workspace.make(in: paths.temporary)
            workspace = place
            let target = "\(place.path)/\(layer.digest.hex)"
            try StoreFiles.rename(layer.path, to: target)
            try Directory.remove(target)
        }
        for blob in inventory.blobs where !needed.blobs.contains(blob.digest) {
            removal.freed += blob.bytes
            try files.remove(blob)
        }
        files.release(with: unpacker)
        for image in gone {
            removal.lines.append(.deleted(image.id))
            let chain = zip(image.diffIDs, image.chainIDs).reversed()
            removal.lines += chain.filter { removed.contains($0.0) }.map { .deleted($0.1) }
        }
        return removal
    }

    /// What the images in the index need; `nil` if one of them is broken: what it needs isn't known, so nothing is
    /// removed until it is got anew or removed.
    func referenced(keeping inUse: Set<Digest>) throws -> (blobs: Set<Digest>, layers: Set<Digest>)? {
        var blobs: Set<Digest> = []
        var layers = inUse
        for entry in try index.read().manifests {
            guard let references = reader.references(of: entry.digest, index: EntryNote.index(of: entry)) else {
                return nil
            }
            blobs.formUnion(references.blobs)
            layers.formUnion(references.layers)
        }
        return (blobs, layers)
    }
}

extension StoredImage {
    /// The chain ids of the layers, the bottom one first (image-spec, config.md#layer-chainid).
    public var chainIDs: [Digest] {
        var chain: [Digest] = []
        for diffID in diffIDs {
            chain.append(chain.last.map { .sha256(of: Array("\($0) \(diffID)".utf8)) } ?? diffID)
        }
        return chain
    }
}
