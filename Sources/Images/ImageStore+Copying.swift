import Kernel
public import OCI

extension ImageStore {
    /// Copies an image from anywhere to anywhere, as it is. Between two repositories of one registry blobs aren't even
    /// sent. Returns the descriptor of what stands at the destination.
    @discardableResult
    public func copy(
        _ source: ImagePlace, to destination: ImagePlace, options: CopyOptions = CopyOptions(),
        registry: any ImageRegistry, progress: @escaping ImageProgressHandler = { _ in }
    ) async throws -> Descriptor {
        progress(.resolving)
        let origin = try await self.origin(source, options, registry)
        defer { withExtendedLifetime(origin) {} }
        let subject = source.description
        if case .store(let name) = destination {
            let reference = try Reference(parsing: name)
            let image = try await install(
                origin.root, from: origin.content, as: reference.description, platform: options.platform,
                progress: progress)
            return try entry(of: image)
        }
        let target = try self.target(destination, source, options, registry, subject)
        let copier = ImageCopier(
            content: origin.content, destination: target, installer: installer(for: subject, options.platform),
            slots: slots, progress: progress)
        let document: ManifestDocument
        do {
            document = try await copier.run(origin.root, all: options.allPlatforms)
            try await target.finish()
        } catch let error as DocumentError {
            throw ImageError(subject, .malformed(detail: error.description))
        } catch let error as KernelError {
            throw error.about(subject)
        }
        progress(.done(manifest: document.descriptor.digest))
        return document.descriptor
    }

    /// Sends an image of the store to a registry, under its own name or another one.
    @discardableResult
    public func push(
        _ text: String, as reference: Reference? = nil, to registry: any ImageRegistry, platform: Platform? = nil,
        progress: @escaping ImageProgressHandler = { _ in }
    ) async throws -> Descriptor {
        let image = try find(text, platform: platform)
        var options = CopyOptions()
        options.platform = platform ?? image.platform
        guard let target = reference ?? Reference(image.name), !image.isDangling else {
            throw ImageError(text, .conflict(detail: "it has no name in a registry; give it one with tag"))
        }
        guard target.digest == nil else {
            throw ImageError(text, .conflict(detail: "cannot push a digest reference"))
        }
        return try await copy(
            .store(text), to: .registry(target), options: options, registry: registry, progress: progress)
    }

    /// What a copy begins with. It keeps what it reads from in place for as long as it lives.
    private final class Origin: Sendable {
        let content: any ContentSource
        let root: ManifestDocument
        private let keeps: (any Sendable)?

        init(_ content: any ContentSource, _ root: ManifestDocument, keeps: (any Sendable)? = nil) {
            self.content = content
            self.root = root
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
            return Origin(content, try await content.manifest(try entry(of: image)), keeps: lock)
        case .layout(let path, let tag):
            let layout = try LayoutContent(ContentDirectory(path: path, followsLinks: true, subject: subject))
            return Origin(layout, try await root(layout.entries(tagged: tag), layout, options, subject))
        case .archive(let path, let name, _):
            let archive = try await ImageArchive.unpack(Self.input(path), self, subject: subject)
            switch archive.content {
            case .layout(let layout):
                return Origin(
                    layout, try await root(layout.entries(tagged: name), layout, options, subject), keeps: archive)
            case .docker(let docker):
                return Origin(docker, try archive.image(name, in: docker).document, keeps: archive)
            }
        }
    }

    /// `-` is the standard input.
    static func input(_ path: String) -> String { path == "-" ? "/dev/stdin" : path }

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
            let archive = try ArchiveDestination(path: path, form: form, subject: subject)
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
