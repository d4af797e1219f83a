import Glibc
import Kernel
import OCI
import Synchronization
import TarArchives

/// A tar archive with an OCI image layout in it and, in Docker's form, also what `docker load` reads. It takes any
/// number of images, which share blobs.
final class ArchiveDestination: ImageDestination {
    private struct State {
        let tar: TarWriter
        var written: Set<Digest> = []
        var index = Index()
        var entries: [SavedImage] = []
        /// Names of the image that comes next.
        var names: [String] = []
        var platform: Platform?
        /// Of several platforms, the image that Docker's table of contents names.
        var main: Digest?
    }

    private let state: Mutex<State>
    private let form: ImageSource.ArchiveForm
    private let subject: String
    private let path: String
    private let isFile: Bool
    /// What the file is called until it is complete.
    private let temporary: String
    private let usesWholeNames: Bool

    /// `-` is the standard output. A file gets its name when it is complete. With `output`, the path is but its name.
    init(
        path: String, to output: OpenArchive? = nil, form: ImageSource.ArchiveForm, subject: String,
        usesWholeNames: Bool = false
    ) throws(ImageError) {
        self.path = path
        self.form = form
        self.subject = subject
        self.usesWholeNames = usesWholeNames
        isFile =
            output == nil && path != "-" && (StoreFiles.status(path).map { $0.st_mode & S_IFMT == S_IFREG } ?? true)
        // Whoever else may write to the directory can't foresee it.
        temporary = "\(path).\(Files.unforeseenName()).tmp"
        do {
            let name = isFile ? temporary : path == "-" ? "/dev/stdout" : path
            let file =
                if let output {
                    try output.file.duplicate()
                } else if path == "-" {
                    OwnedDescriptor(taking: try check("use", "the standard output") { dup(1) })
                } else {
                    try OwnedDescriptor(
                        open: name, isFile ? [.writeOnly, .create, .exclusive] : [.writeOnly], mode: 0o644)
                }
            state = Mutex(State(tar: TarWriter(file, path: name, makesDirectories: true)))
        } catch {
            throw error.about(subject)
        }
    }

    deinit {
        if isFile { unlink(temporary) }
    }

    /// Says what the next image is called: whole references in their normal form, or a tag alone. `main` is the image
    /// for programs that know one platform only, if all of an index's come.
    func begin(names: [String], platform: Platform?, main: Digest? = nil) {
        state.withLock {
            $0.names = names
            $0.platform = platform
            $0.main = main
        }
    }

    func has(_ descriptor: Descriptor) async throws -> Bool {
        state.withLock { $0.written.contains(descriptor.digest) }
    }

    func put(
        _ descriptor: Descriptor, from content: any ContentSource, progress: @escaping ImageProgressHandler
    ) async throws {
        try begin(descriptor)
        try await BlobCopy(descriptor: descriptor, subject: subject, progress: progress).run(from: content) { piece in
            try writing { try $0.tar.write(piece) }
        }
        try writing { try $0.tar.end() }
    }

    private func begin(_ descriptor: Descriptor) throws {
        try writing { state in
            state.written.insert(descriptor.digest)
            try state.tar.begin(TarHeader(name: ImageLayout.blob(descriptor.digest), size: descriptor.size))
        }
    }

    private func writing(_ body: (inout State) throws -> Void) throws {
        do {
            try state.withLock { try body(&$0) }
        } catch let error as KernelError {
            throw error.about(subject)
        }
    }

    func put(_ document: ManifestDocument, isRoot: Bool) async throws {
        try writing { state in
            if state.written.insert(document.descriptor.digest).inserted {
                try state.tar.add(ImageLayout.blob(document.descriptor.digest), document.bytes)
            }
            let isMain = isRoot || document.descriptor.digest == state.main
            if isMain, form == .docker, document.descriptor.mediaType.isManifest {
                state.entries.append(try Self.dockerEntry(document, state.names))
            }
            guard isRoot else { return }
            for name in state.names.isEmpty ? [nil] : state.names.map(Optional.some) {
                var entry = document.descriptor
                entry.platform = state.platform
                entry.annotations = name.map { notes($0) }
                state.index.manifests.append(entry)
            }
        }
    }

    private static func dockerEntry(_ document: ManifestDocument, _ names: [String]) throws -> SavedImage {
        let manifest = try Manifest(json: document.bytes)
        return SavedImage(
            configuration: ImageLayout.blob(manifest.config.digest),
            names: names.compactMap { Reference($0)?.familiar },
            layers: manifest.layers.map { ImageLayout.blob($0.digest) })
    }

    private func notes(_ name: String) -> [String: String] {
        if usesWholeNames { return [Annotation.imageName: name, Annotation.referenceName: name] }
        guard let reference = Reference(name), reference.description == name else {
            return [Annotation.referenceName: name]
        }
        // As Docker does it: the tag alone is the layout's name, the whole is containerd's.
        return [Annotation.imageName: name, Annotation.referenceName: reference.tag ?? name]
    }

    func finish() async throws {
        try writing { state in
            try state.tar.add("oci-layout", ImageLayout.marker)
            try state.tar.add("index.json", try state.index.json())
            if form == .docker {
                try state.tar.add("manifest.json", try SavedImage.json(state.entries))
            }
            try state.tar.finish()
            if isFile { try StoreFiles.rename(temporary, to: path) }
        }
    }
}
