import AsyncHTTPClient
import Glibc
import Kernel
import NIOCore
import NIOHTTP1
import OCI

/// One request to one address; it can be sent as often as need be.
struct WireRequest: Sendable {
    enum Body: Sendable {
        case none
        case bytes([UInt8])
        /// A part of a file, never as a whole in memory.
        case file(UploadFile, Range<Int64>, progress: @Sendable (Int64) -> Void)

        var count: Int64 {
            switch self {
            case .none: 0
            case .bytes(let bytes): Int64(bytes.count)
            case .file(_, let range, _): range.upperBound - range.lowerBound
            }
        }
    }

    var method = HTTPMethod.GET
    var url: String
    var headers: [(name: String, value: String)] = []
    var body = Body.none
    /// The body is for this origin alone: it doesn't follow a redirect to another one.
    var hasSecretBody = false

    /// The library's form of it.
    func prepared() -> HTTPClientRequest {
        var request = HTTPClientRequest(url: url)
        request.method = method
        for header in headers { request.headers.add(name: header.name, value: header.value) }
        request.headers.add(name: "user-agent", value: "roost")
        // A compressed answer would not be what the digest is of.
        request.headers.add(name: "accept-encoding", value: "identity")
        switch body {
        case .none:
            if method == .POST || method == .PUT || method == .PATCH { request.body = .bytes(ByteBuffer()) }
        case .bytes(let bytes): request.body = .bytes(ByteBuffer(bytes: bytes))
        case .file(let file, let range, let progress):
            request.body = .stream(
                FilePieces(file: file, range: range, progress: progress), length: .known(body.count))
        }
        return request
    }
}

/// A file that is being sent.
final class UploadFile: Sendable {
    let descriptor: OwnedDescriptor
    let path: String

    init(_ path: String) throws(KernelError) {
        self.path = path
        descriptor = try OwnedDescriptor(open: path)
    }

    func read(into buffer: UnsafeMutableRawBufferPointer, at place: Int64) throws(KernelError) -> Int {
        try check("read", path) { pread(descriptor.number, buffer.baseAddress, buffer.count, off_t(place)) }
    }

    /// Bytes.
    func size() throws(KernelError) -> Int64 {
        var status = stat()
        try check("look at", path) { fstat(descriptor.number, &status) }
        return Int64(status.st_size)
    }
}

/// Pieces of a file, read when the connection wants more.
struct FilePieces: AsyncSequence, Sendable {
    typealias Element = ByteBuffer

    let file: UploadFile
    let range: Range<Int64>
    /// Gets the place in the file up to which the pieces were taken.
    let progress: @Sendable (Int64) -> Void

    private static let piece = 256 << 10

    struct AsyncIterator: AsyncIteratorProtocol {
        let pieces: FilePieces
        var place: Int64

        mutating func next() async throws -> ByteBuffer? {
            pieces.progress(place)
            guard place < pieces.range.upperBound else { return nil }
            let wanted = Int(Swift.min(Int64(FilePieces.piece), pieces.range.upperBound - place))
            var buffer = ByteBufferAllocator().buffer(capacity: wanted)
            let count = try buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: wanted) { memory in
                try pieces.file.read(into: UnsafeMutableRawBufferPointer(rebasing: memory[..<wanted]), at: place)
            }
            // A file that has become shorter ends the request, whose length was announced.
            guard count > 0 else { return nil }
            place += Int64(count)
            return buffer
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(pieces: self, place: range.lowerBound) }
}
