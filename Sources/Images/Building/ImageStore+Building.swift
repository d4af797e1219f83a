import Blocking
import Glibc
import Kernel
public import OCI

/// What builds need of the store, beside reading it.
extension ImageStore {
    /// A directory on the store's file system for work that isn't finished; it goes with this value.
    public final class Scratch: Sendable {
        private let workspace: Workspace
        public var path: String { workspace.path }

        init(_ workspace: Workspace) { self.workspace = workspace }
    }

    public func scratch() throws -> Scratch { Scratch(try Workspace.make(in: paths.temporary)) }

    /// The layer with this content, if the store has it.
    public func layer(_ diffID: Digest) -> StoredLayer? { paths.storedLayer(diffID) }

    /// Whether the store has a blob, whole.
    public func holds(_ blob: Descriptor) -> Bool { paths.holds(blob) }

    /// The blobs of an image's layers, the bottom one first.
    public func layerBlobs(of image: StoredImage) throws -> [Descriptor] {
        guard let blobs = reader.blobs(of: image.manifestDigest) else { throw ImageError(image.name, .unknown) }
        return Array(blobs.dropFirst())
    }

    /// Takes a layer in as a plain tar archive, which is moved, and makes its content ready.
    public func addLayer(archive: String, _ blob: Descriptor, for subject: String) async throws -> StoredLayer {
        let lock = try await lock(paths.contentLock, .shared)
        defer { withExtendedLifetime(lock) {} }
        let installer = LayerInstaller(paths: paths, unpacker: unpacker, slots: slots, subject: subject)
        let content = MadeLayer(path: archive, subject: subject)
        try await installer.install(Layer(blob: blob, diffID: blob.digest), from: content) { _ in }
        guard let layer = paths.storedLayer(blob.digest) else {
            throw ImageError(subject, .malformed(detail: "its layer \(blob.digest) was removed by another process"))
        }
        return layer
    }

    /// Takes the files of an archive in that is no layer of an image, but has the form of one: a tar archive, plain or
    /// compressed by gzip, zstd, bzip2 or xz. `nil`: it is something else.
    ///
    /// - Parameters:
    ///   - archive: a path that is opened by this process.
    ///   - what: names it in errors.
    public func addFiles(archive: String, _ what: String) async throws -> StoredLayer? {
        let lock = try await lock(paths.contentLock, .shared)
        defer { withExtendedLifetime(lock) {} }
        var unpacker = unpacker
        unpacker.anyCompression = true
        let installer = LayerInstaller(paths: paths, unpacker: unpacker, slots: slots, subject: what)
        let workspace = try Workspace.make(in: paths.temporary)
        let output = try installer.output(await unpacker.layerForm(), workspace)
        do {
            let result = try await unpacker.unpack(archive, into: output, algorithm: .sha256, what, for: what)
            try await onOwnThread { [paths] in try output.place(result.diffID, in: paths) }
            return paths.storedLayer(result.diffID)
        } catch let error as ImageError {
            guard case .unpack(_, let detail) = error.reason, detail.contains(Self.noArchive) else { throw error }
            return nil
        }
    }

    /// Fills an empty directory, which can be written to, with what an archive that this process wrote has.
    public func unpack(_ archive: String, into directory: String, _ what: String) async throws {
        _ = try await unpacker.unpack(archive, into: .tree(path: directory), algorithm: .sha256, what, for: what)
    }

    /// libarchive's words for a stream that is of none of the forms.
    private static let noArchive = "Unrecognized archive format"

    /// Makes an image of layers that the store has, under a name; the last name's image is returned.
    ///
    /// - Parameters:
    ///   - layers: the bottom one first, as many as the configuration names.
    ///   - names: empty for an image without a name.
    public func addImage(
        _ configuration: ImageConfiguration, layers: [Descriptor], names: [Reference]
    ) async throws -> (id: Digest, manifest: Descriptor) {
        let lock = try await lock(paths.contentLock, .shared)
        defer { withExtendedLifetime(lock) {} }
        let json = try configuration.json()
        let description = Descriptor(mediaType: .configuration, digest: .sha256(of: json), size: Int64(json.count))
        let manifest = try ManifestDocument(
            bytes: Manifest(config: description, layers: layers).json(), mediaType: .manifest)
        try keep(json, description.digest)
        try keep(manifest.bytes, manifest.descriptor.digest)
        var entry = manifest.descriptor
        entry.platform = configuration.platform
        for name in names { _ = try await record(entry, as: name.description) }
        if names.isEmpty { try await index.put(nameless: entry) }
        return (description.digest, manifest.descriptor)
    }

    private func keep(_ bytes: [UInt8], _ digest: Digest) throws {
        if StoreFiles.status(paths.blob(digest)).map({ Int($0.st_size) == bytes.count }) ?? false { return }
        try Files.replace(paths.blob(digest), with: bytes, durable: .content)
    }
}

/// A layer that this process has written.
private struct MadeLayer: ContentSource {
    let path: String
    let subject: String

    private var directory: ContentDirectory {
        let (parent, _) = RootDirectory.split(path)
        return ContentDirectory(path: parent, followsLinks: false, subject: subject, isOwn: true)
    }

    private var name: String { RootDirectory.split(path).name }

    func manifest(_ descriptor: Descriptor) async throws -> ManifestDocument {
        throw ImageError(subject, .unknown)
    }

    func blob(
        _ descriptor: Descriptor, from offset: Int64, into sink: (UnsafeRawBufferPointer) async throws -> Void
    ) async throws {
        try await directory.stream(name, from: offset, into: sink)
    }

    func link(_ descriptor: Descriptor, to path: String) throws(ImageError) -> Bool {
        try directory.link(name, to: path)
    }
}
