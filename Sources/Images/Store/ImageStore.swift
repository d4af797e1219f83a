import Glibc
import Kernel
public import OCI

/// The images of one Roost: an OCI image layout in `ROOT/images`, and the unpacked layers in `ROOT/layers`.
///
/// Any number of processes may use one store at the same time. A process that is killed leaves nothing that another
/// one would take for an image.
public final class ImageStore: Sendable {
    let paths: StorePaths
    let unpacker: Unpacker
    let host: Platform
    let index: IndexFile
    let reader: ImageReader
    let imageWork = SharedWork<StoredImage>()
    let layerWork = SharedWork<Void>()
    let slots: WorkSlots

    /// Opens the store below `root`, an absolute path, and makes it if need be. What processes that were killed left
    /// half done is removed.
    ///
    /// `layerExecutable` is `roost-layer`; without it, the one in `ROOST_LIBEXEC` or beside this executable.
    /// `parallelLayers`: how many are fetched and unpacked at the same time; without it, `ROOST_PARALLEL_LAYERS` or one
    /// more than there are processors.
    public init(
        root: String, layerExecutable: String? = nil, host: Platform = .host, parallelLayers: Int? = nil
    ) throws {
        paths = StorePaths(root: root)
        var unpacker = layerExecutable.map { Unpacker(executable: $0) } ?? .beside()
        unpacker.scratch = paths.temporary
        self.unpacker = unpacker
        self.host = host
        index = IndexFile(paths: paths)
        slots = WorkSlots(parallelLayers ?? Self.usualParallelLayers)
        reader = ImageReader(paths: paths)
        do {
            // Only for the owner: layers hold other systems' set-user-id programs.
            for directory in [paths.images, paths.layers, paths.temporary, paths.partial, paths.locks] {
                try StoreFiles.makeDirectory(directory)
            }
            for algorithm in Digest.Algorithm.allCases {
                try StoreFiles.makeDirectory(paths.blobDirectory(algorithm))
                try StoreFiles.makeDirectory(paths.layerDirectory(algorithm))
            }
            try index.create()
            try Workspace.clear(in: paths.temporary)
        } catch {
            throw error.about("image store \(root)")
        }
        try removePartialDownloads(olderThan: Self.partialDays * 86_400)
    }

    /// Days for which a download that was cut short waits to be continued.
    private static let partialDays = 7

    /// Waiting for the network and the work of a processor overlap, so one more than there are processors.
    private static var usualParallelLayers: Int {
        let asked = getenv("ROOST_PARALLEL_LAYERS").flatMap { Int(String(cString: $0)) }
        if let asked, asked > 0 { return min(asked, 64) }
        return max(2, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) + 1
    }

    /// The image as far as the store has it, whole and unpacked; `nil` if it has to be got first. Without `platform`
    /// it is one for this machine.
    public func resolve(_ source: ImageSource, platform: Platform? = nil) throws -> StoredImage? {
        let index = try index.read()
        let wanted = platform ?? host
        let name = source.description
        if let entry = IndexFile.entry(name, wanted, in: index) {
            return reader.image(entry, name: name).flatMap { suits($0, platform) ? $0 : nil }
        }
        guard case .registry(let reference) = source else { return nil }
        // A reference by digest also means an image that came under another name.
        if let digest = reference.digest {
            let found = index.manifests.filter { $0.digest == digest || EntryNote.root(of: $0) == digest }
            return Index(manifests: found).best(for: wanted).flatMap { reader.image($0, name: name) }
        }
        guard let beginning = source.imageID else { return nil }
        let found = try images().filter { $0.id.hex.hasPrefix(beginning) && suits($0, platform) }
        return Set(found.map(\.id)).count == 1 ? found.first : nil
    }

    private func suits(_ image: StoredImage, _ platform: Platform?) -> Bool {
        guard let platform, let own = image.platform else { return true }
        return platform.suitability(of: own) != nil
    }

    /// All images that are whole and have a name, by name.
    public func list() throws -> [StoredImage] {
        try images().filter { !$0.isDangling }
    }

    /// All images that are whole, by name, also those that no name stands for.
    public func images() throws -> [StoredImage] {
        try index.read().manifests
            .compactMap { entry in
                reader.image(entry, name: EntryNote.name(of: entry))
            }
            .sorted { $0.name < $1.name }
    }
}

extension ImageStore {
    /// Installs an image under a name.
    func install(
        _ root: ManifestDocument, from content: any ContentSource, as name: String, platform: Platform? = nil,
        progress: @escaping ImageProgressHandler
    ) async throws -> StoredImage {
        let lock = try await lock(paths.contentLock, .shared)
        defer { withExtendedLifetime(lock) {} }
        let installer = installer(for: name, platform)
        let descriptor = try await installer.install(root, from: content, progress: progress)
        return try await record(descriptor, as: name)
    }

    func installer(for name: String, _ platform: Platform? = nil) -> ImageInstaller {
        ImageInstaller(
            paths: paths, unpacker: unpacker, platform: platform ?? host, slots: slots, layerWork: layerWork,
            subject: name)
    }

    /// Gives an image that is in the store a name.
    func record(_ descriptor: Descriptor, as name: String) async throws -> StoredImage {
        let entry = try await index.put(descriptor, as: name)
        guard let image = reader.image(entry, name: name) else {
            throw ImageError(name, .malformed(detail: "it was removed by another process while it was being stored"))
        }
        return image
    }

    func lock(_ path: String, _ mode: StoreLock.Mode = .exclusive) async throws -> StoreLock {
        do {
            return try await StoreLock.wait(path, mode)
        } catch let error as KernelError {
            throw error.about("image store \(paths.root)")
        }
    }
}
