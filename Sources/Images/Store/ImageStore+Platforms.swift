import OCI

/// An index that images of the store came with.
struct StoredIndex: Sendable {
    let document: ManifestDocument
    /// The images and indexes in it that the store doesn't have as a whole.
    let missing: [Descriptor]
}

extension ImageStore {
    /// The index that an image was chosen from, and how much of it is here; `nil` if the image came alone.
    func storedIndex(of image: StoredImage) throws -> StoredIndex? {
        guard let digest = image.index, let document = reader.document(digest) else { return nil }
        var seen: Set<Digest> = []
        return StoredIndex(document: document, missing: try missing(in: document, &seen, depth: 0))
    }

    private func missing(
        in document: ManifestDocument, _ seen: inout Set<Digest>, depth: Int
    ) throws -> [Descriptor] {
        try Index(json: document.bytes).manifests.flatMap { entry -> [Descriptor] in
            guard seen.insert(entry.digest).inserted else { return [] }
            if entry.mediaType.isIndex {
                guard depth < DocumentLimit.depth, let inner = reader.document(entry.digest) else { return [entry] }
                return try missing(in: inner, &seen, depth: depth + 1)
            }
            let isWhole = reader.blobs(of: entry.digest)?.allSatisfy(paths.holds) ?? false
            return isWhole ? [] : [entry]
        }
    }

    /// Installs the images for other platforms than `image`'s that the content has under its name.
    func installOthers(
        _ candidates: Index, than image: StoredImage, from content: any ContentSource,
        progress: @escaping ImageProgressHandler
    ) async throws {
        let installer = installer(for: image.name)
        for entry in candidates.manifests {
            guard let root = try await present(entry, content, installer) else { continue }
            var seen: Set<Digest> = []
            for platform in try await platforms(of: root, entry.platform, &seen, content, installer, depth: 0)
            where platform != image.platform && platform.os == host.os {
                _ = try await install(root, from: content, as: image.name, platform: platform, progress: progress)
            }
        }
    }

    /// The platforms that a document leads to, as far as their images are there.
    private func platforms(
        of document: ManifestDocument, _ own: Platform?, _ seen: inout Set<Digest>, _ content: any ContentSource,
        _ installer: ImageInstaller, depth: Int
    ) async throws -> [Platform] {
        if try ImageKind.isManifest(document, installer.subject) { return own.map { [$0] } ?? [] }
        guard depth < DocumentLimit.depth else { return [] }
        var found: [Platform] = []
        for entry in try Index(json: document.bytes).manifests {
            // An attestation isn't an image.
            if entry.platform?.os == "unknown" { continue }
            guard seen.insert(entry.digest).inserted, seen.count <= DocumentLimit.documents,
                let next = try await present(entry, content, installer)
            else { continue }
            found += try await platforms(of: next, entry.platform, &seen, content, installer, depth: depth + 1)
        }
        return found
    }

    /// `nil` if it isn't there: archives may hold a part of what their index lists.
    private func present(
        _ entry: Descriptor, _ content: any ContentSource, _ installer: ImageInstaller
    ) async throws -> ManifestDocument? {
        do {
            return try await installer.document(entry, content)
        } catch let error as ImageError where error.isMissingFile {
            return nil
        }
    }
}

extension Descriptor {
    /// What tells it from others of an index: `linux/arm64`, or its digest.
    var title: String { platform.map(\.description) ?? digest.description }
}
