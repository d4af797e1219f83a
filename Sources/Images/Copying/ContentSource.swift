import Glibc
import Kernel
import OCI

/// Where an image's content comes from. Nothing of it is trusted.
protocol ContentSource: Sendable {
    /// A manifest or index that another document points at.
    func manifest(_ descriptor: Descriptor) async throws -> ManifestDocument
    /// Hands a blob over, piece by piece, from the byte `offset` on.
    func blob(
        _ descriptor: Descriptor, from offset: Int64, into sink: (UnsafeRawBufferPointer) async throws -> Void)
        async throws
    /// The blob as a file of this machine that is known to be right, if it is one.
    func file(_ descriptor: Descriptor) -> String?
    /// Gives the blob's file a second name, if it is one that was made to be moved, on the file system of `path`: then
    /// nothing has to be written again. Nothing is known of what is in it. False if there is no such file.
    func link(_ descriptor: Descriptor, to path: String) throws(ImageError) -> Bool
    /// How often a blob is asked for that isn't what its digest says: what comes over a network may have been damaged
    /// on the way.
    var attempts: Int { get }
}

extension ContentSource {
    func file(_ descriptor: Descriptor) -> String? { nil }
    func link(_ descriptor: Descriptor, to path: String) throws(ImageError) -> Bool { false }
    var attempts: Int { 1 }
}

/// Bounds on documents, which are held in memory as a whole, and on what they say.
enum DocumentLimit {
    static let manifest = 4 << 20
    static let configuration = 8 << 20
    /// Bytes of one layer as it is transferred: no sum of such numbers overflows.
    static let layer: Int64 = 4 << 40
    /// Layers of one image; Docker has at most 127.
    static let layers = 512
    /// Manifests and indexes that one index leads to.
    static let documents = 10_000
    /// Indexes within indexes.
    static let depth = 4
}

/// An image in a registry.
struct RegistryContent: ContentSource {
    let registry: any ImageRegistry
    let reference: Reference
    let attempts = 3

    func manifest(_ descriptor: Descriptor) async throws -> ManifestDocument {
        try await registry.manifest(of: reference, digest: descriptor.digest)
    }

    func blob(
        _ descriptor: Descriptor, from offset: Int64, into sink: (UnsafeRawBufferPointer) async throws -> Void
    ) async throws {
        try await registry.blob(descriptor, of: reference, from: offset, into: sink)
    }
}

/// Files in a directory: an image layout of the user's, or an archive's unpacked content.
struct ContentDirectory: Sendable {
    let path: String
    /// Whether names in it may be symbolic links: yes in the user's own layout, no in a stranger's archive.
    let followsLinks: Bool
    /// What errors are about.
    let subject: String
    /// Whether its files were made by this store, which may move them.
    var isOwn = false

    /// Gives a file of this store's a second name; false where that can't be.
    func link(_ name: String, to path: String) throws(ImageError) -> Bool {
        guard isOwn else { return false }
        let file = try open(name)
        if linkat(AT_FDCWD, "/proc/self/fd/\(file.number)", AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0 { return true }
        if [EXDEV, EPERM, EMLINK, EOPNOTSUPP].contains(lastError()) { return false }
        throw KernelError("link to", path, errno: lastError()).about(subject)
    }

    func open(_ name: String) throws(ImageError) -> OwnedDescriptor {
        do {
            return followsLinks
                ? try OwnedDescriptor(regularFile: "\(path)/\(name)", followingLinks: true)
                : try StoreFiles.open(name, beneath: path)
        } catch {
            throw error.about(subject)
        }
    }

    func read(_ name: String, limit: Int) throws(ImageError) -> [UInt8] {
        do {
            return try open(name).readAll(limit: limit)
        } catch let error as KernelError {
            throw error.about(subject)
        } catch let error as ImageError {
            throw error
        } catch {
            throw ImageError(subject, .malformed(detail: "\(name) can't be read"))
        }
    }

    func stream(
        _ name: String, from offset: Int64 = 0, into sink: (UnsafeRawBufferPointer) async throws -> Void
    ) async throws {
        let file = try open(name)
        if offset > 0 {
            do {
                try check("seek in", name) { lseek(file.number, off_t(offset), SEEK_SET) }
            } catch {
                throw error.about(subject)
            }
        }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            try Task.checkCancellation()
            let count: Int
            do {
                count = try file.read(into: buffer)
            } catch {
                throw error.about(subject)
            }
            if count == 0 { return }
            try await sink(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }
}
