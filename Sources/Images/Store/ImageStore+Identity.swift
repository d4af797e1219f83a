import Kernel
public import OCI

extension ImageStore {
    /// Which image a layout or an archive on this machine holds by now. Nothing is brought in; an archive is unpacked and
    /// dropped again, unless it hasn't changed since its image was brought in. If the file is gone, the store's copy
    /// counts, as in ``open(_:platform:progress:)``.
    ///
    /// - Returns: the digest of the configuration for the platform, and of the manifest that leads to it.
    public func identify(_ source: ImageSource, platform: Platform? = nil) async throws -> (id: Digest, root: Digest) {
        switch source {
        case .registry:
            let image = try await open(source, platform: platform)
            return (image.id, image.root)
        case .layout(let path, let tag):
            if !Files.exists("\(path)/index.json"), let image = try resolve(source, platform: platform) {
                return (image.id, image.root)
            }
            let directory = ContentDirectory(path: path, followsLinks: true, subject: source.description)
            return try await identity(in: LayoutContent(directory), tag, source.description, platform)
        case .archive(let path, let tag, _):
            if !Files.exists(path), let image = try resolve(source, platform: platform) {
                return (image.id, image.root)
            }
            return try await identity(inArchive: path, tag, source.description, platform)
        }
    }

    private func identity(
        in layout: LayoutContent, _ tag: String?, _ name: String, _ platform: Platform?
    ) async throws -> (id: Digest, root: Digest) {
        do {
            return try Self.identity(of: await layout.manifest(tagged: tag, installer(for: name, platform)), name)
        } catch let error as DocumentError {
            throw ImageError(name, .malformed(detail: error.description))
        }
    }

    private static func identity(of document: ManifestDocument, _ name: String) throws -> (id: Digest, root: Digest) {
        (try ImageKind.manifest(document, name).config.digest, document.descriptor.digest)
    }

    private func identity(
        inArchive path: String, _ tag: String?, _ name: String, _ platform: Platform?
    ) async throws -> (id: Digest, root: Digest) {
        let stamp = Self.stamp(of: path)
        if let image = try image(name, stamp, platform) { return (image.id, image.root) }
        let archive = try await ImageArchive.unpack(.path(path), path: path, self, subject: name)
        let found =
            switch archive.content {
            case .layout(let layout): try await identity(in: layout, tag, name, platform)
            case .docker(let docker): try Self.identity(of: archive.image(tag, in: docker).document, name)
            }
        // Another file with the same image in it: the next look is a short one again.
        if let entry = IndexFile.entry(name, platform ?? host, in: try index.read()),
            reader.image(entry, name: name)?.id == found.id
        {
            _ = try await record(stamped(entry, stamp), as: name)
        }
        return found
    }

    /// The image that was brought in from a file with this stamp.
    func image(_ name: String, _ stamp: String, _ platform: Platform?) throws -> StoredImage? {
        guard let entry = IndexFile.entry(name, platform ?? host, in: try index.read()),
            entry.annotations?[EntryNote.archive] == stamp
        else { return nil }
        return reader.image(entry, name: name)
    }
}

extension LayoutContent {
    /// The manifest for the installer's platform of what stands under a tag; without one, of the only image.
    func manifest(tagged tag: String?, _ installer: ImageInstaller) async throws -> ManifestDocument {
        var candidates = Index()
        candidates.manifests = try entries(tagged: tag)
        let root = try await installer.document(try installer.best(candidates), self)
        return try await installer.manifest(in: root, self)
    }
}
