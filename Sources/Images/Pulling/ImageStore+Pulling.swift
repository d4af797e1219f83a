import Glibc
import Kernel
public import OCI

extension ImageStore {
    /// Gets the image from its registry, also if it is there already: its tag may stand for another one by now. If it
    /// doesn't, that costs one question and nothing is written. Callers who ask for the same image at the same time
    /// share the work, also across processes.
    ///
    /// Without `platform` it is the image for this machine.
    /// - Parameter pinned: what the name stood for when the pull was decided; nothing else is fetched.
    public func pull(
        _ reference: Reference, from registry: any ImageRegistry, platform: Platform? = nil,
        pinned: Digest? = nil, progress: @escaping ImageProgressHandler = { _ in }
    ) async throws -> StoredImage {
        let name = reference.description
        try refuseImageID(reference)
        let key = platform.map { "\(name) \($0)" } ?? name
        return try await imageWork.run(key, progress: progress) { [self] progress in
            progress(.resolving)
            let now = if let pinned { pinned } else { try await current(reference, registry) }
            if let image = try await whole(name, now, platform) {
                markChecked(name, platform)
                progress(.done(manifest: image.manifestDigest))
                return image
            }
            let root = try await registry.manifest(of: reference, digest: now)
            let content = RegistryContent(registry: registry, reference: reference)
            let image = try await install(root, from: content, as: name, platform: platform, progress: progress)
            markChecked(name, platform)
            return image
        }
    }

    func refuseImageID(_ reference: Reference) throws(ImageError) {
        guard ImageSource.registry(reference).isOnlyAnImageID else { return }
        throw ImageError(reference.familiar, .conflict(detail: "it isn't here, and an id can't be pulled"))
    }

    /// What the registry has under the name now.
    func current(_ reference: Reference, _ registry: any ImageRegistry) async throws -> Digest {
        let now = try await registry.descriptor(of: reference).digest
        if let pinned = reference.digest, pinned != now {
            throw ImageError(reference.description, .digestMismatch(expected: pinned, actual: now))
        }
        return now
    }

    /// The image under `name` if it is what the registry has, with all of its blobs and layers.
    func whole(_ name: String, _ root: Digest, _ platform: Platform?) async throws -> StoredImage? {
        let lock = try await lock(paths.contentLock, .shared)
        return try withExtendedLifetime(lock) {
            guard let entry = IndexFile.entry(name, platform ?? host, in: try index.read()),
                EntryNote.root(of: entry) == root, let image = reader.image(entry, name: name),
                reader.blobs(of: entry.digest).map({ $0.allSatisfy(paths.holds) }) ?? false
            else { return nil }
            return image
        }
    }

    /// When the name was last found to be what its registry has, or was given here, in seconds since 1970; `nil` if
    /// the store doesn't have it.
    public func lastChecked(_ source: ImageSource, platform: Platform? = nil) throws -> Int64? {
        guard let image = try resolve(source, platform: platform) else { return nil }
        let mark = StoreFiles.status(paths.checkMark(source.description, platform)).map { Int64($0.st_mtim.tv_sec) }
        let tagged = image.tagged.flatMap(Timestamp.parse).map { $0 / 1_000_000_000 }
        return [mark, tagged].compactMap { $0 }.max()
    }

    /// Notes that the name was compared with its registry just now. Nothing is lost if the note is: then the registry
    /// is asked once more.
    func markChecked(_ name: String, _ platform: Platform?) {
        let path = paths.checkMark(name, platform)
        if utimensat(AT_FDCWD, path, nil, 0) == 0 { return }
        _ = try? OwnedDescriptor(open: path, [.writeOnly, .create], mode: 0o600)  // `try?`: as said above.
    }
}
