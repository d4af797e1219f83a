import Glibc
import Kernel
import OCI

/// The files of the store, whether or not anything refers to them.
struct Inventory: Sendable {
    struct Item: Sendable {
        let digest: Digest
        let path: String
        /// As `du` counts it.
        let bytes: Int64
    }

    let blobs: [Item]
    /// By the digest of the content; more than one where a layer is there in both forms.
    let layers: [Item]

    /// Lists what is there. The bytes of directories cost a walk through them.
    init(_ paths: StorePaths) throws(KernelError) {
        var blobs: [Item] = []
        var layers: [Item] = []
        for algorithm in Digest.Algorithm.allCases {
            blobs += try Self.items(in: paths.blobDirectory(algorithm), algorithm)
            layers += try Self.items(in: paths.layerDirectory(algorithm), algorithm)
        }
        self.blobs = blobs
        self.layers = layers
    }

    private static func items(in directory: String, _ algorithm: Digest.Algorithm) throws(KernelError) -> [Item] {
        var items: [Item] = []
        for name in try Directory.names(in: directory) {
            // What isn't named by a digest isn't the store's.
            let stem =
                name.hasSuffix(StoredLayer.imageSuffix) ? String(name.dropLast(StoredLayer.imageSuffix.count)) : name
            guard let digest = Digest("\(algorithm.rawValue):\(stem)") else { continue }
            let path = "\(directory)/\(name)"
            items.append(Item(digest: digest, path: path, bytes: DiskUsage.of(path)))
        }
        return items
    }
}
