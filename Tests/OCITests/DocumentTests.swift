import OCI
import Testing

@Suite struct DocumentTests {
    private static let digest = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

    @Test func readsDockersConfiguration() throws {
        let json = """
            {"architecture":"amd64","os":"linux","created":"2024-01-02T03:04:05Z","config":{
              "User":"app:extra","ExposedPorts":{"80/tcp":{},"53/udp":{}},"Env":["A=1"],"Entrypoint":["/e"],
              "Cmd":["c"],"Volumes":{"/data":{}},"WorkingDir":"/w","Labels":{"k":"v"},"StopSignal":"SIGQUIT",
              "Healthcheck":{"Test":["CMD-SHELL","true"],"Interval":5000000000,"Retries":3},"ArgsEscaped":true},
             "rootfs":{"type":"layers","diff_ids":["\(Self.digest)"]},
             "history":[{"created_by":"x","empty_layer":true}]}
            """
        let image = try ImageConfiguration(json: Array(json.utf8))
        #expect(image.config.exposedPorts == ["53/udp", "80/tcp"] && image.config.volumes == ["/data"])
        #expect(image.config.user == "app:extra" && image.config.stopSignal == "SIGQUIT")
        #expect(image.config.healthcheck?.interval == 5_000_000_000 && image.config.healthcheck?.retries == 3)
        #expect(image.rootfs.diffIDs.count == 1 && image.history.first?.emptyLayer == true)
        #expect(try ImageConfiguration(json: image.json()) == image)
    }

    @Test func toleratesNulls() throws {
        let json = #"{"config":{"Env":null,"Cmd":null,"Volumes":null,"Labels":null},"rootfs":{"diff_ids":null}}"#
        let image = try ImageConfiguration(json: Array(json.utf8))
        #expect(image.config.environment.isEmpty && image.config.command == nil && image.platform == nil)
    }

    /// What nests without end is refused, and not by the end of the stack.
    @Test(arguments: ["[", "{\"a\":", "{\"manifests\":["])
    func refusesDepthsWithoutEnd(_ step: String) {
        let bytes = Array(String(repeating: step, count: 300_000).utf8)
        #expect(throws: DocumentError.self) { try ManifestDocument(bytes: bytes, mediaType: nil) }
        #expect(throws: DocumentError.self) { try Manifest(json: bytes) }
        #expect(throws: DocumentError.self) { try Index(json: bytes) }
        #expect(throws: DocumentError.self) { try ImageConfiguration(json: bytes) }
        let closed = Array((String(repeating: "[", count: 10_000) + String(repeating: "]", count: 10_000)).utf8)
        #expect(throws: DocumentError.self) { try ManifestDocument(bytes: closed, mediaType: nil) }
    }

    @Test(arguments: [
        ("not json", "it isn't JSON"),
        ("{}", "schemaVersion is missing"),
        (
            #"{"schemaVersion":1,"config":{"mediaType":"x","digest":"\#(digest)","size":1},"layers":[]}"#,
            "its schemaVersion is 1, not 2"
        ),
        (#"{"schemaVersion":2,"config":{"mediaType":"x","digest":"../x","size":1},"layers":[]}"#, "config.digest"),
        (
            #"{"schemaVersion":2,"config":{"mediaType":"x","digest":"\#(digest)","size":"1"},"layers":[]}"#,
            "config.size has the wrong type"
        ),
    ])
    func refusesManifests(_ json: String, _ reason: String) {
        do {
            _ = try Manifest(json: Array(json.utf8))
            Issue.record("it was accepted")
        } catch {
            #expect(error.description.contains(reason))
        }
    }

    @Test(
        arguments: [
            ("linux/amd64", ["linux/arm64", "linux/amd64"], 1),
            ("linux/amd64", ["unknown/unknown", "linux/amd64"], 1),
            ("linux/amd64", ["windows/amd64", "linux/386"], nil),
            ("linux/arm64/v8", ["linux/arm64", "linux/arm64/v8"], 1),
            ("linux/arm64/v8", ["linux/arm64/v9", "linux/arm64"], 1),
            ("linux/arm/v6", ["linux/arm/v7", "linux/arm/v5", "linux/arm/v6"], 2),
            ("linux/arm/v7", ["linux/arm/v5", "linux/arm/v6"], 1),
            ("linux/amd64/v1", ["linux/amd64/v3", "linux/amd64"], 1),
            ("linux/amd64", ["", "linux/amd64"], 1),
            ("linux/amd64", ["linux/arm64", ""], 1),
        ] as [(String, [String], Int?)])
    func choosesThePlatform(_ host: String, _ entries: [String], _ expected: Int?) throws {
        func platform(_ text: String) -> Platform? {
            let parts = text.split(separator: "/").map(String.init)
            return parts.count < 2
                ? nil : Platform(os: parts[0], architecture: parts[1], variant: parts.count > 2 ? parts[2] : nil)
        }
        let digest = try Digest(parsing: Self.digest)
        let index = Index(
            manifests: entries.enumerated().map {
                Descriptor(mediaType: .manifest, digest: digest, size: Int64($0.offset), platform: platform($0.element))
            })
        let best = try index.best(for: #require(platform(host)))
        #expect(best?.size == expected.map(Int64.init))
    }
}
