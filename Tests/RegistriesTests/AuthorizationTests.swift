import Crypto
import FoundationEssentials
import Glibc
import Kernel
import OCI
import Synchronization
import Testing

@testable import Registries

@Suite(.enabled(if: LiveRegistry.isInstalled, "docker-registry, skopeo and openssl are needed"))
struct AuthorizationTests {
    private let bench: Bench

    init() throws {
        bench = try Bench()
    }

    /// A user's settings, from a `config.json` with this text.
    private func settings(_ text: String) throws -> RegistryConfiguration {
        try bench.write("docker/config.json", text)
        return try RegistryConfiguration.load(
            environment: ["DOCKER_CONFIG": "\(bench.path)/docker", "CONTAINERS_REGISTRIES_CONF": "/dev/null"],
            home: bench.path)
    }

    /// Docker's registry with one user, `alice`, whose password is `secret`.
    private func registryWithPasswords() throws -> LiveRegistry {
        let file = try bench.write("htpasswd", "alice:$2b$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a\n")
        return try LiveRegistry(bench, extra: "auth: {htpasswd: {realm: test, path: \(file)}}")
    }

    @Test func showsNameAndPassword() async throws {
        let registry = try registryWithPasswords()
        let image = try NoiseImage(bench, layers: [1000])
        let reference = try Reference(parsing: "\(registry.address)/team/app:1")
        try await RegistryClient.with { client in
            let error = await failure { _ = try await client.manifest(of: reference) }
            #expect(error?.reason == .unauthorized)
        }
        let encoded = Data("alice:secret".utf8).base64EncodedString()
        for entry in [
            #""\#(registry.address)": {"auth": "\#(encoded)"}"#,
            #""http://\#(registry.address)/v1/": {"auth": "\#(encoded)"}"#,
            #""\#(registry.address)/team": {"username": "alice", "password": "secret"}"#,
        ] {
            try await RegistryClient.with(try settings(#"{"auths": {\#(entry)}}"#)) { client in
                try await image.push(reference, with: client)
                try await image.verify(reference, with: client)
            }
        }
        let wrong = try settings(
            #"{"auths": {"\#(registry.address)": {"username": "alice", "password": "x"}}}"#)
        try await RegistryClient.with(wrong) { client in
            let error = await failure { _ = try await client.manifest(of: reference) }
            #expect(error?.reason == .wrongCredentials, "\(String(describing: error))")
        }
    }

    @Test func loginKeepsOnlyWhatWorks() async throws {
        let registry = try registryWithPasswords()
        let first = try settings(#"{"HttpHeaders": {"X": "y"}, "auths": {"other.test": {"auth": "YTpi"}}, "n": 1.5}"#)
        try await RegistryClient.with(first) { client in
            let error = await failure {
                _ = try await client.login(registry: registry.address, user: "alice", password: "no")
            }
            #expect(error?.reason == .wrongCredentials)
            #expect(error?.description.hasPrefix("login to \(registry.address): registry") == true)
            await #expect(throws: RegistryNameError(text: "myregistry")) {
                _ = try await client.login(registry: "myregistry", user: "alice", password: "secret")
            }
            let credential = try await client.login(registry: registry.address, user: "alice", password: "secret")
            #expect(credential == .password(user: "alice", password: "secret"))
            let path = "\(bench.path)/docker/config.json"
            #expect(try await first.keep(credential, for: registry.address) == .file(path))
            var status = stat()
            #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
            let text = try Files.readText(path)
            #expect(text.contains("HttpHeaders") && text.contains("YTpi") && text.contains("1.5"))
        }
        let seen = try Bench.run(
            LiveRegistry.skopeo,
            ["login", "--get-login", "--authfile", "\(bench.path)/docker/config.json", registry.address])
        #expect(seen.text == "alice\n")
        let second = try RegistryConfiguration.load(
            environment: ["DOCKER_CONFIG": "\(bench.path)/docker", "CONTAINERS_REGISTRIES_CONF": "/dev/null"], home: nil
        )
        #expect(
            try await second.credential(registry: registry.address, repository: "a")
                == .password(user: "alice", password: "secret"))
        #expect(try await second.forget(registry: registry.address))
        #expect(try await !second.forget(registry: registry.address))
        #expect(try Files.readText("\(bench.path)/docker/config.json").contains("YTpi"))
    }

    @Test func asksHelpersAndNoOneElse() async throws {
        // The helper keeps one credential in a file.
        try bench.write(
            "bin/docker-credential-test",
            """
            #!/bin/sh
            case "$1" in
            store) cat > \(bench.path)/kept ;;
            get) read -r key; grep -q "$key" \(bench.path)/kept 2>/dev/null && cat \(bench.path)/kept && exit 0
                echo "credentials not found in native keychain"; exit 1 ;;
            erase) rm \(bench.path)/kept ;;
            esac
            """, mode: 0o755)
        try bench.write("docker/config.json", #"{"credsStore": "test", "credHelpers": {"broken.test": "absent"}}"#)
        let settings = try RegistryConfiguration.load(
            environment: [
                "DOCKER_CONFIG": "\(bench.path)/docker", "PATH": "\(bench.path)/bin:/usr/bin:/bin",
                "CONTAINERS_REGISTRIES_CONF": "/dev/null",
            ], home: nil)
        let kept = Credential.password(user: "u", password: "p\"w")
        #expect(try await settings.credential(registry: "a.test", repository: "x") == nil)
        #expect(try await settings.keep(kept, for: "a.test") == .helper("test"))
        #expect(try !Files.readText("\(bench.path)/docker/config.json").contains("p\""))
        #expect(try await settings.credential(registry: "a.test", repository: "x") == kept)
        #expect(try await settings.forget(registry: "a.test"))
        #expect(try await settings.credential(registry: "a.test", repository: "x") == nil)
        let token = Credential.identityToken("t")
        #expect(try await settings.keep(token, for: "docker.io") == .helper("test"))
        #expect(try await settings.credential(registry: "docker.io", repository: "x") == token)
        let error = await #expect(throws: CredentialError.self) {
            try await settings.credential(registry: "broken.test", repository: "x")
        }
        #expect(error?.description.contains("docker-credential-absent: there is no such program in PATH") == true)
    }

    @Test(arguments: [
        ("exec cat /dev/zero", "its answer has no end"), ("exec sleep 60", "it gave no answer"),
        ("echo x", "its answer can't be understood"), ("echo oops; exit 3", "(exit code 3): oops"),
    ])
    func boundsHelpers(_ script: String, _ text: String) async throws {
        try bench.write("bin/docker-credential-bad", "#!/bin/sh\n\(script)\n", mode: 0o755)
        var helper = CredentialHelper(name: "bad", environment: ["PATH": "\(bench.path)/bin:/usr/bin:/bin"])
        helper.patience = script.contains("sleep") ? 200 : 20_000
        let bounded = helper
        let error = await #expect(throws: CredentialError.self) { try await bounded.get("a.test") }
        #expect(error?.description.contains(text) == true, "\(String(describing: error))")
    }

    @Test(arguments: [
        ("{", "it isn't a JSON object"), ("[]", "it isn't a JSON object"),
        (#"{"auths": {"a": {"auth": "%%"}}}"#, "the auth of \"a\" isn't base64"),
        (#"{"auths": {"a": {"auth": "YQ=="}}}"#, "the auth of \"a\" isn't base64"),
        (String(repeating: "[", count: 10_000), "it isn't a JSON object"),
    ])
    func saysWhichFileIsWrong(_ text: String, _ expected: String) throws {
        let error = #expect(throws: CredentialError.self) { try settings(text) }
        #expect(error?.description.contains("docker/config.json: \(expected)") == true, "\(String(describing: error))")
    }
}
