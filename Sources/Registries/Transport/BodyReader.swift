import AsyncHTTPClient
import NIOCore
import OCI

/// The body of an answer, piece by piece, with a bound on how slowly it may come.
struct BodyReader {
    private var pieces: HTTPClientResponse.Body.AsyncIterator
    private let client: RegistryClient
    private let reference: Reference
    private let subject: String
    /// What came, and how long it was waited for, since the last look at the pace.
    private var bytes: Int64 = 0
    private var waited = Duration.zero

    init(_ response: HTTPClientResponse, _ client: RegistryClient, _ reference: Reference, _ subject: String) {
        pieces = response.body.makeAsyncIterator()
        self.client = client
        self.reference = reference
        self.subject = subject
    }

    /// The next piece; nil at the end. Only the time in which the network was waited for counts, not the reader's own.
    mutating func next() async throws -> ByteBuffer? {
        let start = ContinuousClock.now
        let piece: ByteBuffer?
        do {
            piece = try await pieces.next()
        } catch {
            throw client.failure(error, reference, subject)
        }
        // A cancelled sequence ends as if it were whole.
        try Task.checkCancellation()
        guard let piece else { return nil }
        waited += .now - start
        bytes += Int64(piece.readableBytes)
        let window = client.limits.paceSeconds
        if waited > .seconds(window) {
            guard bytes >= window * client.limits.leastBytesPerSecond else {
                throw RegistryError(reference, subject, .timedOut)
            }
            waited = .zero
            bytes = 0
        }
        return piece
    }

    /// The whole body, at most `limit` bytes.
    mutating func all(limit: Int) async throws -> [UInt8] {
        var whole: [UInt8] = []
        while let piece = try await next() {
            guard whole.count + piece.readableBytes <= limit else {
                throw RegistryError(reference, subject, .tooLarge(limit: limit))
            }
            whole.append(contentsOf: piece.readableBytesView)
        }
        return whole
    }
}

extension ByteBuffer {
    /// Lends the bytes to something asynchronous, without a copy.
    func lend(to sink: (UnsafeRawBufferPointer) async throws -> Void) async throws {
        guard readableBytes > 0 else { return }
        // The pointer is good as long as the buffer's storage is held, which outlives the suspension by this reference.
        let (bytes, storage) = withUnsafeReadableBytesWithStorageManagement { ($0, $1.retain()) }
        defer { storage.release() }
        try await sink(bytes)
    }
}
