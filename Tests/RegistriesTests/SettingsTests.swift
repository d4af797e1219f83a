import Kernel
import NIOHTTP1
import OCI
import Synchronization
import Testing

@testable import Registries

/// Files and variables that say where registries are.
@Suite struct SettingsTests {
    private static let file = """
        unqualified-search-registries = ["docker.io"]
        short-name-mode = "enforcing"

        [aliases]
        "redis" = "docker.io/library/redis"

        [[registry]]
        prefix = "docker.io"
        location = "docker.io"
        [[registry.mirror]]
        location = "mirror.test:5000/hub/"
        insecure = true
        [[registry.mirror]]
        location = "pinned.test"
        pull-from-mirror = "digest-only"
        [[registry.mirror]]
        location = "tagged.test"
        pull-from-mirror = "tag-only"

        [[registry]]
        prefix = "docker.io/library/secret"
        blocked = true

        [[registry]]
        location = "registry.test/team"
        insecure = true

        [[registry]]
        prefix = "*.wild.test"
        location = "tame.test/all"
        """

    private static let digest = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

    @Test(
        arguments: [
            (
                "redis",
                [
                    "mirror.test:5000/hub/library/redis!", "tagged.test/library/redis",
                    "registry-1.docker.io/library/redis",
                ]
            ),
            (
                "redis@\(digest)",
                [
                    "mirror.test:5000/hub/library/redis!", "pinned.test/library/redis",
                    "registry-1.docker.io/library/redis",
                ]
            ),
            (
                "secretive",
                [
                    "mirror.test:5000/hub/library/secretive!", "tagged.test/library/secretive",
                    "registry-1.docker.io/library/secretive",
                ]
            ),
            ("registry.test/team/app", ["registry.test/team/app!"]),
            ("registry.test/teams/app", ["registry.test/teams/app"]),
            ("a.wild.test/x/y", ["tame.test/all/x/y"]), ("wild.test/x", ["wild.test/x"]),
        ] as [(String, [String])])
    func findsThePlacesOfAnImage(_ text: String, _ expected: [String]) throws {
        let rules = RegistryRules(rules: try RegistryRules.parse(Self.file, "file"))
        let reference = try Reference(parsing: text)
        let routes = try Route.routes(for: reference, digest: nil, pulling: true, rules: rules)
        #expect(routes.map { "\($0.authority)/\($0.repository)\($0.isInsecure ? "!" : "")" } == expected)
        let own = try Route.routes(for: reference, digest: nil, pulling: false, rules: rules)
        #expect(own == Array(routes.suffix(1)))
    }

    @Test func refusesWhatIsBlocked() throws {
        let rules = RegistryRules(rules: try RegistryRules.parse(Self.file, "file"))
        let error = #expect(throws: RegistryError.self) {
            try Route.routes(for: try Reference(parsing: "secret"), digest: nil, pulling: true, rules: rules)
        }
        #expect(error?.description.contains("images of docker.io/library/secret are blocked") == true)
    }

    @Test(arguments: [
        ("[[registry]\n", "conf:1:", "it isn't TOML"), ("[[registry]]\n", "conf: ", "neither prefix nor location"),
        ("[[registry]]\nlocation = 5\n", "conf: ", "wrong type"),
        ("[[registry]]\nlocation = \"a.test\"\n[[registry.mirror]]\n", "conf: ", "a mirror of a.test has no location"),
        (
            "[[registry]]\nlocation = \"a.test\"\n[[registry.mirror]]\nlocation = \"b\"\npull-from-mirror = \"no\"\n",
            "conf: ", "is \"no\", not all"
        ),
    ])
    func saysWhichFileIsWrong(_ text: String, _ place: String, _ reason: String) {
        let error = #expect(throws: CredentialError.self) { try RegistryRules.parse(text, "conf") }
        #expect(error?.description.hasPrefix(place) == true && error?.description.contains(reason) == true)
    }

    @Test func readsTheUsersFilesBeforeTheHosts() throws {
        let bench = try Bench()
        try bench.write(".config/containers/registries.conf", "[[registry]]\nlocation = \"a.test\"\nblocked = true\n")
        let drop = ".config/containers/registries.conf.d"
        try bench.write("\(drop)/2.conf", "[[registry]]\nprefix = \"a.test\"\nlocation = \"two.test\"\n")
        try bench.write("\(drop)/1.conf", "[[registry]]\nprefix = \"a.test\"\nlocation = \"one.test\"\n")
        try bench.write("\(drop)/3.toml", "nonsense")
        try bench.write(".config/containers/auth.json", #"{"auths": {"a.test/team": {"auth": "dTpw"}}}"#)
        let settings = try RegistryConfiguration.load(environment: [:], home: bench.path)
        let routes = try Route.routes(
            for: try Reference(parsing: "a.test/team/x"), digest: nil, pulling: true, rules: settings.rules)
        #expect(routes.map(\.authority) == ["two.test"])
        let file = settings.credentials.first
        #expect(file?.credential(registry: "a.test", repository: "team/x") == .password(user: "u", password: "p"))
        #expect(file?.credential(registry: "a.test", repository: "teams/x") == nil)
        #expect(try RegistryConfiguration.load(environment: [:], home: "/nowhere").credentials.isEmpty)
    }

    @Test(
        arguments: [
            ("https", "a.test", "secure.test:3128"), ("http", "a.test", "plain.test:80"),
            ("https", "127.0.0.1:5000", nil),
            ("http", "localhost", nil), ("https", "x.internal.test", nil), ("https", "internal.test:5000", nil),
            ("https", "notinternal.test", "secure.test:3128"), ("https", "10.1.2.3:443", nil),
            ("https", "11.1.2.3", "secure.test:3128"), ("https", "port.test:5000", nil),
            ("https", "port.test", "secure.test:3128"), ("https", "[fd00::1]:5000", nil),
        ] as [(String, String, String?)])
    func choosesTheProxy(_ scheme: String, _ authority: String, _ expected: String?) throws {
        let proxies = try ProxySettings(environment: [
            "HTTPS_PROXY": "http://us%40er:pa%3Ass@secure.test:3128/", "http_proxy": "plain.test",
            "NO_PROXY": "internal.test, 10.0.0.0/8,port.test:5000,fd00::1",
        ])
        let proxy = proxies.proxy(scheme: scheme, authority: authority)
        #expect(proxy.map { "\($0.host):\($0.port)" } == expected)
        #expect(proxies.https?.user == "us@er" && proxies.https?.password == "pa:ss")
        let all = try ProxySettings(environment: ["ALL_PROXY": "socks5://s.test", "no_proxy": "*"])
        #expect(all.https == .init(kind: .socks, host: "s.test", port: 1080))
        #expect(all.proxy(scheme: scheme, authority: authority) == nil)
        #expect(throws: CredentialError.self) { try ProxySettings(environment: ["HTTPS_PROXY": "https://s.test"]) }
        #expect(throws: CredentialError.self) { try ProxySettings(environment: ["HTTPS_PROXY": "http://:x"]) }
    }

    @Test func goesThroughTheProxy() async throws {
        let asked = Mutex<[String]>([])
        try await TestServer.with { request in
            asked.withLock { $0.append("\(request.method) \(request.uri)") }
            return .init(status: .forbidden)
        } _: { proxy in
            var settings = RegistryConfiguration()
            settings.proxies = try ProxySettings(environment: ["HTTPS_PROXY": "http://\(proxy.address)"])
            try await RegistryClient.with(settings) { client in
                let reference = try Reference(parsing: "registry.invalid/app")
                let error = await failure { _ = try await client.manifest(of: reference) }
                #expect(error?.reason == .unreachable(detail: "the proxy refuses"), "\(String(describing: error))")
            }
        }
        #expect(asked.withLock { $0 } == ["CONNECT registry.invalid:443"])
    }

    @Test func asksTheNextMirrorForWhatOneLacks() async throws {
        let content = Array("abc".utf8)
        let blob = Descriptor(mediaType: .layer, digest: .sha256(of: content), size: 3)
        let asked = Mutex<[String]>([])
        try await TestServer.with { request in
            asked.withLock { $0.append("mirror \(request.uri)") }
            // It breaks in the middle, and then has nothing any more.
            return request.range == nil ? .init(body: "abc", manner: .cut(1)) : .init(status: .notFound)
        } _: { mirror in
            try await TestServer.with { request in
                asked.withLock { $0.append("own \(request.uri) \(request.range ?? "")") }
                return .init(status: .partialContent, headers: [("content-range", "bytes 1-2/3")], body: "bc")
            } _: { own in
                var settings = RegistryConfiguration()
                let gone = try LiveRegistry.freePort()
                settings.rules.rules = try RegistryRules.parse(
                    """
                    [[registry]]
                    prefix = "example.test"
                    location = "\(own.address)"
                    [[registry.mirror]]
                    location = "127.0.0.1:\(gone)"
                    [[registry.mirror]]
                    location = "\(mirror.address)/cache"
                    """, "file")
                try await RegistryClient.with(settings) { client in
                    var received: [UInt8] = []
                    try await client.blob(blob, of: try Reference(parsing: "example.test/app")) { received += $0 }
                    #expect(received == content)
                }
            }
        }
        let path = "blobs/\(blob.digest)"
        #expect(
            asked.withLock { $0 } == [
                "mirror /v2/cache/app/\(path)", "mirror /v2/cache/app/\(path)", "own /v2/app/\(path) bytes=1-",
            ])
    }
}
