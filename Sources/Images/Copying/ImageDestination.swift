import Blocking
import Glibc
import Kernel
import OCI

/// Where an image goes: first its blobs, then the manifests, those that point at others last.
protocol ImageDestination: Sendable {
    /// Whether the blob is there already, or can be had there without sending it.
    func has(_ descriptor: Descriptor) async throws -> Bool
    /// Takes a blob from the content.
    func put(
        _ descriptor: Descriptor, from content: any ContentSource, progress: @escaping ImageProgressHandler)
        async throws
    /// Whether the manifest or index is there already, and all that it points at.
    func hasManifest(_ descriptor: Descriptor) async throws -> Bool
    /// Takes a manifest or index; `isRoot` for the one that gets the name.
    func put(_ document: ManifestDocument, isRoot: Bool) async throws
    /// Everything is there.
    func finish() async throws
}

extension ImageDestination {
    func hasManifest(_ descriptor: Descriptor) async throws -> Bool { false }
}

/// A repository of a registry.
struct RegistryDestination: ImageDestination {
    let registry: any ImageRegistry
    let reference: Reference
    /// Where the registry may take blobs from without their being sent.
    let mountable: Reference?
    /// For blobs that aren't files.
    let temporary: String
    let subject: String

    func has(_ descriptor: Descriptor) async throws -> Bool {
        if try await registry.hasBlob(descriptor, in: reference) { return true }
        guard let mountable, mountable.registry == reference.registry, mountable.repository != reference.repository
        else { return false }
        return try await registry.mountBlob(descriptor, from: mountable, in: reference)
    }

    func put(
        _ descriptor: Descriptor, from content: any ContentSource, progress: @escaping ImageProgressHandler
    ) async throws {
        let report: @Sendable (Int64) -> Void = {
            progress(.uploading(layer: descriptor.digest, sent: $0, total: descriptor.size))
        }
        if let file = content.file(descriptor) {
            try await registry.uploadBlob(descriptor, file: file, to: reference, progress: report)
            return
        }
        let workspace = try Workspace.make(in: temporary)
        let path = "\(workspace.path)/blob"
        try await BlobCopy(descriptor: descriptor, subject: subject, progress: progress).take(from: content, to: path)
        try await registry.uploadBlob(descriptor, file: path, to: reference, progress: report)
        withExtendedLifetime(workspace) {}
    }

    func put(_ document: ManifestDocument, isRoot: Bool) async throws {
        let target = isRoot ? reference : try byDigest(document.descriptor)
        try await registry.putManifest(document, as: target)
    }

    func hasManifest(_ descriptor: Descriptor) async throws -> Bool {
        do {
            return try await registry.descriptor(of: byDigest(descriptor)).digest == descriptor.digest
        } catch {
            try Task.checkCancellation()
            // Whatever the reason, it can't be counted on.
            return false
        }
    }

    private func byDigest(_ descriptor: Descriptor) throws(ReferenceError) -> Reference {
        try Reference(parsing: "\(reference.registry)/\(reference.repository)@\(descriptor.digest)")
    }

    func finish() async throws {}
}

/// Copies a blob to a file, verified.
struct BlobCopy: Sendable {
    let descriptor: Descriptor
    let subject: String
    let progress: ImageProgressHandler

    /// Makes the file `path`, without writing anything if the content has a file to give away.
    func take(from content: any ContentSource, to path: String) async throws {
        guard try content.link(descriptor, to: path) else { return try await run(from: content, to: path) }
        try await verify(path)
    }

    /// Whether a file is the blob.
    func verify(_ path: String) async throws {
        let (actual, size) = try await onOwnThread { [descriptor] in
            try FileContent.digest(path, descriptor.digest.algorithm)
        }
        guard size == descriptor.size else { throw wrongSize(size) }
        guard actual == descriptor.digest else {
            throw ImageError(subject, .digestMismatch(expected: descriptor.digest, actual: actual))
        }
    }

    private func run(from content: any ContentSource, to path: String) async throws {
        let file = try open(path)
        try await run(from: content) { piece in
            do throws(KernelError) {
                try StoreFiles.write(piece, to: file, path: path)
            } catch {
                throw error.about(subject)
            }
        }
    }

    private func open(_ path: String) throws(ImageError) -> OwnedDescriptor {
        do {
            return try OwnedDescriptor(open: path, [.writeOnly, .create, .truncate], mode: 0o644)
        } catch {
            throw error.about(subject)
        }
    }

    /// Hands the blob on. What was handed on is worthless if this throws.
    func run(from content: any ContentSource, into sink: (UnsafeRawBufferPointer) async throws -> Void) async throws {
        var hasher = DigestHasher(descriptor.digest.algorithm)
        var received: Int64 = 0
        var told: Int64 = 0
        try await content.blob(descriptor, from: 0) { piece in
            received += Int64(piece.count)
            guard received <= descriptor.size else { throw wrongSize(received) }
            hasher.update(piece)
            try await sink(piece)
            if received - told >= 1 << 20 || received == descriptor.size {
                told = received
                progress(.copying(layer: descriptor.digest, copied: received, total: descriptor.size))
            }
        }
        guard received == descriptor.size else { throw wrongSize(received) }
        let actual = hasher.finalize()
        guard actual == descriptor.digest else {
            throw ImageError(subject, .digestMismatch(expected: descriptor.digest, actual: actual))
        }
    }

    private func wrongSize(_ actual: Int64) -> ImageError {
        ImageError(subject, .sizeMismatch(digest: descriptor.digest, expected: descriptor.size, actual: actual))
    }
}
