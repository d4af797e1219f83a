import Kernel
public import OCI

/// What goes into an archive.
public struct SaveOptions: Sendable {
    public var form = ImageSource.ArchiveForm.docker
    /// What the archive is written to, instead of its path.
    public var output: OpenArchive?
    /// The names in the index are whole references, and not tags.
    public var usesWholeNames = false

    public init() {}
}

/// An image for an archive.
public struct SavedSelection: Sendable {
    /// A name or an id.
    public var text: String
    public var platform: Platform?
    /// Only the image with this manifest, and not the whole of several platforms.
    public var manifest: Digest?

    public init(_ text: String, platform: Platform? = nil, manifest: Digest? = nil) {
        self.text = text
        self.platform = platform
        self.manifest = manifest
    }
}

extension ImageStore {
    /// Writes images of the store into one archive, in which they share blobs: in Docker's form one that `docker load`,
    /// `podman load`, skopeo and this store read, in OCI's a plain image layout. `-` is the standard output.
    ///
    /// Of an image for several platforms the whole is saved if it is here and no platform is asked for. An image that
    /// is asked for by name has that name in the archive; one that is asked for by id has none.
    public func save(
        _ texts: [String], as form: ImageSource.ArchiveForm = .docker, to path: String, platform: Platform? = nil,
        progress: @escaping ImageProgressHandler = { _ in }
    ) async throws {
        var options = SaveOptions()
        options.form = form
        try await save(
            texts.map { SavedSelection($0, platform: platform) }, to: path, options: options, progress: progress)
    }

    public func save(
        _ selections: [SavedSelection], to path: String, options: SaveOptions,
        progress: @escaping ImageProgressHandler
    ) async throws {
        let lock = try await lock(paths.contentLock, .shared)
        defer { withExtendedLifetime(lock) {} }
        let images = try selections.map { (selection: $0, image: try selected($0)) }
        let archive = try ArchiveDestination(
            path: path, to: options.output, form: options.form, subject: "archive \(path)",
            usesWholeNames: options.usesWholeNames)
        var digests: [Digest] = []
        var names: [Digest: [String]] = [:]
        for (selection, image) in images {
            if !digests.contains(image.manifestDigest) { digests.append(image.manifestDigest) }
            let isNamed = !meansAnID(selection.text, image) && !image.isDangling
            if isNamed { names[image.manifestDigest, default: []].append(image.name) }
        }
        do {
            for digest in digests {
                guard let (selection, image) = images.first(where: { $0.image.manifestDigest == digest }) else {
                    continue
                }
                let isWhole = selection.platform == nil && selection.manifest == nil
                try await add(
                    image, whole: isWhole, as: names[digest] ?? [], to: archive, progress: progress)
            }
            try await archive.finish()
        } catch let error as KernelError {
            throw error.about("archive \(path)")
        }
    }

    private func selected(_ selection: SavedSelection) throws -> StoredImage {
        let image = try find(selection.text, platform: selection.platform)
        if let manifest = selection.manifest, image.manifestDigest != manifest {
            throw ImageError(selection.text, .conflict(detail: "the name went to another image meanwhile; try again"))
        }
        return image
    }

    private func add(
        _ image: StoredImage, whole isWhole: Bool, as names: [String], to archive: ArchiveDestination,
        progress: @escaping ImageProgressHandler
    ) async throws {
        let content = StoreContent(paths: paths, subject: image.familiarName)
        let copier = ImageCopier(
            content: content, destination: archive, installer: installer(for: image.name, image.platform),
            slots: slots, progress: progress)
        let whole = isWhole ? try storedIndex(of: image).flatMap { $0.missing.isEmpty ? $0 : nil } : nil
        archive.begin(names: names, platform: whole == nil ? image.platform : nil, main: image.manifestDigest)
        let document = try await content.manifest(try entry(of: image))
        _ = try await copier.run(whole?.document ?? document, all: whole != nil)
    }
}
