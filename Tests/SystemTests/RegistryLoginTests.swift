import Foundation
import Testing

/// A registry that asks who one is: the user's own credentials count, whoever does the work.
@Suite("Logging in to a registry", .asRoot, .reported, .with("docker-registry"))
struct RegistryLoginTests {
    static let registry = "127.0.0.1:5000"
    static let box = "\(registry)/tools/box:v1"
    /// `ann:secret`, as `htpasswd -B` writes it.
    static let users = "ann:$2y$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a\n"

    /// A host whose registry has the small image and lets in nobody but ann.
    func withGuardedRegistry(_ scenario: (Host) async throws -> Void) async throws {
        try await onHost { host in
            try await host.startRegistry()
            _ = try await host.push("latest", "tools/box:v1")
            try await host.stopRegistry()
            let file = try host.write(join(host.directory, "users"), Self.users)
            try await host.startRegistry(more: "auth: {htpasswd: {realm: here, path: '\(file)'}}")
            try await scenario(host)
        }
    }

    func login(_ host: Host, _ password: String = "secret") async throws -> Outcome {
        try await host.roost("login", "-u", "ann", "--password-stdin", Self.registry, input: password + "\n")
    }

    @Test("login keeps what it proved, logout forgets it")
    func loginAndOut() async throws {
        try await withGuardedRegistry { host in
            try await host.roost("image", "pull", Self.box).fails(saying: Self.box)
            try await login(host, "wrong").fails(saying: Self.registry)
            #expect(!FileManager.default.fileExists(atPath: join(host.directory, ".docker/config.json")))
            try host.write(join(host.directory, ".docker/config.json"), #"{"kept":{"by":"others"}}"#)
            try await login(host).succeeds().says("Login Succeeded")
            let file = join(host.directory, ".docker/config.json")
            #expect(try await host.shell("stat -c %a \(file)").succeeds().output == "600\n")
            let settings = try JSON(host.read(file))
            #expect(settings.kept.by.string == "others")
            #expect(settings.auths[Self.registry].auth.string == Data("ann:secret".utf8).base64EncodedString())
            try await host.roost("image", "pull", Self.box).succeeds()
            try await host.roost("logout", Self.registry).succeeds().says("Removing login credentials")
            try await host.roost("logout", Self.registry).succeeds().says("Not logged in")
            try await host.roost("image", "pull", Self.box).fails(saying: Self.box)
        }
    }

    @Test("The supervisor pulls with the credentials of whoever calls it, and keeps none")
    func caller() async throws {
        try await withGuardedRegistry { host in
            try host.compose(ImageTests.service(Self.box))
            // It brings a supervisor up, with an environment that leads to no credentials.
            try await host.roost("pull").fails(saying: Self.box)
            let own = ["DOCKER_CONFIG": join(host.directory, "ann")]
            try await host.roost(
                "login", "-u", "ann", "--password-stdin", Self.registry, input: "secret\n", environment: own
            ).succeeds()
            try await host.roost("pull", environment: own).succeeds()
            try await host.roost("pull").fails(saying: Self.box)
            try await host.roost("rmi", Self.box).succeeds()
            try await host.roost("up", "-d").fails(saying: Self.box)
            try await host.roost("up", "-d", environment: own).succeeds()
        }
    }
}
