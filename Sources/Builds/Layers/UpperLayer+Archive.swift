import Blocking
import Kernel
public import OCI

/// What a container has written, as a layer.
public struct CommittedLayer: Sendable {
    /// A plain tar archive.
    public let archive: String
    public let blob: Descriptor

    /// - Parameters:
    ///   - upper: the directory that overlayfs keeps it in.
    ///   - scratch: a directory for the archive.
    public init(upper: String, in scratch: String) async throws {
        (archive, blob) = try await onOwnThread { try UpperLayer(upper, stubs: []).archive(in: scratch) }
    }
}

extension UpperLayer {
    /// Writes everything into an archive of its own.
    consuming func archive(in scratch: String) throws -> StepRun.WrittenLayer {
        let path = scratch + "/layer.tar"
        var archive = try LayerArchive(path)
        try write(to: &archive)
        let digest = try archive.finish()
        return (path, Descriptor(mediaType: .layer, digest: digest, size: archive.count))
    }
}
