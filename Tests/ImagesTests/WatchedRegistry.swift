import Images
import OCI
import Registries
import Synchronization

/// A real registry's client that counts what goes through it, and that cuts connections and damages content when told.
final class WatchedRegistry: ImageRegistry {
    struct Cut: Error {}

    private struct State {
        var bytes: [Digest: Int64] = [:]
        var manifests = 0
        /// Bytes until the next cut.
        var left: Int64?
        /// How often each blob still comes damaged.
        var damages: [Digest: Int] = [:]
        var damagesAtFirst = 0
    }

    private let client: RegistryClient
    private let state = Mutex(State())

    init(_ client: RegistryClient) { self.client = client }

    /// Bytes that came, by blob.
    var bytes: [Digest: Int64] { state.withLock { $0.bytes } }
    var manifests: Int { state.withLock { $0.manifests } }

    func cut(after bytes: Int64?) { state.withLock { $0.left = bytes } }

    func descriptor(of reference: Reference) async throws -> Descriptor { try await client.descriptor(of: reference) }

    private static func lend(
        _ bytes: [UInt8], to sink: (UnsafeRawBufferPointer) async throws -> Void
    ) async throws {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 16)
        defer { memory.deallocate() }
        memory.copyBytes(from: bytes)
        try await sink(UnsafeRawBufferPointer(memory))
    }

    func manifest(of reference: Reference, digest: Digest?) async throws -> ManifestDocument {
        state.withLock { $0.manifests += 1 }
        return try await client.manifest(of: reference, digest: digest)
    }

    func blob(
        _ descriptor: Descriptor, of reference: Reference, from offset: Int64,
        into sink: (UnsafeRawBufferPointer) async throws -> Void
    ) async throws {
        var isWhole = !isDamaged(descriptor.digest)
        try await client.blob(descriptor, of: reference, from: offset) { piece in
            guard isWhole else {
                isWhole = true
                var copy = Array(piece)
                copy[copy.count / 2] ^= 4
                return try await Self.lend(copy, to: sink)
            }
            let allowed = state.withLock { state -> Int in
                let count = state.left.map { min(Int64(piece.count), $0) } ?? Int64(piece.count)
                state.left? -= count
                state.bytes[descriptor.digest, default: 0] += count
                return Int(count)
            }
            if allowed > 0 { try await sink(UnsafeRawBufferPointer(rebasing: piece[..<allowed])) }
            if allowed < piece.count { throw Cut() }
        }
    }

    /// Turns a bit in each blob that is asked for from now on, so often.
    func damage(times: Int) { state.withLock { ($0.damagesAtFirst, $0.damages) = (times, [:]) } }

    private func isDamaged(_ digest: Digest) -> Bool {
        state.withLock { state in
            let left = state.damages[digest, default: state.damagesAtFirst]
            state.damages[digest] = max(0, left - 1)
            return left > 0
        }
    }

    func hasBlob(_ descriptor: Descriptor, in reference: Reference) async throws -> Bool {
        try await client.hasBlob(descriptor, in: reference)
    }

    func mountBlob(_ descriptor: Descriptor, from source: Reference, in reference: Reference) async throws -> Bool {
        try await client.mountBlob(descriptor, from: source, in: reference)
    }

    func uploadBlob(
        _ descriptor: Descriptor, file: String, to reference: Reference, progress: @escaping @Sendable (Int64) -> Void
    ) async throws {
        state.withLock { $0.bytes[descriptor.digest, default: 0] += descriptor.size }
        try await client.uploadBlob(descriptor, file: file, to: reference, progress: progress)
    }

    func putManifest(_ document: ManifestDocument, as reference: Reference) async throws {
        try await client.putManifest(document, as: reference)
    }

    func tags(of reference: Reference) async throws -> [String] { try await client.tags(of: reference) }

    func referrers(of digest: Digest, in reference: Reference) async throws -> [Descriptor] {
        try await client.referrers(of: digest, in: reference)
    }
}
