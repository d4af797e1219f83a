import Glibc
import Kernel
import OCI

/// Brings one image into the store: chooses the platform, fetches the documents, then the layers side by side.
struct ImageInstaller: Sendable {
    let paths: StorePaths
    let unpacker: Unpacker
    let host: Platform
    let layerWork: SharedWork<Void>
    /// The image, for errors.
    let subject: String

    /// Layers of one image that are fetched and unpacked at the same time.
    private static let concurrency = 3

    /// Installs the image that `documents` lead to, and returns its manifest's descriptor. The store's content lock is
    /// held by the caller.
    func install(
        _ root: ManifestDocument, from content: any ContentSource, progress: @escaping ImageProgressHandler
    ) async throws -> Descriptor {
        do {
            let document = try await manifest(in: root, content, depth: 0)
            let manifest = try Manifest(json: document.bytes)
            let (configuration, bytes) = try await configuration(manifest, content)
            try await install(layers(manifest, configuration), from: content, progress: progress)
            try await keep(manifest.config, bytes)
            try await keep(document.descriptor, document.bytes)
            progress(.done(manifest: document.descriptor.digest))
            var entry = document.descriptor
            entry.platform = configuration.platform
            if root.descriptor.digest != entry.digest {
                entry.annotations = [EntryNote.root: root.descriptor.digest.description]
            }
            return entry
        } catch let error as DocumentError {
            throw ImageError(subject, .malformed(detail: error.description))
        } catch let error as KernelError {
            throw error.about(subject)
        }
    }

    /// Goes down through indexes to the manifest for this platform.
    func manifest(
        in document: ManifestDocument, _ content: any ContentSource, depth: Int
    ) async throws -> ManifestDocument {
        let type = document.descriptor.mediaType
        if type.isManifest { return document }
        guard type.isIndex, depth < DocumentLimit.depth else {
            throw ImageError(subject, .malformed(detail: "manifests of type \(type) aren't supported"))
        }
        let index = try Index(json: document.bytes)
        let next = try await self.document(best(index), content)
        return try await manifest(in: next, content, depth: depth + 1)
    }

    /// The entry for this platform.
    func best(_ index: Index) throws(ImageError) -> Descriptor {
        guard let entry = index.best(for: host) else {
            throw ImageError(subject, .noPlatform(wanted: host, available: index.platforms))
        }
        return entry
    }

    /// A manifest or index, verified against what points at it.
    func document(_ descriptor: Descriptor, _ content: any ContentSource) async throws -> ManifestDocument {
        guard descriptor.size <= DocumentLimit.manifest else {
            throw ImageError(
                subject, .tooLarge(subject: "manifest \(descriptor.digest)", limit: Int64(DocumentLimit.manifest)))
        }
        let document = try await content.manifest(descriptor)
        try verify(document.bytes, descriptor)
        return document
    }

    private func configuration(
        _ manifest: Manifest, _ content: any ContentSource
    ) async throws -> (ImageConfiguration, [UInt8]) {
        let descriptor = manifest.config
        let limit = Int64(DocumentLimit.configuration)
        guard descriptor.size <= limit, descriptor.size >= 0 else {
            throw ImageError(subject, .tooLarge(subject: "configuration \(descriptor.digest)", limit: limit))
        }
        var bytes: [UInt8] = []
        try await content.blob(descriptor) { piece in
            bytes.append(contentsOf: piece)
            guard bytes.count <= limit else {
                throw ImageError(subject, .tooLarge(subject: "configuration \(descriptor.digest)", limit: limit))
            }
        }
        try verify(bytes, descriptor)
        let configuration = try ImageConfiguration(json: bytes)
        if let platform = configuration.platform, host.suitability(of: platform) == nil {
            throw ImageError(subject, .noPlatform(wanted: host, available: [platform]))
        }
        return (configuration, bytes)
    }

    private func verify(_ bytes: [UInt8], _ descriptor: Descriptor) throws(ImageError) {
        guard bytes.count == descriptor.size else {
            throw ImageError(
                subject,
                .sizeMismatch(digest: descriptor.digest, expected: descriptor.size, actual: Int64(bytes.count)))
        }
        let actual = Digest.of(bytes, algorithm: descriptor.digest.algorithm)
        guard actual == descriptor.digest else {
            throw ImageError(subject, .digestMismatch(expected: descriptor.digest, actual: actual))
        }
    }

    private func layers(_ manifest: Manifest, _ configuration: ImageConfiguration) throws(ImageError) -> [Layer] {
        let diffIDs = configuration.rootfs.diffIDs
        guard manifest.layers.count == diffIDs.count else {
            let detail = "its manifest has \(manifest.layers.count) layers and its configuration \(diffIDs.count)"
            throw ImageError(subject, .malformed(detail: detail))
        }
        guard diffIDs.count <= DocumentLimit.layers else {
            throw ImageError(subject, .malformed(detail: "it has \(diffIDs.count) layers"))
        }
        return zip(manifest.layers, diffIDs).map(Layer.init)
    }

    private func install(
        _ layers: [Layer], from content: any ContentSource, progress: @escaping ImageProgressHandler
    ) async throws {
        let installer = LayerInstaller(paths: paths, unpacker: unpacker, subject: subject)
        var seen: Set<Layer> = []
        var waiting = layers.filter { seen.insert($0).inserted }[...]
        try await withThrowingTaskGroup(of: Void.self) { group in
            var running = 0
            while let layer = waiting.popFirst() {
                if running == Self.concurrency {
                    try await group.next()
                    running -= 1
                }
                running += 1
                group.addTask {
                    // Images that are got at the same time often share layers.
                    let key = "\(layer.blob.digest) \(layer.diffID)"
                    try await layerWork.run(key, progress: progress) { progress in
                        try await installer.install(layer, from: content, progress: progress)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    /// Keeps a document that is verified.
    private func keep(_ descriptor: Descriptor, _ bytes: [UInt8]) async throws {
        let path = paths.blob(descriptor.digest)
        // `try?`: unreadable or missing, it is written.
        if let present = try? Files.read(path, limit: bytes.count), present == bytes { return }
        let workspace = try Workspace.make(in: paths.temporary)
        let temporary = "\(workspace.path)/document"
        try Files.replace(temporary, with: bytes, durable: true)
        try StoreFiles.rename(temporary, to: path)
    }
}
