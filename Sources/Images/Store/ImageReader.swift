import Kernel
import OCI
import Synchronization

/// Reads what the store holds. Documents are checked against their digests; layers are whole if they are there.
final class ImageReader: Sendable {
    private struct Documents {
        let manifest: Manifest
        let configuration: ImageConfiguration
    }

    private let paths: StorePaths
    /// Parsed documents by the manifest's digest, which names the same content for ever.
    private let cache = Mutex<[Digest: Documents]>([:])
    private static let mostCached = 512

    init(paths: StorePaths) {
        self.paths = paths
    }

    /// The image of an index entry, or `nil` if a part of it is missing or broken, in which case it has to be got anew.
    func image(_ entry: Descriptor, name: String) -> StoredImage? {
        guard let documents = documents(entry.digest) else { return nil }
        let diffIDs = documents.configuration.rootfs.diffIDs
        var seen: Set<Digest> = []
        var layers: [StoredLayer] = []
        // A layer that occurs twice adds nothing below its upper occurrence, and overlayfs refuses to have it twice.
        for diffID in diffIDs.reversed() where seen.insert(diffID).inserted {
            guard let layer = paths.storedLayer(diffID) else { return nil }
            layers.append(layer)
        }
        return StoredImage(
            name: name, isDangling: LayoutContent.name(entry) == nil,
            repository: EntryNote.repository(of: entry), root: EntryNote.root(of: entry),
            index: EntryNote.index(of: entry),
            tagged: entry.annotations?[EntryNote.tagged], manifestDigest: entry.digest,
            id: documents.manifest.config.digest,
            configuration: documents.configuration, layers: layers, diffIDs: diffIDs,
            size: documents.manifest.layers.reduce(0) { $0 + $1.size })
    }

    /// The configuration and the layers of a manifest in the store. `nil` if it can't be read.
    func blobs(of digest: Digest) -> [Descriptor]? {
        documents(digest).map { [$0.manifest.config] + $0.manifest.layers }
    }

    /// What an image of the store refers to: blobs, and unpacked layers. `nil` if it can't be read. `index` is the one
    /// that it came with.
    func references(of digest: Digest, index: Digest? = nil) -> (blobs: [Digest], layers: [Digest])? {
        documents(digest).map { documents in
            let blobs = [digest, documents.manifest.config.digest] + documents.manifest.layers.map(\.digest)
            return (blobs + (index.map { indexes(from: $0) } ?? []), documents.configuration.rootfs.diffIDs)
        }
    }

    /// An index or manifest in the store; `nil` if it isn't there or broken.
    func document(_ digest: Digest) -> ManifestDocument? {
        content(digest, DocumentLimit.manifest).flatMap {
            // `try?`: for whatever reason it can't be used, it is as if it weren't there.
            try? ManifestDocument(bytes: $0, mediaType: nil, algorithm: digest.algorithm)
        }
    }

    /// An index in the store, and the indexes in it that the store has, each once.
    func indexes(from digest: Digest) -> [Digest] {
        var found: [Digest] = []
        var seen: Set<Digest> = [digest]
        var level = [digest]
        for _ in 0..<DocumentLimit.depth where !level.isEmpty {
            var next: [Digest] = []
            for digest in level {
                guard let document = document(digest), document.descriptor.mediaType.isIndex,
                    let index = try? Index(json: document.bytes)  // `try?`: as above.
                else { continue }
                found.append(digest)
                next += index.manifests.filter(\.mediaType.isIndex).map(\.digest).filter { seen.insert($0).inserted }
            }
            level = next
        }
        return found
    }

    /// Reads a manifest anew the next time.
    func forget(_ digest: Digest) {
        cache.withLock { $0[digest] = nil }
    }

    private func documents(_ digest: Digest) -> Documents? {
        if let known = cache.withLock({ $0[digest] }) { return known }
        // `try?`: for whatever reason a document can't be used, the image is to be got anew, which repairs it.
        guard let manifest = content(digest, DocumentLimit.manifest).flatMap({ try? Manifest(json: $0) }),
            let configuration = content(manifest.config.digest, DocumentLimit.configuration)
                .flatMap({ try? ImageConfiguration(json: $0) })
        else { return nil }
        let documents = Documents(manifest: manifest, configuration: configuration)
        cache.withLock { cache in
            if cache.count >= Self.mostCached { cache.removeAll() }
            cache[digest] = documents
        }
        return documents
    }

    private func content(_ digest: Digest, _ limit: Int) -> [UInt8]? {
        guard let bytes = try? Files.read(paths.blob(digest), limit: limit),  // `try?`: as above.
            Digest.of(bytes, algorithm: digest.algorithm) == digest
        else { return nil }
        return bytes
    }
}
