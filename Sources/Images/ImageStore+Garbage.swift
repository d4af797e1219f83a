import Glibc
import Kernel
import OCI

extension ImageStore {
    /// Removes blobs and layers that no image needs. While someone adds to the store nothing can be told apart, so
    /// then it is left to the next time.
    func collectGarbage(keeping inUse: Set<Digest>) async throws {
        try await onOwnThread { [self] _ in
            do {
                guard let lock = try StoreLock.attempt(paths.contentLock, .exclusive) else { return }
                try withExtendedLifetime(lock) { try removeUnreferenced(keeping: inUse) }
            } catch let error as KernelError {
                throw error.about("image store \(paths.root)")
            }
        }
    }

    private func removeUnreferenced(keeping inUse: Set<Digest>) throws {
        var blobs: Set<Digest> = []
        var layers = inUse
        for entry in try index.read().manifests {
            // What a broken manifest needs isn't known, so nothing is removed until its image is got anew or removed.
            guard let references = reader.references(of: entry.digest) else { return }
            blobs.formUnion(references.blobs)
            layers.formUnion(references.layers)
        }
        let workspace = try Workspace.make(in: paths.temporary)
        for algorithm in Digest.Algorithm.allCases {
            try removeEntries(of: paths.layerDirectory(algorithm), algorithm, except: layers) { path, name in
                // First out of the way in one step: a layer that is partly removed mustn't have its name.
                let place = "\(workspace.path)/\(name)"
                try StoreFiles.rename(path, to: place)
                try Directory.remove(place)
            }
            try removeEntries(of: paths.blobDirectory(algorithm), algorithm, except: blobs) { path, _ in
                try Files.remove(path)
            }
        }
    }

    private func removeEntries(
        of directory: String, _ algorithm: Digest.Algorithm, except kept: Set<Digest>,
        _ remove: (_ path: String, _ name: String) throws -> Void
    ) throws {
        for name in try Directory.names(in: directory) {
            // What isn't named by a digest isn't the store's.
            guard let digest = Digest("\(algorithm.rawValue):\(name)"), !kept.contains(digest) else { continue }
            try remove("\(directory)/\(name)", name)
        }
    }
}
