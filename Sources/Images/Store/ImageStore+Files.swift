import Glibc
import Kernel
public import OCI

extension ImageStore {
    /// Brings in the image of a layout or an archive on this machine, and keeps it under the source's own text, so
    /// that the file may vanish afterwards. If it is gone already, the store's copy serves.
    ///
    /// Sources of registries are for `pull`; here they are looked up only.
    public func open(
        _ source: ImageSource, platform: Platform? = nil, progress: @escaping ImageProgressHandler = { _ in }
    ) async throws -> StoredImage {
        switch source {
        case .registry(let reference):
            if let image = try resolve(source, platform: platform) { return image }
            throw ImageError(reference.familiar, .noSuchImage(tag: reference.tag, available: []))
        case .layout(let path, let tag):
            if !Files.exists("\(path)/index.json"), let image = try resolve(source, platform: platform) { return image }
            return try await imageWork.run(Self.workKey(source, platform), progress: progress) { [self] progress in
                let directory = ContentDirectory(path: path, followsLinks: true, subject: source.description)
                return try await open(
                    LayoutContent(directory), tag, as: source.description, platform, progress: progress)
            }
        case .archive(let path, let tag, _):
            if !Files.exists(path), let image = try resolve(source, platform: platform) { return image }
            return try await imageWork.run(Self.workKey(source, platform), progress: progress) { [self] progress in
                try await openArchive(path, tag, as: source.description, platform, progress: progress)
            }
        }
    }

    private static func workKey(_ source: ImageSource, _ platform: Platform?) -> String {
        platform.map { "\(source) \($0)" } ?? source.description
    }

    /// Installs the layout's image unless the store has it as it is.
    private func open(
        _ layout: LayoutContent, _ tag: String?, as name: String, _ platform: Platform?, stamp: String? = nil,
        progress: @escaping ImageProgressHandler
    ) async throws -> StoredImage {
        progress(.resolving)
        let content = try await lock(paths.contentLock, .shared)
        defer { withExtendedLifetime(content) {} }
        let installer = installer(for: name, platform)
        do {
            let document = try await layout.manifest(tagged: tag, installer)
            if stamp == nil, let entry = IndexFile.entry(name, platform ?? host, in: try index.read()),
                entry.digest == document.descriptor.digest, let image = reader.image(entry, name: name)
            {
                return image
            }
            let descriptor = try await installer.install(document, from: layout, progress: progress)
            return try await record(stamped(descriptor, stamp), as: name)
        } catch let error as DocumentError {
            throw ImageError(name, .malformed(detail: error.description))
        }
    }

    private func openArchive(
        _ path: String, _ tag: String?, as name: String, _ platform: Platform?,
        progress: @escaping ImageProgressHandler
    ) async throws -> StoredImage {
        // An archive that hasn't changed isn't unpacked again.
        let stamp = Self.stamp(of: path)
        if let image = try image(name, stamp, platform) { return image }
        let archive = try await ImageArchive.unpack(.path(path), path: path, self, subject: name)
        switch archive.content {
        case .layout(let layout):
            return try await open(layout, tag, as: name, platform, stamp: stamp, progress: progress)
        case .docker(let docker):
            let image = try archive.image(tag, in: docker)
            let lock = try await lock(paths.contentLock, .shared)
            defer { withExtendedLifetime(lock) {} }
            let descriptor = try await installer(for: name, platform).install(
                image.document, from: docker, progress: progress)
            return try await record(stamped(descriptor, stamp), as: name)
        }
    }

    func stamped(_ descriptor: Descriptor, _ stamp: String?) -> Descriptor {
        guard let stamp else { return descriptor }
        var descriptor = descriptor
        descriptor.annotations = (descriptor.annotations ?? [:]).merging([EntryNote.archive: stamp]) { $1 }
        return descriptor
    }

    static func stamp(of path: String) -> String {
        var status = Glibc.stat()
        guard stat(path, &status) == 0 else { return "" }
        return "\(status.st_ino)-\(status.st_size)-\(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
    }

    /// Brings in all images of an archive that `docker save`, skopeo or BuildKit made, compressed or not, under the
    /// names that they have there; the path `-` is the standard input. With `input`, the path is but its name. Of an image for several platforms it is the one
    /// asked for; else this machine's is returned, and the others that the archive has are brought in too. An image that
    /// isn't for this machine at all is brought in as it is: who carries it in an archive knows what for.
    public func load(
        archive path: String, from input: OpenArchive? = nil, platform: Platform? = nil,
        progress: @escaping ImageProgressHandler = { _ in }
    ) async throws -> [StoredImage] {
        let archive = try await ImageArchive.unpack(
            Self.input(path, input), path: Self.name(path), self, subject: path == "-" ? "standard input" : path)
        var images: [StoredImage] = []
        switch archive.content {
        case .layout(let layout):
            for (name, candidates) in try archive.named(layout) {
                let image = try await Self.forItsOwn(platform) { platform in
                    let installer = self.installer(for: name, platform)
                    let root = try await installer.document(try installer.best(candidates), layout)
                    return try await self.install(
                        root, from: layout, as: name, platform: platform, progress: progress)
                }
                if platform == nil {
                    try await installOthers(candidates, than: image, from: layout, progress: progress)
                }
                images.append(image)
            }
        case .docker(let docker):
            for image in docker.images {
                let names = image.names.isEmpty ? [image.document.descriptor.digest.description] : image.names
                for name in names {
                    images.append(
                        try await Self.forItsOwn(platform) { platform in
                            try await self.install(
                                image.document, from: docker, as: name, platform: platform, progress: progress)
                        })
                }
            }
        }
        return images
    }

    /// Does something for the platform that was asked for; without one for this machine's, or else for the one that the
    /// image is for.
    private static func forItsOwn(
        _ platform: Platform?, _ body: (Platform?) async throws -> StoredImage
    ) async throws -> StoredImage {
        do {
            return try await body(platform)
        } catch let error as ImageError {
            guard platform == nil, case .noPlatform(_, let available) = error.reason, let own = available.first else {
                throw error
            }
            return try await body(own)
        }
    }
}
