import Kernel
public import OCI

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
        let lock = try await lock(paths.contentLock, .shared)
        defer { withExtendedLifetime(lock) {} }
        let images = try texts.map { (text: $0, image: try find($0, platform: platform)) }
        let archive = try ArchiveDestination(path: path, form: form, subject: "archive \(path)")
        var digests: [Digest] = []
        var names: [Digest: [String]] = [:]
        for (text, image) in images {
            if !digests.contains(image.manifestDigest) { digests.append(image.manifestDigest) }
            let isNamed = !meansAnID(text, image) && !image.isDangling
            if isNamed { names[image.manifestDigest, default: []].append(image.name) }
        }
        do {
            for digest in digests {
                guard let image = images.first(where: { $0.image.manifestDigest == digest })?.image else { continue }
                let content = StoreContent(paths: paths, subject: image.familiarName)
                let copier = ImageCopier(
                    content: content, destination: archive, installer: installer(for: image.name, image.platform),
                    slots: slots, progress: progress)
                let whole = platform == nil ? try storedIndex(of: image).flatMap { $0.missing.isEmpty ? $0 : nil } : nil
                archive.begin(
                    names: names[digest] ?? [], platform: whole == nil ? image.platform : nil,
                    main: image.manifestDigest)
                let document = try await content.manifest(try entry(of: image))
                _ = try await copier.run(whole?.document ?? document, all: whole != nil)
            }
            try await archive.finish()
        } catch let error as KernelError {
            throw error.about("archive \(path)")
        }
    }
}
