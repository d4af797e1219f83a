import Kernel
import OCI
import Testing

@testable import Registries

/// TLS, with authorities and certificates that openssl makes.
@Suite(.enabled(if: LiveRegistry.isInstalled, "docker-registry, skopeo and openssl are needed"))
struct TrustTests {
    private let bench: Bench

    init() throws {
        bench = try Bench()
        let certificate = { (name: String, authority: String, alternative: String) in
            """
            openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout \(name).key \
              -subj /CN=\(name) -out \(name).csr
            echo subjectAltName=\(alternative) > \(name).ext
            openssl x509 -req -in \(name).csr -CA \(authority).crt -CAkey \(authority).key -CAcreateserial -days 2 \
              -extfile \(name).ext -out \(name).crt
            """
        }
        try bench.shell(
            """
            for name in ca other; do
              openssl req -x509 -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout $name.key \
                -subj /CN=$name -days 2 -out $name.crt
            done
            \(certificate("server", "ca", "IP:127.0.0.1,DNS:localhost"))
            \(certificate("elsewhere", "ca", "DNS:elsewhere.test"))
            \(certificate("client", "ca", "DNS:client"))
            """)
    }

    private func registry(_ name: String, more: String = "") throws -> LiveRegistry {
        try LiveRegistry(
            bench, http: "tls: {certificate: \(bench.path)/\(name).crt, key: \(bench.path)/\(name).key\(more)}")
    }

    /// Settings with files for a registry, as an administrator puts them aside.
    private func settings(_ registry: LiveRegistry, _ files: [String: String]) throws -> RegistryConfiguration {
        let directory = "\(bench.path)/certs-\(files.keys.sorted().joined())"
        try Files.makeDirectories("\(directory)/\(registry.address)")
        for (name, source) in files {
            try Files.replace(
                "\(directory)/\(registry.address)/\(name)", with: try Files.read("\(bench.path)/\(source)"))
        }
        var configuration = RegistryConfiguration()
        configuration.certificateDirectories = ["/does/not/exist", directory]
        return configuration
    }

    private func reason(_ registry: LiveRegistry, _ configuration: RegistryConfiguration) async throws -> String {
        var text = ""
        try await RegistryClient.with(configuration) { client in
            let reference = try Reference(parsing: "\(registry.address)/app")
            do {
                _ = try await client.manifest(of: reference)
            } catch {
                text = "\(error)"
            }
        }
        return text
    }

    @Test func trustsTheAuthorityThatWasPutAside() async throws {
        let registry = try registry("server")
        let image = try NoiseImage(bench, layers: [100_000])
        let reference = try Reference(parsing: "\(registry.address)/app:1")
        try await RegistryClient.with(try settings(registry, ["ca.crt": "ca.crt"])) { client in
            try await image.push(reference, with: client)
            try await image.verify(reference, with: client)
        }
        // As Docker does, a registry of this machine is spoken to with TLS where it wants that, whoever signed for it.
        try await RegistryClient.with { try await image.verify(reference, with: $0) }
        // A directory without an authority means TLS with those that all registries have.
        var bundle = try settings(registry, ["note": "ca.crt"])
        #expect(try await reason(registry, bundle).contains("isn't trusted"))
        bundle.authorityBundle = "\(bench.path)/ca.crt"
        try await RegistryClient.with(bundle) { try await image.verify(reference, with: $0) }
    }

    @Test func saysWhyItDoesNotTrust() async throws {
        let server = try registry("server")
        let stranger = try await reason(server, try settings(server, ["ca.crt": "other.crt"]))
        #expect(stranger.contains("isn't trusted (its certificate isn't signed by an authority"), "\(stranger)")
        let elsewhere = try registry("elsewhere")
        let named = try await reason(elsewhere, try settings(elsewhere, ["ca.crt": "ca.crt"]))
        #expect(named.contains("isn't trusted (its certificate is for another name)"), "\(named)")
        let plain = try LiveRegistry(bench)
        let text = try await reason(plain, try settings(plain, ["ca.crt": "ca.crt"]))
        #expect(text.contains("can't be reached (it doesn't speak TLS)"), "\(text)")
        let lonely = try await reason(server, try settings(server, ["client.cert": "client.crt"]))
        #expect(lonely.contains("is missing beside it"), "\(lonely)")
    }

    @Test func showsTheClientsOwnCertificate() async throws {
        let registry = try registry("server", more: ", clientcas: [\(bench.path)/ca.crt]")
        let image = try NoiseImage(bench, layers: [10])
        let reference = try Reference(parsing: "\(registry.address)/app:1")
        let complete = try settings(
            registry, ["ca.crt": "ca.crt", "client.cert": "client.crt", "client.key": "client.key"])
        try await RegistryClient.with(complete) { client in
            try await image.push(reference, with: client)
            try await image.verify(reference, with: client)
        }
        let stranger = RegistryConfiguration()
        #expect(try await !reason(registry, stranger).isEmpty)
    }
}
