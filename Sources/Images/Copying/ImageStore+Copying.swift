import Kernel
public import OCI

extension ImageStore {
    /// Copies an image from anywhere to anywhere, as it is. Between two repositories of one registry blobs aren't even
    /// sent. Returns the descriptor of what stands at the destination.
    ///
    /// All platforms of an image of the store can be copied only if all are here, or at the destination.
    @discardableResult
    public func copy(
        _ source: ImagePlace, to destination: ImagePlace, options: CopyOptions = CopyOptions(),
        registry: any ImageRegistry, progress: @escaping ImageProgressHandler = { _ in }
    ) async throws -> Descriptor {
        try await transfer(source, to: destination, options, registry, progress: progress).descriptor
    }

    /// `fallsBack`: if platforms are missing, one image is copied instead.
    func transfer(
        _ source: ImagePlace, to destination: ImagePlace, _ options: CopyOptions, fallsBack: Bool = false,
        _ registry: any ImageRegistry, progress: @escaping ImageProgressHandler
    ) async throws -> PushedImage {
        progress(.resolving)
        let origin = try await self.origin(source, options, registry)
        defer { withExtendedLifetime(origin) {} }
        let subject = source.description
        if case .store(let name) = destination {
            let reference = try Reference(parsing: name)
            let image = try await install(
                origin.root, from: origin.content, as: reference.description, platform: options.platform,
                progress: progress)
            if options.allPlatforms {
                let all = Index(manifests: [origin.root.descriptor])
                try await installOthers(all, than: image, from: origin.content, progress: progress)
            }
            return PushedImage(descriptor: try entry(of: image), index: nil)
        }
        let target = try self.target(destination, source, options, registry, subject)
        var copier = ImageCopier(
            content: origin.content, destination: target, installer: installer(for: subject, options.platform),
            slots: slots, progress: progress)
        copier.present = try await present(origin.missing, target)
        let absent = origin.missing.filter { !copier.present.contains($0.digest) }
        guard absent.isEmpty || fallsBack else {
            let detail =
                "of its platforms \(absent.map(\.title).joined(separator: ", ")) are not here; pull them with --platform, "
                + "or leave --all out"
            throw ImageError(subject, .conflict(detail: detail))
        }
        let document: ManifestDocument
        do {
            document = try await copier.run(origin.root, all: options.allPlatforms && absent.isEmpty)
            try await target.finish()
        } catch let error as DocumentError {
            throw ImageError(subject, .malformed(detail: error.description))
        } catch let error as KernelError {
            throw error.about(subject)
        }
        progress(.done(manifest: document.descriptor.digest))
        return PushedImage(
            descriptor: document.descriptor, index: absent.isEmpty ? nil : origin.root.descriptor.digest)
    }

    private func present(_ manifests: [Descriptor], _ target: any ImageDestination) async throws -> Set<Digest> {
        var present: Set<Digest> = []
        for manifest in manifests where try await target.hasManifest(manifest) { present.insert(manifest.digest) }
        return present
    }

    /// What a copy begins with. It keeps what it reads from in place for as long as it lives.
    private final class Origin: Sendable {
        let content: any ContentSource
        let root: ManifestDocument
        /// What of the root the content lacks.
        let missing: [Descriptor]
        private let keeps: (any Sendable)?

        init(
            _ content: any ContentSource, _ root: ManifestDocument, missing: [Descriptor] = [],
            keeps: (any Sendable)? = nil
        ) {
            self.content = content
            self.root = root
            self.missing = missing
            self.keeps = keeps
        }
    }

    private func origin(
        _ source: ImagePlace, _ options: CopyOptions, _ registry: any ImageRegistry
    ) async throws -> Origin {
        let subject = source.description
        switch source {
        case .registry(let reference):
            let root = try await registry.manifest(of: reference, digest: nil)
            return Origin(RegistryContent(registry: registry, reference: reference), root)
        case .store(let name):
            let lock = try await lock(paths.contentLock, .shared)
            let image = try find(name, platform: options.platform)
            let content = StoreContent(paths: paths, subject: image.familiarName)
            if options.allPlatforms, let index = try storedIndex(of: image) {
                return Origin(content, index.document, missing: index.missing, keeps: lock)
            }
            return Origin(content, try await content.manifest(try entry(of: image)), keeps: lock)
        case .layout(let path, let tag):
            let layout = try LayoutContent(ContentDirectory(path: path, followsLinks: true, subject: subject))
            return Origin(layout, try await root(layout.entries(tagged: tag), layout, options, subject))
        case .archive(let path, let name, _):
            let archive = try await ImageArchive.unpack(
                Self.input(path, options.input), path: Self.name(path), self, subject: subject)
            switch archive.content {
            case .layout(let layout):
                return Origin(
                    layout, try await root(layout.entries(tagged: name), layout, options, subject), keeps: archive)
            case .docker(let docker):
                return Origin(docker, try archive.image(name, in: docker).document, keeps: archive)
            }
        }
    }

    static func input(_ path: String, _ open: OpenArchive?) -> ArchiveInput {
        open.map { .open($0) } ?? .path(name(path))
    }

    /// `-` is the standard input.
    static func name(_ path: String) -> String { path == "-" ? "/dev/stdin" : path }

    private func root(
        _ entries: [Descriptor], _ layout: LayoutContent, _ options: CopyOptions, _ subject: String
    ) async throws -> ManifestDocument {
        let installer = installer(for: subject, options.platform)
        var index = Index()
        index.manifests = entries
        let entry = entries.count == 1 ? entries[0] : try installer.best(index)
        return try await installer.document(entry, layout)
    }

    private func target(
        _ destination: ImagePlace, _ source: ImagePlace, _ options: CopyOptions, _ registry: any ImageRegistry,
        _ subject: String
    ) throws -> any ImageDestination {
        switch destination {
        case .registry(let reference):
            return RegistryDestination(
                registry: registry, reference: reference, mountable: mountable(source, reference),
                temporary: paths.temporary, subject: subject)
        case .layout(let path, let tag):
            return try LayoutDestination(
                path: path, tag: tag, platform: options.allPlatforms ? nil : options.platform, subject: subject)
        case .archive(let path, let name, let form):
            let archive = try ArchiveDestination(path: path, to: options.output, form: form, subject: subject)
            archive.begin(names: names(name, form), platform: options.allPlatforms ? nil : options.platform)
            return archive
        case .store: throw ImageError(subject, .unsupported(detail: "a store is no place to copy to here"))
        }
    }

    private func names(_ name: String?, _ form: ImageSource.ArchiveForm) -> [String] {
        guard let name else { return [] }
        // In Docker's archives a name is a whole reference; in layouts it may be any tag.
        return [form == .docker ? Reference(name)?.description ?? name : name]
    }

    /// A repository of the same registry that has the blobs: where they come from, or came from once.
    private func mountable(_ source: ImagePlace, _ target: Reference) -> Reference? {
        switch source {
        case .registry(let reference): return reference
        case .store(let name):
            // `try?`: without it the blobs are sent.
            guard let image = try? find(name) else { return nil }
            let same = (try? images())?.filter { $0.id == image.id }.compactMap(\.repository) ?? []
            return same.filter {
                $0.hasPrefix("\(target.registry)/") && $0 != "\(target.registry)/\(target.repository)"
            }
            .compactMap { Reference($0) }.first
        case .layout, .archive: return nil
        }
    }
}
