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

/// Bytes that a file or a tree takes on its disk, each inode once, as `du` counts them.
enum DiskUsage {
    static func of(_ path: String) -> Int64 {
        guard let status = StoreFiles.status(path) else { return 0 }
        return status.st_mode & S_IFMT == S_IFDIR ? tree(path) : Int64(status.st_blocks) * 512
    }

    private struct Inode: Hashable {
        let device: dev_t
        let number: ino_t
    }

    private static func tree(_ path: String) -> Int64 {
        var total = StoreFiles.status(path).map { Int64($0.st_blocks) * 512 } ?? 0
        var linked: Set<Inode> = []
        // Names are bytes: a layer's need not be text.
        var pending = [Array(path.utf8CString.dropLast())]
        while let directory = pending.popLast() {
            guard let stream = opendir(directory + [0]) else { continue }
            defer { closedir(stream) }
            while let entry = readdir(stream) {
                let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                    bytes.prefix { $0 != 0 }.map { CChar(bitPattern: $0) }
                }
                if name == [0x2E] || name == [0x2E, 0x2E] { continue }
                let child = directory + [0x2F] + name
                var status = stat()
                guard lstat(child + [0], &status) == 0 else { continue }
                if status.st_mode & S_IFMT == S_IFDIR {
                    pending.append(child)
                } else if status.st_nlink > 1,
                    !linked.insert(Inode(device: status.st_dev, number: status.st_ino)).inserted
                {
                    continue
                }
                total += Int64(status.st_blocks) * 512
            }
        }
        return total
    }
}
