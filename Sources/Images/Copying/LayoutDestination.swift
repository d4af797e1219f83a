import Glibc
import Kernel
import OCI

/// A directory with an OCI image layout, made if need be.
final class LayoutDestination: ImageDestination {
    private let path: String
    private let tag: String?
    private let platform: Platform?
    private let subject: String

    init(path: String, tag: String?, platform: Platform?, subject: String) throws(ImageError) {
        self.path = path
        self.tag = tag
        self.platform = platform
        self.subject = subject
        do {
            for algorithm in Digest.Algorithm.allCases {
                try Files.makeDirectories("\(path)/blobs/\(algorithm.rawValue)")
            }
            if !Files.exists("\(path)/oci-layout") {
                try Files.replace("\(path)/oci-layout", with: ImageLayout.marker)
            }
        } catch {
            throw error.about(subject)
        }
    }

    private func place(_ digest: Digest) -> String { "\(path)/\(ImageLayout.blob(digest))" }

    func has(_ descriptor: Descriptor) async throws -> Bool {
        StoreFiles.status(place(descriptor.digest)).map { Int64($0.st_size) == descriptor.size } ?? false
    }

    func put(
        _ descriptor: Descriptor, from content: any ContentSource, progress: @escaping ImageProgressHandler
    ) async throws {
        let temporary = "\(place(descriptor.digest)).\(getpid()).tmp"
        do {
            try await BlobCopy(descriptor: descriptor, subject: subject, progress: progress)
                .take(from: content, to: temporary)
            try check("set the mode of", temporary) { chmod(temporary, 0o644) }
            try StoreFiles.rename(temporary, to: place(descriptor.digest))
        } catch {
            unlink(temporary)
            throw error
        }
    }

    func put(_ document: ManifestDocument, isRoot: Bool) async throws {
        try Files.replace(place(document.descriptor.digest), with: document.bytes)
        guard isRoot else { return }
        let lock = try await StoreLock.wait(path, .exclusive)
        try withExtendedLifetime(lock) {
            let file = "\(path)/index.json"
            var index = Files.exists(file) ? try Index(json: try Files.read(file)) : Index()
            var entry = document.descriptor
            entry.platform = platform
            if let tag { entry.annotations = [Annotation.referenceName: tag] }
            index.manifests.removeAll { other in
                tag.map { LayoutContent.name(other) == $0 } ?? (other.digest == entry.digest)
            }
            index.manifests.append(entry)
            try StoreFiles.syncFileSystem(of: path)
            try Files.replace(file, with: try index.json(), durable: .name)
        }
    }

    func finish() async throws {}
}

/// Names within an OCI image layout.
enum ImageLayout {
    static let marker = Array("{\"imageLayoutVersion\":\"1.0.0\"}".utf8)

    static func blob(_ digest: Digest) -> String { "blobs/\(digest.algorithm.rawValue)/\(digest.hex)" }
}
