import CCompression
public import Erofs
import Glibc

/// Which hash names a stream.
public enum StreamHash: String, Sendable {
    case sha256
    case sha512

    var length: Int { self == .sha256 ? 32 : 64 }
}

/// Hashes a stream on its way, and tells of its progress.
public final class HashedStream: TarStream {
    private let source: any TarStream
    private let algorithm: StreamHash
    private let progress: (UInt64) -> Void
    private var hash = compression_hash()
    private var told: UInt64 = 0
    /// Bytes that have come.
    public private(set) var count: UInt64 = 0
    private static let interval: UInt64 = 16 << 20

    /// - Parameter progress: told the count every 16 MB.
    public init(_ source: any TarStream, _ algorithm: StreamHash, progress: @escaping (UInt64) -> Void = { _ in }) {
        self.source = source
        self.algorithm = algorithm
        self.progress = progress
        compression_hash_init(&hash, algorithm == .sha512 ? 1 : 0)
    }

    public func next() throws(LayerError) -> UnsafeRawBufferPointer {
        let piece = try source.next()
        compression_hash_update(&hash, piece.baseAddress, piece.count)
        count += UInt64(piece.count)
        if count - told >= Self.interval {
            told = count
            progress(count)
        }
        return piece
    }

    /// Reads what is left, and returns the digest of everything.
    public func finish() throws(LayerError) -> [UInt8] {
        while !(try next().isEmpty) {}
        var digest = [UInt8](repeating: 0, count: algorithm.length)
        compression_hash_final(&hash, &digest)
        return digest
    }
}
