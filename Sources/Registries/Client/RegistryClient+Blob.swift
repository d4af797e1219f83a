import AsyncHTTPClient
import NIOCore
import NIOHTTP1
public import OCI

extension RegistryClient {
    /// Hands the blob to `sink` piece by piece from the byte `offset` on, never more than its descriptor says. A
    /// connection that breaks is made again, and the transfer goes on where it stopped. The caller verifies the digest.
    public func blob(
        _ descriptor: Descriptor, of reference: Reference, from offset: Int64 = 0,
        into sink: (UnsafeRawBufferPointer) async throws -> Void
    ) async throws {
        var transfer = BlobTransfer(descriptor: descriptor, reference: reference, place: offset)
        try await eachRoute(reference, digest: descriptor.digest) { route in
            try await download(&transfer, at: route, into: sink)
        }
    }

    /// Goes on until the blob is whole; attempts that bring nothing are counted.
    private func download(
        _ transfer: inout BlobTransfer, at route: Route, into sink: (UnsafeRawBufferPointer) async throws -> Void
    ) async throws {
        var failures = 0
        while !transfer.isWhole {
            let before = transfer.place
            let failure: RegistryError
            do {
                let response = try await open(transfer, at: route)
                guard let broken = try await receive(response, &transfer, into: sink) else { continue }
                failure = broken
            } catch let error as RegistryError where error.isPassing {
                failure = error
            }
            transfer.restarts += 1
            let brought = transfer.place - before >= BlobTransfer.enough
            failures = brought ? 0 : failures + 1
            guard transfer.restarts < BlobTransfer.mostRestarts else { throw failure }
            if brought, failure.askedPause == nil { continue }
            let pause = pacing.policy.pause(
                after: max(failures, 1), asked: failure.askedPause, chance: pacing.chance())
            guard let pause else { throw failure }
            try await pacing.sleep(pause)
        }
    }

    /// Asks for the rest of the blob.
    private func open(_ transfer: BlobTransfer, at route: Route) async throws -> HTTPClientResponse {
        var call = Call(
            reference: transfer.reference, subject: transfer.subject, path: route.blob(transfer.descriptor.digest),
            headers: [("accept", "*/*")], scopes: .pull(route.repository))
        guard transfer.place > 0 else { return try await exchange(call, at: route) }
        call.headers.append(("range", "bytes=\(transfer.place)-"))
        return try await exchange(call, at: route, expecting: [200, 206, 416])
    }

    /// Takes an answer's body. Gives the failure back that ended it too early; what the sink throws is thrown.
    private func receive(
        _ response: HTTPClientResponse, _ transfer: inout BlobTransfer,
        into sink: (UnsafeRawBufferPointer) async throws -> Void
    ) async throws -> RegistryError? {
        var skip: Int64
        do {
            skip = try transfer.begin(response.status.code, response.headers)
        } catch {
            return try transfer.excuse(error)
        }
        var reader = BodyReader(response, self, transfer.reference, transfer.subject)
        while true {
            var piece: ByteBuffer
            do {
                guard let next = try await reader.next() else { break }
                piece = next
            } catch let error as RegistryError where error.isPassing {
                return error
            }
            let skipped = Int(min(skip, Int64(piece.readableBytes)))
            piece.moveReaderIndex(forwardBy: skipped)
            skip -= Int64(skipped)
            guard piece.readableBytes > 0 else { continue }
            do {
                try transfer.take(Int64(piece.readableBytes))
            } catch {
                return try transfer.excuse(error)
            }
            try await piece.lend(to: sink)
        }
        return transfer.isWhole
            ? nil : RegistryError(transfer.reference, transfer.subject, .broken(detail: "it ended too early"))
    }
}

/// How far a blob has come.
struct BlobTransfer {
    let descriptor: Descriptor
    let reference: Reference
    /// Bytes that the sink has.
    var place: Int64
    var restarts = 0
    /// Answers that contradicted the descriptor.
    private var lies = 0

    /// What an attempt has to bring to be worth as many more as it takes.
    static let enough: Int64 = 64 << 10
    static let mostRestarts = 200
    /// How many answers may contradict the descriptor: one that was damaged on its way is right the next time.
    static let mostLies = 3

    init(descriptor: Descriptor, reference: Reference, place: Int64) {
        self.descriptor = descriptor
        self.reference = reference
        self.place = place
    }

    var subject: String { "blob \(descriptor.digest)" }
    var isWhole: Bool { place >= descriptor.size }

    /// Looks at an answer's head: how many bytes of its body the sink has already.
    func begin(_ status: UInt, _ headers: HTTPHeaders) throws(RegistryError) -> Int64 {
        var start: Int64 = 0
        if status == 416 { throw mismatch(place) }
        if status == 206 {
            guard let range = ContentRange(headers.first(name: "content-range") ?? ""), range.first <= place else {
                throw RegistryError(reference, subject, .malformed(detail: "it isn't the part that was asked for"))
            }
            if let total = range.total, total != descriptor.size { throw mismatch(total) }
            start = range.first
        }
        let announced = headers.first(name: "content-length").flatMap(Int64.init)
        if let announced, status == 200, announced != descriptor.size { throw mismatch(announced) }
        if let announced, announced > descriptor.size - start {
            // The registry chooses both summands.
            throw mismatch(start + min(announced, .max - start))
        }
        return place - start
    }

    mutating func take(_ count: Int64) throws(RegistryError) {
        guard place + count <= descriptor.size else { throw mismatch(place + count) }
        place += count
    }

    /// Gives a failure back that may be worth another attempt, and throws it if it has come too often.
    mutating func excuse(_ failure: RegistryError) throws(RegistryError) -> RegistryError {
        lies += 1
        guard lies < Self.mostLies else { throw failure }
        return failure
    }

    private func mismatch(_ size: Int64) -> RegistryError {
        RegistryError(reference, subject, .sizeMismatch(expected: descriptor.size, atLeast: size))
    }
}

/// A `Content-Range` header, `bytes 5-9/10` (RFC 9110, section 14.4).
struct ContentRange: Hashable, Sendable {
    let first: Int64
    /// Nil where the whole's size is unknown.
    let total: Int64?

    init?(_ text: String) {
        guard text.hasPrefix("bytes ") else { return nil }
        let parts = text.dropFirst(6).split(separator: "/", omittingEmptySubsequences: false)
        let ends = parts[0].split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, ends.count == 2, let first = Int64(ends[0]), let last = Int64(ends[1]), first >= 0,
            last >= first
        else { return nil }
        self.first = first
        total = Int64(parts[1])
        if let total, last >= total { return nil }
    }
}
