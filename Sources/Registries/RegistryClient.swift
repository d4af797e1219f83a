import AsyncHTTPClient
import NIOCore
import NIOHTTP1
public import OCI

/// The pulling side of the OCI distribution specification.
///
/// One client serves any number of pulls at once. `shutdown` has to be called before the last reference goes.
public final class RegistryClient: Sendable {
    /// Bounds on what a registry may do.
    public struct Limits: Sendable {
        /// Seconds until a connection has to stand.
        public var connectSeconds: Int64 = 10
        /// Seconds without a byte after which a transfer is given up.
        public var idleSeconds: Int64 = 60
        /// Seconds in which an answer has to begin.
        public var answerSeconds: Int64 = 60
        /// The longest manifest or index, in bytes; the specification asks for at least 4 MB.
        public var manifestBytes = 4 << 20

        public init() {}
    }

    private let http: HTTPClient
    let limits: Limits
    private let tokens = TokenCache()

    /// Makes a client on the process's shared event loops.
    public init(configuration settings: RegistryConfiguration = RegistryConfiguration(), limits: Limits = Limits()) {
        self.limits = limits
        var configuration = HTTPClient.Configuration()
        // On a redirect to another origin, as to a storage service, the library leaves the token out.
        configuration.redirectConfiguration = .follow(max: 5, allowCycles: false)
        // A registry that is down is reported at once; whether to try again is the caller's decision.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.timeout = .init(connect: .seconds(limits.connectSeconds), read: .seconds(limits.idleSeconds))
        http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// Closes all connections.
    public func shutdown() async throws {
        try await http.shutdown()
    }

    /// The manifest or index that `reference` names, or, with `digest`, another one of the same repository. Its digest
    /// is checked against the one that was asked for, or that the registry claims.
    public func manifest(of reference: Reference, digest: Digest? = nil) async throws -> ManifestDocument {
        let endpoint = Endpoint(registry: reference.registry)
        let url = digest.map { endpoint.manifest($0, of: reference) } ?? endpoint.manifest(of: reference)
        let subject = digest.map { "manifest \($0)" } ?? "manifest"
        let accept = MediaType.acceptedManifests.map(\.rawValue).joined(separator: ", ")
        let response = try await get(url, accept: accept, for: reference, subject)
        let bytes = try await collect(response.body, limit: limits.manifestBytes, reference, subject)
        let expected =
            digest ?? reference.digest
            ?? response.headers.first(name: "docker-content-digest").flatMap(Digest.init(_:))
        let type = response.headers.first(name: "content-type")
            .map { MediaType(rawValue: String($0.prefix { $0 != ";" })) }
        let document: ManifestDocument
        do {
            document = try ManifestDocument(bytes: bytes, mediaType: type, algorithm: expected?.algorithm ?? .sha256)
        } catch {
            throw RegistryError(reference, subject, .malformed(detail: error.reason))
        }
        if let expected, expected != document.descriptor.digest {
            throw RegistryError(
                reference, subject, .digestMismatch(expected: expected, actual: document.descriptor.digest))
        }
        return document
    }

    /// Hands the blob to `sink` piece by piece, never more than its descriptor says. The caller verifies the digest.
    public func blob(
        _ descriptor: Descriptor, of reference: Reference, from offset: Int64 = 0,
        into sink: (UnsafeRawBufferPointer) async throws -> Void
    ) async throws {
        guard offset == 0 else { throw RegistryError(reference, "blob", .malformed(detail: "no ranges yet")) }
        let subject = "blob \(descriptor.digest)"
        let url = Endpoint(registry: reference.registry).blob(descriptor.digest, of: reference)
        let response = try await get(url, accept: "*/*", for: reference, subject)
        var received: Int64 = 0
        var pieces = response.body.makeAsyncIterator()
        while let piece = try await mapped(reference, subject, { try await pieces.next() }) {
            received += Int64(piece.readableBytes)
            guard received <= descriptor.size else {
                throw RegistryError(
                    reference, subject, .sizeMismatch(expected: descriptor.size, atLeast: received))
            }
            try await deliver(piece, to: sink)
        }
    }

    private func deliver(_ piece: ByteBuffer, to sink: (UnsafeRawBufferPointer) async throws -> Void) async throws {
        // The sink is asynchronous, so it gets memory that outlives a suspension.
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: piece.readableBytes, alignment: 16)
        defer { copy.deallocate() }
        piece.withUnsafeReadableBytes { copy.copyMemory(from: $0) }
        try await sink(UnsafeRawBufferPointer(copy))
    }
}

extension RegistryClient {
    /// Asks with the repository's token if there is one, and once more after a challenge.
    private func get(
        _ url: String, accept: String, for reference: Reference, _ subject: String
    ) async throws -> HTTPClientResponse {
        let known = await tokens.token(for: reference)
        let first = try await send(url, accept: accept, token: known, reference, subject)
        guard first.status == .unauthorized else { return try await accepted(first, reference, subject) }
        let token = try await authorize(first, for: reference, subject)
        let second = try await send(url, accept: accept, token: token, reference, subject)
        return try await accepted(second, reference, subject)
    }

    private func send(
        _ url: String, accept: String, token: String?, _ reference: Reference, _ subject: String
    ) async throws -> HTTPClientResponse {
        var request = HTTPClientRequest(url: url)
        request.headers.add(name: "accept", value: accept)
        request.headers.add(name: "user-agent", value: "roost")
        if let token { request.headers.add(name: "authorization", value: "Bearer \(token)") }
        let prepared = request
        return try await mapped(reference, subject) {
            try await http.execute(prepared, timeout: .seconds(limits.answerSeconds))
        }
    }

    private func accepted(
        _ response: HTTPClientResponse, _ reference: Reference, _ subject: String
    ) async throws -> HTTPClientResponse {
        switch response.status {
        case .ok: return response
        case .notFound: throw RegistryError(reference, subject, .notFound)
        case .unauthorized, .forbidden: throw RegistryError(reference, subject, .unauthorized)
        default:
            let detail = await explanation(in: response)
            throw RegistryError(reference, subject, .refused(status: response.status.code, detail: detail))
        }
    }

    /// Gets a token as the registry's challenge tells.
    private func authorize(
        _ response: HTTPClientResponse, for reference: Reference, _ subject: String
    ) async throws -> String {
        let challenges = response.headers["www-authenticate"].compactMap(Challenge.init)
        guard let url = challenges.lazy.compactMap({ $0.tokenURL(pulling: reference.repository) }).first else {
            throw RegistryError(reference, subject, .unauthorized)
        }
        let answer = try await send(url, accept: "application/json", token: nil, reference, "token")
        guard answer.status == .ok else { throw RegistryError(reference, subject, .unauthorized) }
        let bytes = try await collect(answer.body, limit: 1 << 20, reference, "token")
        guard let token = Token(json: bytes) else {
            throw RegistryError(reference, "token", .malformed(detail: "it has no token"))
        }
        await tokens.store(token, for: reference)
        return token.text
    }

    private func collect(
        _ body: HTTPClientResponse.Body, limit: Int, _ reference: Reference, _ subject: String
    ) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        var pieces = body.makeAsyncIterator()
        while let piece = try await mapped(reference, subject, { try await pieces.next() }) {
            guard bytes.count + piece.readableBytes <= limit else {
                throw RegistryError(reference, subject, .tooLarge(limit: limit))
            }
            bytes.append(contentsOf: piece.readableBytesView)
        }
        return bytes
    }

    /// The registry's own words, from the body of a refusal.
    private func explanation(in response: HTTPClientResponse) async -> String {
        // `try?`: without its words the status is still reported.
        guard let body = try? await response.body.collect(upTo: 64 << 10) else { return "" }
        return Refusal(json: Array(body.readableBytesView))?.text ?? ""
    }
}
