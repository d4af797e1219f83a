import Builds
import ControlAPI
import Dockerfiles
import Glibc
import Kernel
import OCI
import StackModel
import Testing

@testable import Orchestration

/// What of a service's `build` section is carried out, and how.
@Suite struct ServiceBuildTests {
    /// A context with a Dockerfile in it.
    private static func context() throws -> TemporaryDirectory {
        let place = try TemporaryDirectory()
        try Files.replace(place.path + "/Dockerfile", with: Array("FROM scratch".utf8))
        return place
    }

    private static func build(
        _ context: String, _ change: (inout BuildSettings) -> Void = { _ in },
        request: (inout StackBuildRequest) -> Void = { _ in }, service: (inout Service) -> Void = { _ in }
    ) throws -> ServiceBuild {
        var settings = BuildSettings()
        settings.context = context
        change(&settings)
        var web = Service(name: "web", image: "shop/web:1")
        web.build = settings
        service(&web)
        var order = StackBuildRequest(stack: Samples.stack(["db": []]))
        request(&order)
        return try ServiceBuild(web, order)
    }

    private static func failure(
        _ context: String, _ change: (inout BuildSettings) -> Void = { _ in }
    ) -> String? {
        let error = #expect(throws: BuildError.self) { _ = try build(context, change).wanted() }
        return error?.description
    }

    @Test func whatStandsNowhereIsTheContextsDockerfile() throws {
        let place = try Self.context()
        let wanted = try Self.build(place.path).wanted()
        #expect(wanted.name == "web" && wanted.context == place.path)
        #expect(wanted.dockerfile == place.path + "/Dockerfile" && wanted.dockerfileName == "Dockerfile")
        #expect(wanted.text == Array("FROM scratch".utf8))
        #expect(wanted.names.map(\.description) == [try Reference(parsing: "shop/web:1").description])
        #expect(wanted.settings.network == "default" && !wanted.settings.mayUseHostNetwork)
    }

    @Test func aDockerfileStandsInTheContextOrAnywhere() throws {
        let place = try Self.context()
        try Files.makeDirectories(place.path + "/docker")
        try Files.replace(place.path + "/docker/web", with: Array("FROM web".utf8))
        let inside = try Self.build(place.path) { $0.dockerfile = "docker/web" }.wanted()
        #expect(inside.dockerfile == place.path + "/docker/web" && inside.dockerfileName == "docker/web")
        let other = try Self.context()
        let outside = try Self.build(other.path) { $0.dockerfile = place.path + "/docker/web" }.wanted()
        #expect(outside.dockerfileName == place.path + "/docker/web" && outside.text == Array("FROM web".utf8))
        let inline = try Self.build(place.path) { $0.inline = "FROM inline" }.wanted()
        #expect(inline.dockerfile == nil && inline.text == Array("FROM inline".utf8))
    }

    @Test func whatIsMissingIsNamed() throws {
        let place = try Self.context()
        #expect(
            Self.failure("https://example.org/a.git")
                == "web: the context https://example.org/a.git is not supported yet; use a directory")
        #expect(Self.failure("/no/such") == #"unable to prepare context: path "/no/such" not found"#)
        #expect(
            Self.failure(place.path) { $0.dockerfile = "none" }?
                .hasPrefix("failed to read dockerfile: open none: ") == true)
        var service = Service(name: "db", image: "db:1")
        service.build = nil
        #expect(throws: BuildError("db: nothing to build")) {
            try ServiceBuild(service, StackBuildRequest(stack: Samples.stack()))
        }
    }

    /// Whoever wrote the context isn't trusted: to open a pipe would be to wait for ever.
    @Test func onlyRegularFilesAreRead() throws {
        let place = try TemporaryDirectory()
        try #require(mkfifo(place.path + "/Dockerfile", 0o600) == 0)
        #expect(Self.failure(place.path)?.hasPrefix("failed to read dockerfile: open Dockerfile: ") == true)
    }

    @Test func theFilesOwnIgnoreListCountsBeforeTheContexts() throws {
        let place = try Self.context()
        #expect(try Self.build(place.path).wanted().options.ignoring.isEmpty)
        try Files.replace(place.path + "/.dockerignore", with: Array("common\n".utf8))
        let common = try Self.build(place.path).wanted().options.ignoring
        #expect(common.ignores("common") && !common.ignores("own"))
        try Files.replace(place.path + "/Dockerfile.dockerignore", with: Array("own\n".utf8))
        let own = try Self.build(place.path).wanted().options.ignoring
        #expect(own.ignores("own") && !own.ignores("common"))
    }

    @Test func theCommandsWordCountsBeforeTheFiles() throws {
        let place = try Self.context()
        let options = try Self.build(place.path) {
            $0.arguments = ["A": "file", "B": "file"]
            $0.target = "final"
            $0.labels = ["l": "1"]
            $0.uncachedStages = ["deps"]
        } request: {
            $0.arguments = ["B": "command"]
        }.wanted().options
        #expect(options.arguments == ["A": "file", "B": "command"])
        #expect(options.target == "final" && options.labels == ["l": "1"] && options.uncached == ["deps"])
    }

    @Test(arguments: [(false, false), (true, false), (false, true), (true, true)])
    func whatEitherAsksForIsDone(inFile: Bool, byCommand: Bool) throws {
        let place = try Self.context()
        let build = try Self.build(place.path) {
            $0.pull = inFile
            $0.noCache = inFile
        } request: {
            $0.pull = byCommand
            $0.noCache = byCommand
        }
        #expect(build.pulls == (inFile || byCommand))
        #expect(try build.wanted().options.uncached.contains("*") == (inFile || byCommand))
    }

    private static let foreign = Platform.host.architecture == "arm64" ? "linux/amd64" : "linux/arm64"
    private static let own = Platform.host.description

    @Test(
        arguments: [
            ([], nil, nil, false), ([foreign], nil, foreign, false),
            // Of several, the one that this host runs, and that is said.
            ([foreign, own], nil, own, true), ([foreign, "linux/s390x"], nil, foreign, true),
            ([foreign], own, own, false),
        ] as [([String], String?, String?, Bool)])
    func onePlatformIsBuilt(_ platforms: [String], _ service: String?, _ expected: String?, isWarned: Bool) throws {
        let place = try Self.context()
        let build = try Self.build(place.path) {
            $0.platforms = platforms
        } service: {
            $0.platform = service
        }
        #expect(try build.wanted().options.platform == expected.map { try Platform(parsing: $0) })
        #expect(try build.warnings().isEmpty != isWarned)
    }

    @Test func furtherContextsAreDirectoriesAndImages() throws {
        let place = try Self.context()
        let wanted = try Self.build(place.path) {
            $0.additionalContexts = ["dir": "/srv/lib", "image": "docker-image://alpine:3", "other": "service:db"]
        }.wanted()
        #expect(wanted.options.contexts == ["dir": .directory, "image": .image("alpine:3"), "other": .image("app:1")])
        #expect(wanted.directories == ["dir": "/srv/lib"])
        for place in ["https://example.org/a.git", "service:nobody"] {
            #expect(
                Self.failure(wanted.context) { $0.additionalContexts = ["x": place] }
                    == "web: the additional context \(place) is not supported yet")
        }
    }

    @Test func rightsAreThoseThatAreAskedFor() throws {
        let place = try Self.context()
        func steps(_ change: (inout BuildSettings) -> Void) throws -> StepSettings {
            try Self.build(place.path, change).wanted().settings
        }
        #expect(try steps { $0.entitlements = ["security.insecure"] }.isPrivileged)
        #expect(try steps { $0.privileged = true }.isPrivileged)
        #expect(try steps { $0.entitlements = ["network.host"] }.mayUseHostNetwork)
        #expect(try steps { $0.network = "host" }.mayUseHostNetwork)
        #expect(try !steps { $0.network = "none" }.mayUseHostNetwork)
        #expect(
            Self.failure(place.path) { $0.entitlements = ["device"] }
                == #"web: the entitlement "device" is not supported; there are network.host and security.insecure"#)
    }

    @Test func secretsHaveTheNameThatTheFileUses() throws {
        let place = try Self.context()
        let secrets = try Self.build(place.path) {
            $0.secrets = [
                FileGrant(source: "key", content: .file("/srv/key"), target: ""),
                FileGrant(source: "token", content: .inline("t"), target: "api"),
            ]
        }.wanted().settings.secrets
        #expect(secrets == ["key": .file("/srv/key"), "api": .value("t")])
    }

    @Test func anAgentIsASocket() throws {
        let place = try Self.context()
        let socket = try UnixSocket(listeningAt: place.path + "/agent")
        let own = try Self.build(place.path) {
            $0.ssh = ["default"]
        } request: {
            $0.registryEnvironment = ["SSH_AUTH_SOCK": place.path + "/agent"]
        }
        #expect(try own.wanted().settings.agents == ["default": place.path + "/agent"])
        let named = try Self.build(place.path) { $0.ssh = ["git: agent"] }
        #expect(try named.wanted().settings.agents == ["git": place.path + "/agent"])
        #expect(
            Self.failure(place.path) { $0.ssh = ["default"] }
                == "web: no SSH agent runs; start one, so that SSH_AUTH_SOCK is set")
        #expect(
            Self.failure(place.path) { $0.ssh = ["git: Dockerfile"] }?
                .hasPrefix("web: \(place.path)/Dockerfile is not the socket of an SSH agent; ") == true)
        _ = consume socket
    }

    @Test func namesAreEachThereOnce() throws {
        let place = try Self.context()
        let names = try Self.build(place.path) { $0.tags = ["shop/web:1", "registry.example/web:2"] }.wanted().names
        #expect(names == [try Reference(parsing: "shop/web:1"), try Reference(parsing: "registry.example/web:2")])
        #expect(throws: (any Error).self) { try Self.build(place.path) { $0.tags = ["NOT A NAME"] }.wanted() }
    }
}
