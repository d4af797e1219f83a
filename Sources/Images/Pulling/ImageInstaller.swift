import Blocking
import Glibc
import Kernel
import OCI

/// Brings one image into the store: chooses the platform, fetches the documents, then the layers side by side.
struct ImageInstaller: Sendable {
    let paths: StorePaths
    let unpacker: Unpacker
    /// What the image has to run on.
    let platform: Platform
    let slots: WorkSlots
    let layerWork: SharedWork<Void>
    /// The image, for errors.
    let subject: String

    /// Installs the image that `documents` lead to, and returns its entry for the index: descriptor, platform and
    /// notes. The store's content lock is held by the caller.
    func install(
        _ root: ManifestDocument, from content: any ContentSource, progress: @escaping ImageProgressHandler
    ) async throws -> Descriptor {
        do {
            let (indexes, document) = try await path(from: root, content)
            let manifest = try ImageKind.manifest(document, subject)
            let configuration = try await configuration(manifest, content, progress)
            try await install(layers(manifest, configuration), from: content, progress: progress)
            for document in indexes + [document] { try await keep(document) }
            progress(.done(manifest: document.descriptor.digest))
            var entry = document.descriptor
            entry.platform = configuration.platform
            if root.descriptor.digest != entry.digest {
                let digest = root.descriptor.digest.description
                entry.annotations = [EntryNote.root: digest, EntryNote.index: digest]
            }
            return entry
        } catch let error as DocumentError {
            throw ImageError(subject, .malformed(detail: error.description))
        } catch let error as KernelError {
            throw error.about(subject)
        }
    }

    /// The manifest for this platform.
    func manifest(in root: ManifestDocument, _ content: any ContentSource) async throws -> ManifestDocument {
        try await path(from: root, content).manifest
    }

    /// Goes down through indexes to the manifest for this platform.
    private func path(
        from root: ManifestDocument, _ content: any ContentSource
    ) async throws -> (indexes: [ManifestDocument], manifest: ManifestDocument) {
        var indexes: [ManifestDocument] = []
        var document = root
        while try !ImageKind.isManifest(document, subject) {
            guard indexes.count < DocumentLimit.depth else {
                throw ImageError(subject, .malformed(detail: "its indexes lead to indexes without an end"))
            }
            indexes.append(document)
            document = try await self.document(best(try Index(json: document.bytes)), content)
        }
        return (indexes, document)
    }

    /// The entry for this platform.
    func best(_ index: Index) throws(ImageError) -> Descriptor {
        guard let entry = index.best(for: platform) else {
            throw ImageError(subject, .noPlatform(wanted: platform, available: index.platforms))
        }
        return entry
    }

    /// A manifest or index, verified against what points at it.
    func document(_ descriptor: Descriptor, _ content: any ContentSource) async throws -> ManifestDocument {
        guard (0...Int64(DocumentLimit.manifest)).contains(descriptor.size) else {
            throw ImageError(
                subject, .tooLarge(subject: "manifest \(descriptor.digest)", limit: Int64(DocumentLimit.manifest)))
        }
        let document = try await content.manifest(descriptor)
        try verify(document.bytes, descriptor)
        return document
    }

    private func configuration(
        _ manifest: Manifest, _ content: any ContentSource, _ progress: @escaping ImageProgressHandler
    ) async throws -> ImageConfiguration {
        let bytes = try await configurationBytes(manifest.config, content)
        let configuration = try ImageConfiguration(json: bytes)
        if let own = configuration.platform, platform.suitability(of: own) == nil {
            throw ImageError(subject, .noPlatform(wanted: platform, available: [own]))
        }
        return configuration
    }

    /// The configuration as a blob of the store, where it stays.
    private func configurationBytes(_ descriptor: Descriptor, _ content: any ContentSource) async throws -> [UInt8] {
        let limit = Int64(DocumentLimit.configuration)
        guard (0...limit).contains(descriptor.size) else {
            throw ImageError(subject, .tooLarge(subject: "configuration \(descriptor.digest)", limit: limit))
        }
        let present = { () -> [UInt8]? in
            // `try?`: unreadable or wrong, it is fetched.
            guard let bytes = try? Files.read(paths.blob(descriptor.digest), limit: Int(limit)),
                (try? verify(bytes, descriptor)) != nil
            else { return nil }
            return bytes
        }
        let partial = try await PartialBlob.acquire(
            paths.partialBlob(descriptor.digest), unless: { present() != nil }, waiting: { _ in })
        guard let partial else {
            if let bytes = present() { return bytes }
            throw ImageError(subject, .malformed(detail: "another process removed its configuration"))
        }
        let bytes: [UInt8]
        do {
            bytes = try await self.bytes(descriptor, partial, content)
        } catch {
            partial.discardIfUseless(after: error)
            throw error
        }
        try partial.sync()
        try partial.rename(to: paths.blob(descriptor.digest))
        return bytes
    }

    /// A small blob as a whole, asked for again if it comes damaged.
    private func bytes(
        _ descriptor: Descriptor, _ partial: PartialBlob, _ content: any ContentSource
    ) async throws -> [UInt8] {
        let fetch = BlobFetch(descriptor: descriptor, partial: partial, subject: subject, progress: { _ in })
        return try await fetch.untilRight(from: content) {
            var bytes: [UInt8] = []
            _ = try await fetch.run(from: content) { bytes.append(contentsOf: $0) }
            return bytes
        }
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
        let installer = LayerInstaller(paths: paths, unpacker: unpacker, slots: slots, subject: subject)
        var seen: Set<Layer> = []
        try await withThrowingTaskGroup(of: Void.self) { group in
            for layer in layers where seen.insert(layer).inserted {
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

    /// Keeps a manifest that is verified. Should a loss of power take names away that the index counts on, then the
    /// image is one that has to be got again, and what is left of it serves.
    private func keep(_ document: ManifestDocument) async throws {
        let path = paths.blob(document.descriptor.digest)
        // `try?`: unreadable or missing, it is written.
        let present = try? Files.read(path, limit: DocumentLimit.manifest)
        if present == document.bytes { return }
        try await onOwnThread { [paths] in
            let workspace = try Workspace.make(in: paths.temporary)
            let temporary = "\(workspace.path)/document"
            try Files.replace(temporary, with: document.bytes, durable: .content)
            try StoreFiles.rename(temporary, to: path)
        }
    }
}
