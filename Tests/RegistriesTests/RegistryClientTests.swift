import Glibc
import NIOHTTP1
import OCI
import Synchronization
import Testing

@testable import Registries

@Suite struct RegistryClientTests {
    private static let digest = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    private static let manifest =
        #"{"schemaVersion":2,"config":{"mediaType":"x","digest":"\#(digest)","size":1},"layers":[]}"#
    private static var manifestDigest: Digest { .sha256(of: Array(manifest.utf8)) }
    private func withClient(
        _ answer: @escaping @Sendable (TestServer.Request) -> TestServer.Answer,
        _ body: (RegistryClient, Reference) async throws -> Void
    ) async throws {
        try await TestServer.with(answer) { server in
            var limits = RegistryClient.Limits()
            limits.manifestBytes = 1000
            try await RegistryClient.with(limits: limits) { client in
                try await body(client, try Reference(parsing: "\(server.address)/app:1"))
            }
        }
    }

    @Test func asksForTheManifestByTag() async throws {
        try await withClient { request in
            #expect(request.headers["accept"].first?.contains("manifest.list.v2") == true)
            return request.uri == "/v2/app/manifests/1" ? .init(body: Self.manifest) : .init(status: .notFound)
        } _: { client, reference in
            let document = try await client.manifest(of: reference)
            #expect(document.descriptor.digest == Self.manifestDigest && document.descriptor.mediaType == .manifest)
        }
    }

    @Test(
        arguments: [
            (404, [], "", RegistryError.Reason.notFound, "has no such image; check name and tag"),
            (401, [], "", .unauthorized, "does not exist or needs a login"),
            (
                401, [("www-authenticate", "Bearer realm=\"http://example.test/token\"")], "", .unauthorized,
                "needs a login"
            ),
            (403, [], "", .unauthorized, "needs a login"),
            (
                500, [], #"{"errors":[{"code":"X","message":"out of order"}]}"#,
                .refused(status: 500, detail: "out of order"), "with status 500: out of order"
            ),
            (200, [], "nonsense", .malformed(detail: "it isn't JSON"), "is unusable: it isn't JSON"),
            (200, [], String(repeating: " ", count: 2000), .tooLarge(limit: 1000), "larger than 1000 bytes"),
        ] as [(UInt, [(String, String)], String, RegistryError.Reason, String)])
    func tellsWhyThereIsNoManifest(
        _ status: UInt, _ headers: [(String, String)], _ body: String, _ reason: RegistryError.Reason, _ text: String
    ) async throws {
        try await withClient { _ in
            .init(status: .init(statusCode: Int(status)), headers: headers, body: body)
        } _: { client, reference in
            let error = await failure { _ = try await client.manifest(of: reference) }
            #expect(error?.reason == reason)
            #expect(error?.description.contains(text) == true)
        }
    }

    @Test func noticesALieAboutTheManifest() async throws {
        let wrong = try Digest(parsing: Self.digest)
        try await withClient { _ in
            .init(headers: [("docker-content-digest", Self.digest)], body: Self.manifest)
        } _: { client, reference in
            let expected = RegistryError.Reason.digestMismatch(expected: wrong, actual: Self.manifestDigest)
            #expect(await failure { _ = try await client.manifest(of: reference) }?.reason == expected)
            #expect(await failure { _ = try await client.manifest(of: reference, digest: wrong) }?.reason == expected)
        }
    }

    @Test(arguments: [1, 2, 3])
    func asksAgainForAManifestThatCameDamaged(_ damages: Int) async throws {
        let requests = Mutex(0)
        try await withClient { request in
            guard request.uri.contains("/manifests/") else { return .init() }
            let number = requests.withLock {
                $0 += 1
                return $0
            }
            // Once it is no JSON any more, once another manifest.
            let damaged = (number % 2 == 1 ? "!" : " ") + Self.manifest.dropFirst()
            return .init(
                headers: [("docker-content-digest", "\(Self.manifestDigest)")],
                body: number <= damages ? damaged : Self.manifest)
        } _: { client, reference in
            do {
                let digest = try await client.manifest(of: reference).descriptor.digest
                #expect(damages < 3 && digest == Self.manifestDigest)
            } catch {
                #expect(damages == 3 && error is RegistryError)
            }
        }
        #expect(requests.withLock { $0 } == min(damages + 1, 3))
    }

    @Test func stopsABlobThatDoesNotEnd() async throws {
        let descriptor = Descriptor(mediaType: .layer, digest: try Digest(parsing: Self.digest), size: 3)
        try await withClient { request in
            .init(body: request.uri == "/v2/app/blobs/\(Self.digest)" ? "abcdef" : "")
        } _: { client, reference in
            let error = await failure { try await client.blob(descriptor, of: reference) { _ in } }
            #expect(error?.reason == .sizeMismatch(expected: 3, atLeast: 6))
        }
    }

    @Test func getsATokenWhenAsked() async throws {
        let tokens = Mutex(0)
        try await withClient { request in
            if request.uri.hasPrefix("/token") {
                tokens.withLock { $0 += 1 }
                #expect(request.uri == "/token?service=my%20registry&scope=repository:app:pull")
                #expect(request.headers["authorization"].isEmpty)
                return .init(body: #"{"token":"secret","expires_in":300}"#)
            }
            if request.headers["authorization"] == ["Bearer secret"] { return .init(body: Self.manifest) }
            let host = request.headers["host"].first ?? ""
            let challenge = "Bearer realm=\"http://\(host)/token\",service=\"my registry\""
            return .init(status: .unauthorized, headers: [("www-authenticate", challenge)])
        } _: { client, reference in
            for _ in 0..<3 { _ = try await client.manifest(of: reference) }
            #expect(tokens.withLock { $0 } == 1)
        }
    }

    @Test func keepsTheTokenFromTheStorageService() async throws {
        let descriptor = Descriptor(mediaType: .layer, digest: try Digest(parsing: Self.digest), size: 3)
        let leaked = Mutex<[String]?>(nil)
        try await TestServer.with { request in
            leaked.withLock { $0 = request.headers["authorization"] }
            return .init(body: "abc")
        } _: { storage in
            let target = "http://127.0.0.1:\(storage.port)/blob"
            try await withClient { request in
                if request.uri.hasPrefix("/token") { return .init(body: #"{"token":"secret"}"#) }
                guard !request.headers["authorization"].isEmpty else {
                    let challenge = "Bearer realm=\"http://\(request.headers["host"].first ?? "")/token\""
                    return .init(status: .unauthorized, headers: [("www-authenticate", challenge)])
                }
                return .init(status: .temporaryRedirect, headers: [("location", target)])
            } _: { client, reference in
                var content: [UInt8] = []
                try await client.blob(descriptor, of: reference) { content.append(contentsOf: $0) }
                #expect(content == Array("abc".utf8))
            }
        }
        #expect(leaked.withLock { $0 } == [])
    }

    @Test func saysThatTheRegistryIsDown() async throws {
        // Bound, so that no other test gets the port, but nobody listens.
        let taken = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(taken) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(taken, $0, size) == 0 && getsockname(taken, $0, &size) == 0
            }
        }
        try #require(isBound)
        let client = RegistryClient()
        let reference = try Reference(parsing: "127.0.0.1:\(UInt16(bigEndian: address.sin_port))/app")
        let error = await failure { _ = try await client.manifest(of: reference) }
        #expect(error?.reason == .unreachable(detail: "connection refused"))
        let unknown = try Reference(parsing: "registry.invalid/app")
        let unresolved = await failure { _ = try await client.manifest(of: unknown) }
        #expect(unresolved?.reason == .unreachable(detail: "its name can't be resolved"))
        try await client.shutdown()
    }
}
