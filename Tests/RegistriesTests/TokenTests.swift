import Crypto
import FoundationEssentials
import Kernel
import NIOHTTP1
import OCI
import Synchronization
import Testing

@testable import Registries

/// Docker's registry with a token service, which the test plays: it signs what it is asked for if the user may have it.
@Suite(.enabled(if: LiveRegistry.isInstalled, "docker-registry, skopeo and openssl are needed"))
struct TokenTests {
    private let bench: Bench
    private let key: P256.Signing.PrivateKey
    private let certificate: String

    init() throws {
        bench = try Bench()
        try bench.shell(
            """
            openssl ecparam -name prime256v1 -genkey -noout -out key.pem
            openssl pkcs8 -topk8 -nocrypt -in key.pem -out key8.pem
            openssl req -x509 -new -key key.pem -subj /CN=test -days 2 -out cert.pem
            openssl x509 -in cert.pem -outform DER -out cert.der
            """)
        key = try P256.Signing.PrivateKey(pemRepresentation: try Files.readText("\(bench.path)/key8.pem"))
        certificate = Data(try Files.read("\(bench.path)/cert.der")).base64EncodedString()
    }

    private static func base64URL(_ data: Data) -> String {
        let text = data.base64EncodedString().filter { $0 != "=" }
        return String(text.map { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 })
    }

    /// A token in the form of the distribution specification's token page.
    private static func sign(
        _ scopes: [String], _ key: P256.Signing.PrivateKey, _ certificate: String, seconds: Int64
    ) throws -> String {
        let access = scopes.map { scope -> String in
            let parts = scope.split(separator: ":")
            let actions = parts[2].split(separator: ",").map { "\"\($0)\"" }.joined(separator: ",")
            return #"{"type":"repository","name":"\#(parts[1])","actions":[\#(actions)]}"#
        }
        let now = Int64(Date().timeIntervalSince1970)
        let header = #"{"typ":"JWT","alg":"ES256","x5c":["\#(certificate)"]}"#
        let claims = """
            {"iss":"issuer","sub":"","aud":"registry","exp":\(now + seconds),"nbf":\(now - 10),"iat":\(now),\
            "jti":"\(UInt64.random(in: 0 ... .max))","access":[\(access.joined(separator: ","))]}
            """
        let text = "\(base64URL(Data(header.utf8))).\(base64URL(Data(claims.utf8)))"
        return "\(text).\(base64URL(try key.signature(for: Data(text.utf8)).rawRepresentation))"
    }

    private struct Asked: Sendable {
        let method: String
        let scopes: [String]
        let authorization: String?
        let body: String
    }

    /// Runs `body` with a registry whose tokens come from here. Only those who show a credential may push.
    private func withRegistry(
        seconds: Int64 = 300, _ body: (LiveRegistry, @Sendable () -> [Asked]) async throws -> Void
    ) async throws {
        let asked = Mutex<[Asked]>([])
        let (key, certificate) = (key, certificate)
        try await TestServer.with { request in
            let form = request.method == .POST ? String(decoding: request.body, as: UTF8.self) : request.uri
            let fields = form.split { $0 == "?" || $0 == "&" }.map { PercentCoding.decode(String($0)) }
            let wanted = fields.filter { $0.hasPrefix("scope=") }.flatMap { $0.dropFirst(6).split(separator: " ") }
                .map(String.init)
            let authorization = request.headers.first(name: "authorization")
            asked.withLock {
                $0.append(
                    Asked(
                        method: request.method.rawValue, scopes: wanted, authorization: authorization,
                        body: fields.joined(separator: "&")))
            }
            let isKnown =
                authorization == RegistryClient.basic("alice", "secret") || fields.contains("refresh_token=long")
            guard isKnown || (authorization == nil && request.method == .GET) else {
                return .init(status: .unauthorized)
            }
            let granted = isKnown ? wanted : wanted.map { $0.hasSuffix(":pull,push") ? String($0.dropLast(5)) : $0 }
            // `try?`: without a token the test fails by what the registry says.
            guard let token = try? Self.sign(granted, key, certificate, seconds: max(seconds, 60)) else {
                return .init(status: .badRequest)
            }
            let refresh = isKnown ? #","refresh_token":"long""# : ""
            return .init(body: #"{"token":"\#(token)","expires_in":\#(seconds)\#(refresh)}"#)
        } _: { server in
            let registry = try LiveRegistry(
                bench,
                extra: """
                    auth: {token: {realm: "http://\(server.address)/token", service: registry, issuer: issuer, \
                    rootcertbundle: \(bench.path)/cert.pem}}
                    """)
            try await body(registry) { asked.withLock { $0 } }
        }
    }

    private func settings(_ registry: LiveRegistry, _ credential: Credential) -> RegistryConfiguration {
        var configuration = RegistryConfiguration()
        var file = CredentialSettings(path: "")
        file.credentials[registry.address] = credential
        configuration.credentials = [file]
        return configuration
    }

    @Test(arguments: [
        Credential.password(user: "alice", password: "secret"), .identityToken("long"),
    ])
    func getsTokensForWhatItDoes(_ credential: Credential) async throws {
        try await withRegistry { registry, asked in
            let image = try NoiseImage(bench, layers: [1000, 2000])
            let reference = try Reference(parsing: "\(registry.address)/team/app:1")
            let other = try Reference(parsing: "\(registry.address)/other:1")
            try await RegistryClient.with(settings(registry, credential)) { client in
                try await image.push(reference, with: client)
                try await image.verify(reference, with: client)
                #expect(try await client.mountBlob(image.layers[0].descriptor, from: reference, in: other))
            }
            // One token for each of push, pull and mount, whatever the number of requests.
            #expect(
                asked().map(\.scopes) == [
                    ["repository:team/app:pull,push"], ["repository:team/app:pull"],
                    ["repository:other:pull,push", "repository:team/app:pull"],
                ], "\(asked())")
            if case .identityToken = credential {
                #expect(asked().allSatisfy { $0.method == "POST" && $0.body.contains("grant_type=refresh_token") })
            } else {
                #expect(asked().allSatisfy { $0.method == "GET" && $0.authorization != nil })
            }
            // Anybody may pull, and nobody else push.
            try await RegistryClient.with { client in
                try await image.verify(reference, with: client)
                let error = await failure { try await client.putManifest(image.manifest, as: reference) }
                #expect(error?.reason == .unauthorized)
            }
        }
    }

    @Test func getsANewTokenWhenTheOldOneHasExpired() async throws {
        // With five seconds' grace, each token has expired when it comes.
        try await withRegistry(seconds: 5) { registry, asked in
            let image = try NoiseImage(bench, layers: [1000])
            let reference = try Reference(parsing: "\(registry.address)/app:1")
            let credential = Credential.password(user: "alice", password: "secret")
            try await RegistryClient.with(settings(registry, credential)) { client in
                try await image.push(reference, with: client)
                try await image.verify(reference, with: client)
            }
            #expect(asked().count > 6)
        }
    }

    @Test func loginGivesATokenInPlaceOfThePassword() async throws {
        try await withRegistry { registry, asked in
            try await RegistryClient.with { client in
                let credential = try await client.login(registry: registry.address, user: "alice", password: "secret")
                #expect(credential == .identityToken("long"))
                #expect(asked().last?.body.contains("offline_token=true") == true)
                let error = await failure {
                    _ = try await client.login(registry: registry.address, user: "alice", password: "wrong")
                }
                #expect(error?.reason == .wrongCredentials)
            }
        }
    }
}
