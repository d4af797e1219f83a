import OCI

/// Copies an image as it is, without unpacking: documents are verified, blobs go to the destination unless it has them.
struct ImageCopier: Sendable {
    let content: any ContentSource
    let destination: any ImageDestination
    let installer: ImageInstaller
    let slots: WorkSlots
    let progress: ImageProgressHandler
    /// Manifests that the destination has, with everything that they need.
    var present: Set<Digest> = []

    /// Copies the image for the installer's platform, or everything that the document leads to. Returns the document
    /// that the destination has under its name.
    func run(_ root: ManifestDocument, all: Bool) async throws -> ManifestDocument {
        let document = all ? root : try await installer.manifest(in: root, content)
        var begun = present
        try await copy(document, &begun, depth: 0, isRoot: true)
        return document
    }

    /// `begun`: what need not be looked at once more. An index may list another one a thousand times, and so may that.
    private func copy(
        _ document: ManifestDocument, _ begun: inout Set<Digest>, depth: Int, isRoot: Bool
    ) async throws {
        if try ImageKind.isManifest(document, installer.subject) {
            let manifest = try Manifest(json: document.bytes)
            for layer in manifest.layers where layer.mediaType.isForeignLayer {
                let detail = "layer \(layer.digest) may not be distributed by registries (\(layer.mediaType))"
                throw ImageError(installer.subject, .unsupported(detail: detail))
            }
            try await copy([manifest.config] + manifest.layers)
        } else {
            guard depth < DocumentLimit.depth else {
                throw ImageError(
                    installer.subject, .malformed(detail: "its indexes lead to indexes without an end"))
            }
            for entry in try Index(json: document.bytes).manifests where begun.insert(entry.digest).inserted {
                guard begun.count <= DocumentLimit.documents else {
                    let detail = "its indexes list more than \(DocumentLimit.documents) images"
                    throw ImageError(installer.subject, .malformed(detail: detail))
                }
                let next = try await installer.document(entry, content)
                try await copy(next, &begun, depth: depth + 1, isRoot: false)
            }
        }
        try await destination.put(document, isRoot: isRoot)
    }

    private func copy(_ blobs: [Descriptor]) async throws {
        guard blobs.count <= DocumentLimit.layers + 1 else {
            throw ImageError(installer.subject, .malformed(detail: "it has \(blobs.count) layers"))
        }
        var seen: Set<Digest> = []
        try await withThrowingTaskGroup(of: Void.self) { group in
            for blob in blobs where seen.insert(blob.digest).inserted {
                guard (0...DocumentLimit.layer).contains(blob.size) else {
                    let detail = "\(blob.digest) has a size of \(blob.size) bytes"
                    throw ImageError(installer.subject, .malformed(detail: detail))
                }
                // Into an archive blobs go one after the other.
                if destination is ArchiveDestination {
                    try await copy(blob)
                } else {
                    group.addTask { try await slots.run { try await copy(blob) } }
                }
            }
            try await group.waitForAll()
        }
    }

    private func copy(_ blob: Descriptor) async throws {
        if try await destination.has(blob) {
            progress(.present(layer: blob.digest))
            return
        }
        try await destination.put(blob, from: content, progress: progress)
        progress(destination is RegistryDestination ? .uploaded(layer: blob.digest) : .copied(layer: blob.digest))
    }
}
