import NIOHTTP1
import OCI
import Synchronization
import Testing

@testable import Registries

@Suite struct RedirectTests {
    private static let blob = Descriptor(mediaType: .layer, digest: .sha256(of: Array("abc".utf8)), size: 3)

    @Test(arguments: [
        ("/v2/app/blobs/again", "it redirects without end"), ("http://[::1", "it redirects to an unsafe address"),
        ("file:///etc/passwd", "it redirects to an unsafe address"),
        ("gopher://127.0.0.1/", "it redirects to an unsafe address"),
    ])
    func boundsRedirects(_ place: String, _ text: String) async throws {
        let requests = Mutex(0)
        try await TestServer.with { _ in
            requests.withLock { $0 += 1 }
            return .init(status: .temporaryRedirect, headers: [("location", place)])
        } _: { server in
            try await RegistryClient.with { client in
                let reference = try Reference(parsing: "\(server.address)/app")
                let error = await failure { try await client.blob(Self.blob, of: reference) { _ in } }
                #expect(error?.description.contains(text) == true, "\(String(describing: error))")
            }
        }
        #expect(requests.withLock { $0 } <= 11)
    }

    @Test func permissionsStayWithTheirOriginEvenOnTheWayBack() async throws {
        let seen = Mutex<[String: [String]]>([:])
        let note = { @Sendable (name: String, request: TestServer.Request) in
            seen.withLock { $0[name, default: []] += request.headers["authorization"] }
        }
        try await TestServer.with { request in
            note("storage", request)
            // Back to where the permission is good.
            let origin = request.uri.dropFirst("/to/".count)
            return .init(status: .found, headers: [("location", "http://\(origin)/final")])
        } _: { storage in
            try await TestServer.with { request in
                if request.uri == "/final" {
                    note("final", request)
                    return .init(body: "abc")
                }
                if request.headers["authorization"].isEmpty {
                    return .init(status: .unauthorized, headers: [("www-authenticate", "Basic realm=\"x\"")])
                }
                let host = request.headers["host"].first ?? ""
                return .init(
                    status: .found, headers: [("location", "http://127.0.0.1:\(storage.port)/to/\(host)")])
            } _: { registry in
                var configuration = RegistryConfiguration()
                var settings = CredentialSettings(path: "")
                settings.credentials[registry.address] = .password(user: "u", password: "p")
                configuration.credentials = [settings]
                try await RegistryClient.with(configuration) { client in
                    let reference = try Reference(parsing: "\(registry.address)/app")
                    var content: [UInt8] = []
                    try await client.blob(Self.blob, of: reference) { content += $0 }
                    #expect(content == Array("abc".utf8))
                }
            }
        }
        #expect(seen.withLock { $0 } == ["storage": [], "final": []])
    }

    private static func configuration(_ registry: String, _ credential: Credential) -> RegistryConfiguration {
        var configuration = RegistryConfiguration()
        var settings = CredentialSettings(path: "")
        settings.credentials[registry] = credential
        configuration.credentials = [settings]
        return configuration
    }

    /// Whoever gets a request by a redirect, or an upload, asks for a permission where it could read the password.
    @Test(arguments: [true, false])
    func strangersDoNotAskForCredentials(_ isUpload: Bool) async throws {
        let bench = try Bench()
        try bench.shell("printf abc > blob")
        let told = Mutex<[String]>([])
        try await TestServer.with { request in
            if request.path == "/token" { told.withLock { $0.append(request.uri) } }
            let host = request.headers["host"].first ?? ""
            return .init(
                status: .unauthorized, headers: [("www-authenticate", "Bearer realm=\"http://\(host)/token\"")])
        } _: { stranger in
            try await TestServer.with { _ in
                .init(
                    status: isUpload ? .accepted : .temporaryRedirect,
                    headers: [("location", "http://\(stranger.address)/elsewhere")])
            } _: { registry in
                let configuration = Self.configuration(registry.address, .password(user: "u", password: "p"))
                try await RegistryClient.with(configuration) { client in
                    let reference = try Reference(parsing: "\(registry.address)/app")
                    let error = await failure {
                        if isUpload {
                            try await client.uploadBlob(
                                Self.blob, file: "\(bench.path)/blob", to: reference
                            ) { _ in }
                        } else {
                            try await client.blob(Self.blob, of: reference) { _ in }
                        }
                    }
                    #expect(error?.reason == .unauthorized)
                }
            }
        }
        #expect(told.withLock { $0 } == [])
    }

    @Test func aLongLivedTokenFollowsNoRedirect() async throws {
        let told = Mutex<[String]>([])
        try await TestServer.with { request in
            told.withLock { $0.append(String(decoding: request.body, as: UTF8.self)) }
            return .init(body: #"{"token":"t"}"#)
        } _: { stranger in
            try await TestServer.with { request in
                guard request.path != "/token" else {
                    return .init(
                        status: .temporaryRedirect, headers: [("location", "http://\(stranger.address)/token")])
                }
                let host = request.headers["host"].first ?? ""
                return .init(
                    status: .unauthorized, headers: [("www-authenticate", "Bearer realm=\"http://\(host)/token\"")])
            } _: { registry in
                try await RegistryClient.with(
                    Self.configuration(registry.address, .identityToken("long"))
                ) { client in
                    let reference = try Reference(parsing: "\(registry.address)/app")
                    let error = await failure { try await client.blob(Self.blob, of: reference) { _ in } }
                    #expect(error?.description.contains("it redirects to an unsafe address") == true)
                }
            }
        }
        #expect(told.withLock { $0 } == [])
    }
}
