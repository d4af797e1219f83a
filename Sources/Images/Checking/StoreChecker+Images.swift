import OCI
import Synchronization

extension StoreChecker {
    /// Looks at what each name needs, and returns the layers that can be looked at further.
    func checkImages() async throws -> [Layer] {
        var layers: Set<Layer> = []
        var dropped: Set<EntryKey> = []
        for entry in try store.index.read().manifests {
            report.withLock { $0.images += 1 }
            let name = EntryNote.name(of: entry)
            store.reader.forget(entry.digest)
            guard let blobs = store.reader.blobs(of: entry.digest), let config = blobs.first,
                let diffIDs = store.reader.references(of: entry.digest)?.layers
            else {
                found(name, "its manifest or its configuration is missing or broken", repair: "name dropped")
                dropped.insert(EntryKey(entry))
                lost(entry)
                continue
            }
            guard blobs.count - 1 == diffIDs.count, config.size >= 0 else {
                found(name, "its configuration doesn't fit its manifest", repair: "name dropped")
                dropped.insert(EntryKey(entry))
                lost(entry)
                continue
            }
            var isLost = false
            for (blob, diffID) in zip(blobs.dropFirst(), diffIDs) {
                let hasBlob = store.paths.holds(blob)
                let hasContent = store.paths.storedLayer(diffID) != nil
                if hasBlob {
                    layers.insert(Layer(blob: blob, diffID: diffID))
                    continue
                }
                found(
                    name, "blob \(blob.digest) is missing" + (hasContent ? "" : ", and so is what it unpacks to"),
                    repair: hasContent ? nil : "name dropped")
                lost(entry)
                isLost = isLost || !hasContent
            }
            if isLost { dropped.insert(EntryKey(entry)) }
        }
        if repairs, !dropped.isEmpty {
            try await store.index.change { index in
                index.manifests.removeAll { dropped.contains(EntryKey($0)) }
                return true
            }
        }
        return Array(layers)
    }

    private func lost(_ entry: Descriptor) {
        let name = EntryNote.name(of: entry)
        report.withLock { if !$0.incomplete.contains(name) { $0.incomplete.append(name) } }
    }
}
