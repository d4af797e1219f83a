import Glibc
import OCI

/// Where the store keeps what.
struct StorePaths: Sendable {
    /// The directory that holds everything of the store.
    let root: String

    /// An OCI image layout, which other tools may read.
    var images: String { "\(root)/images" }
    var layoutFile: String { "\(images)/oci-layout" }
    var indexFile: String { "\(images)/index.json" }
    var layers: String { "\(root)/layers" }
    /// Work that isn't finished.
    var temporary: String { "\(root)/tmp" }
    /// The places where a layer may be: as an EROFS image, or as a directory.
    func layerForms(_ diffID: Digest) -> [String] {
        [layerImage(diffID), layer(diffID)]
    }

    /// Downloads that aren't complete.
    var partial: String { "\(root)/partial" }
    var locks: String { "\(root)/locks" }
    /// Held shared by whoever adds to the store, exclusively by whoever clears it up.
    var contentLock: String { "\(locks)/content" }
    var indexLock: String { "\(locks)/index" }

    /// A file whose time of change says when a name was last compared with its registry.
    func checkMark(_ name: String, _ platform: Platform?) -> String {
        let key = platform.map { "\(name) \($0)" } ?? name
        return "\(locks)/\(Self.markPrefix)\(Digest.sha256(of: Array(key.utf8)).hex.prefix(40))"
    }

    static let markPrefix = "checked-"

    func partialBlob(_ digest: Digest) -> String { "\(partial)/\(digest.algorithm.rawValue)-\(digest.hex)" }

    func blobDirectory(_ algorithm: Digest.Algorithm) -> String { "\(images)/blobs/\(algorithm.rawValue)" }
    func blob(_ digest: Digest) -> String { "\(blobDirectory(digest.algorithm))/\(digest.hex)" }

    /// Whether the blob is there. One of another length is what a failing disk left; it is fetched again.
    func holds(_ blob: Descriptor) -> Bool {
        StoreFiles.status(self.blob(blob.digest)).map { Int64($0.st_size) == blob.size } ?? false
    }

    func layerDirectory(_ algorithm: Digest.Algorithm) -> String { "\(layers)/\(algorithm.rawValue)" }
    /// A layer's directory; it has this name only once it is complete and on the disk.
    func layer(_ diffID: Digest) -> String { "\(layerDirectory(diffID.algorithm))/\(diffID.hex)" }
    func layerTree(_ diffID: Digest) -> String { "\(layer(diffID))/fs" }
    /// A layer's image; it has this name only once it is complete and on the disk.
    func layerImage(_ diffID: Digest) -> String { layer(diffID) + StoredLayer.imageSuffix }

    /// The layer as it is kept; `nil` if it isn't.
    func storedLayer(_ diffID: Digest) -> StoredLayer? {
        let image = layerImage(diffID)
        if StoreFiles.status(image) != nil { return StoredLayer(diffID: diffID, form: .erofs, path: image) }
        let tree = layerTree(diffID)
        return StoreFiles.isDirectory(tree) ? StoredLayer(diffID: diffID, form: .tree, path: tree) : nil
    }
}
