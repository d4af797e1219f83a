import Images
import Kernel
import OCI
import Testing

/// Images whose documents are wrong or meant badly: each is a clear error, and leaves nothing.
@Suite(.enabled(if: Workbench.isRoot, "layers are unpacked with root's rights"))
struct HostileImageTests {
    private let bench: Workbench
    private let fixture: LayoutFixture

    init() throws {
        bench = try Workbench()
        fixture = try LayoutFixture("\(bench.path)/layout")
    }

    private func entry(_ json: String, _ type: MediaType = .manifest) throws -> Descriptor {
        try fixture.blob(Array(json.utf8), type)
    }

    private func failure(_ root: Descriptor) async throws -> String {
        var index = Index()
        index.manifests = [root]
        try Files.replace("\(fixture.path)/index.json", with: try index.json())
        let store = try bench.store()
        defer { #expect((try? store.images())?.isEmpty == true) }
        do {
            _ = try await store.open(.layout(path: fixture.path, tag: nil))
        } catch {
            #expect(try await store.check().isClean)
            #expect(try Directory.names(in: "\(bench.path)/root/partial").isEmpty)
            return "\(error)"
        }
        Issue.record("nothing failed")
        return ""
    }

    private func descriptor(_ bytes: [UInt8], _ type: MediaType, size: Int64? = nil) throws -> String {
        let blob = try fixture.blob(bytes, type)
        return #"{"mediaType":"\#(type)","digest":"\#(blob.digest)","size":\#(size ?? blob.size)}"#
    }

    private func configuration(_ diffIDs: [Digest]) throws -> String {
        try descriptor(try ImageConfiguration(platform: .host, diffIDs: diffIDs).json(), .configuration)
    }

    private func manifest(_ config: String, _ layers: [String], more: String = "") throws -> Descriptor {
        try entry(#"{"schemaVersion":2,"config":\#(config),"layers":[\#(layers.joined(separator: ","))]\#(more)}"#)
    }

    private let layer = LayerFixture.base
    private var diffID: Digest { Digest.sha256(of: layer) }

    @Test func kindsThatAreNotTaken() async throws {
        let config = try configuration([diffID])
        let cases: [(Descriptor, String)] = [
            (
                try manifest(
                    config,
                    [
                        try descriptor(
                            layer, MediaType(rawValue: "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"))
                    ]),
                "may not be distributed by registries"
            ),
            (
                try manifest(
                    config,
                    [try descriptor(layer, MediaType(rawValue: "application/vnd.oci.image.layer.v1.tar+encrypted"))]),
                "is encrypted"
            ),
            (
                try manifest(config, [try descriptor(layer, MediaType(rawValue: "application/wasm"))]),
                "is a application/wasm, not a tar archive"
            ),
            (
                try manifest(
                    try descriptor(Array("{}".utf8), MediaType(rawValue: "application/vnd.oci.empty.v1+json")),
                    [try descriptor(layer, .layer)], more: #","artifactType":"application/vnd.example.sbom""#),
                "it is an artifact of type application/vnd.example.sbom, not an image"
            ),
            (
                try entry(
                    #"{"schemaVersion":1,"name":"a","fsLayers":[]}"#,
                    MediaType(rawValue: "application/vnd.docker.distribution.manifest.v1+prettyjws")),
                "Docker's first manifest format (schema 1)"
            ),
        ]
        for (root, reason) in cases {
            let text = try await failure(root)
            #expect(text.contains(reason), "\(text)")
        }
    }

    @Test func documentsThatLie() async throws {
        let config = try configuration([diffID])
        let good = try descriptor(layer, .layer)
        let longer = try descriptor(layer, .layer, size: Int64(layer.count) + 1)
        let shorter = try descriptor(layer, .layer, size: Int64(layer.count) - 1)
        let largest = try descriptor(layer, .layer, size: .max)
        let negative = try descriptor(layer, .layer, size: -1)
        let many = String(repeating: good + ",", count: 512) + good
        let cases: [(Descriptor, String)] = [
            (try manifest(config, [longer]), "should have"), (try manifest(config, [shorter]), "should have"),
            (try manifest(config, [negative]), "has a size of -1 bytes"),
            (try manifest(config, [largest, largest]), "has a size of 9223372036854775807 bytes"),
            (try manifest(config, [good, good]), "its manifest has 2 layers and its configuration 1"),
            (try manifest(config, []), "its manifest has 0 layers and its configuration 1"),
            (
                try manifest(try configuration(Array(repeating: diffID, count: 513)), [many]), "it has 513 layers"
            ),
            (try manifest(try configuration([Digest.sha256(of: [1])]), [good]), "configuration promises"),
            (
                try manifest(try descriptor(Array("{}".utf8), .configuration, size: 9 << 20), [good]),
                "is larger than 8388608 bytes"
            ),
            (
                try manifest(try descriptor(Array("[]".utf8), .configuration), [good]),
                "the image configuration can't be used"
            ),
        ]
        for (root, reason) in cases {
            let text = try await failure(root)
            #expect(text.contains(reason), "\(text)")
        }
    }

    @Test func documentsThatDoNotEnd() async throws {
        var inner = try manifest(try configuration([diffID]), [try descriptor(layer, .layer)])
        for _ in 0..<6 {
            var index = Index()
            index.manifests = [inner]
            inner = try fixture.blob(try index.json(), .index)
        }
        var text = try await failure(inner)
        #expect(text.contains("indexes lead to indexes without an end"), "\(text)")
        let deep = String(repeating: "[", count: 10_000) + String(repeating: "]", count: 10_000)
        text = try await failure(try entry(#"{"schemaVersion":2,"x":\#(deep)}"#))
        #expect(text.contains("isn't JSON"), "\(text)")
        text = try await failure(
            try manifest(try descriptor(Array(#"{"rootfs":\#(deep)}"#.utf8), .configuration), []))
        #expect(text.contains("isn't JSON"), "\(text)")
        let filler = String(repeating: " ", count: 5 << 20)
        text = try await failure(try entry(#"{"schemaVersion":2\#(filler)}"#))
        #expect(text.contains("is larger than 4194304 bytes"), "\(text)")
    }

    @Test func aHundredLayersAreAnImage() async throws {
        var layout = fixture
        try layout.add((0..<100).map { LayerFixture.files(["file": "\($0)"]) }, tag: "1")
        let image = try await bench.store().open(.layout(path: fixture.path, tag: "1"))
        #expect(image.layers.count == 100 && image.chainIDs.count == 100)
    }
}
