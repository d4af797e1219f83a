import Glibc
import Images
import Kernel
import OCI
import Testing

@Suite(.enabled(if: Workbench.isRoot, "layers are unpacked with root's rights"))
struct RemovalTests {
    private let bench: Workbench
    private let store: ImageStore

    init() throws {
        bench = try Workbench()
        store = try bench.store()
    }

    /// An image under registry's names, without a registry.
    private func image(_ names: [String], _ content: String, labels: [String: String] = [:]) async throws -> StoredImage
    {
        var layout = try LayoutFixture("\(bench.path)/layout-\(content)")
        try layout.add([LayerFixture.base, LayerFixture.files(["content": content])], tag: "1")
        let opened = try await store.open(.layout(path: layout.path, tag: "1"))
        for name in names { try await store.tag(opened.name, as: try Reference(parsing: name)) }
        _ = try await store.remove(opened.name)
        return try store.find(names[0])
    }

    /// What `du` says of the store's content.
    private func used() throws -> Int64 {
        let root = "\(bench.path)/root"
        let list = "find \(root)/images/blobs \(root)/layers -mindepth 2 -maxdepth 2 -print0"
        let text = try Workbench.run("/bin/sh", ["-c", "\(list) | du -sc --block-size=1 --files0-from=- | tail -1"])
        return Int64(text.text.split(separator: "\t").first ?? "") ?? -1
    }

    private func conflict(_ text: String, _ inUse: [ImageUse] = []) async -> String {
        do {
            return "removed \(try await store.remove(text, inUse: inUse))"
        } catch {
            return "\(error)"
        }
    }

    @Test func namesAndIds() async throws {
        let one = try await image(["redis:7", "redis:latest"], "one")
        let two = try await image(["other:1"], "two")
        #expect(try store.find("redis") == store.find("docker.io/library/redis:latest"))
        #expect(try store.find(one.id.short).id == one.id && store.find("\(two.id)").id == two.id)
        #expect(throws: ImageError.self) { try store.find("absent") }
        for text in ["\(two.id)", two.id.hex, String(two.id.hex.prefix(12))] {
            #expect(try store.resolve(ImageSource(parsing: text))?.id == two.id)
        }
        #expect(
            await conflict(one.id.short).contains("(must be forced) - image is referenced in multiple repositories"))
        let first = try await store.remove("redis")
        #expect(first.lines.first == .untagged("redis:latest") && first.freed == 0)
        #expect(try store.find("redis:7").id == one.id)
        let second = try await store.remove(one.id.short)
        #expect(second.lines.contains(.deleted(one.id)) && second.lines.contains(.untagged("redis:7")))
        // The lower layer is the other image's too.
        #expect(second.lines.contains(.deleted(one.chainIDs[1])) && !second.lines.contains(.deleted(one.chainIDs[0])))
        #expect(try store.list().map(\.name) == ["docker.io/library/other:1"])
        #expect(await conflict("redis:7") == "redis:7: no such image")
    }

    @Test func containersKeepWhatTheyUse() async throws {
        let image = try await image(["app:1"], "app")
        let stopped = ImageUse(container: "0123456789abcdef", image: image.id, isRunning: false)
        var running = stopped
        running.isRunning = true
        #expect(
            await conflict("app:1", [stopped]).contains(
                "conflict: unable to remove repository reference \"app:1\" (must force) - container 0123456789ab is using"
            ))
        #expect(
            await conflict(image.id.short, [stopped]).contains(
                "(must be forced) - image is being used by stopped container 0123456789ab"))
        #expect(
            await conflict(image.id.short, [running]).contains("(cannot be forced) - image is being used by running"))
        var force = RemovalOptions()
        force.force = true
        let untagged = try await store.remove("app:1", options: force, inUse: [running])
        #expect(untagged.lines.contains(.untagged("app:1")) && !untagged.lines.contains(.deleted(image.id)))
        let nameless = try #require(try store.images().first)
        #expect(nameless.isDangling && nameless.id == image.id)
        #expect(try await store.prune(inUse: [running]).lines.isEmpty)
        #expect(Files.exists(image.layers[0].path))
        #expect(try await store.prune().lines.contains(.deleted(image.id)))
        #expect(try store.images().isEmpty && used() == 0)
    }

    @Test func freesExactlyWhatItSays() async throws {
        let large = String(repeating: "x", count: 300_000)
        _ = try await image(["keep:1"], "keep")
        _ = try await image(["drop:1"], "drop-\(large.prefix(5))")
        let before = try used()
        let usage = try await store.usage()
        #expect(usage.size == before && usage.total == 2 && usage.active == 0 && usage.reclaimable == before)
        let unique = try #require(usage.images.first { $0.image.name.contains("drop") }).unique
        let removal = try await store.remove("drop:1")
        let after = try used()
        #expect(removal.freed == before - after && removal.freed == unique && removal.freed > 0)
        let keep = try store.find("keep:1")
        let use = ImageUse(container: "c", image: keep.id, isRunning: true)
        let kept = try await store.usage(inUse: [use])
        #expect(kept.reclaimable == 0 && kept.active == 1)
        var all = PruneOptions()
        all.all = true
        all.until = 1
        #expect(try await store.prune(all, inUse: [use]).freed == 0)
        #expect(try await store.prune(all).freed == after)
    }

    /// What versions before wrote: no platforms and no notes in the index.
    @Test func readsAStoreOfOld() async throws {
        let image = try await image(["app:1"], "app")
        let file = "\(bench.path)/root/images/index.json"
        var index = try Index(json: try Files.read(file))
        for place in index.manifests.indices {
            index.manifests[place].platform = nil
            index.manifests[place].annotations = [
                Annotation.referenceName: image.name, Annotation.imageName: image.name,
            ]
        }
        try Files.replace(file, with: try index.json())
        try Directory.remove("\(bench.path)/root/partial")
        let old = try bench.store()
        let found = try #require(try old.resolve(ImageSource(parsing: "app:1")))
        #expect(found.id == image.id && found.tagged == nil && found.layers == image.layers)
        try await old.tag("app:1", as: try Reference(parsing: "app:2"))
        #expect(try await old.check().isClean)
        #expect(try await old.remove("app:1").freed == 0)
        #expect(try await old.remove("app:2").freed > 0)
    }

    @Test func historyAndInspection() async throws {
        let image = try await image(["app:1"], "app")
        let steps = try store.history(of: "app:1")
        #expect(steps.map(\.id) == [image.id, nil] && steps.map(\.layer) == image.diffIDs.reversed())
        #expect(steps.allSatisfy { $0.size > 0 } && steps[0].tags == ["app:1"])
        #expect(try store.sizes(of: [image]) == [image.manifestDigest: steps.reduce(0) { $0 + $1.size }])
        let text = String(decoding: try ImageInspection.json([try store.inspect("app:1")]), as: UTF8.self)
        for part in ["\"Id\" : \"\(image.id)\"", "\"RepoTags\"", "app:1", "\"RootFS\"", "\"LastTagTime\"", "A=1"] {
            #expect(text.contains(part), "\(part) in \(text)")
        }
    }

    @Test func checkFindsAndRepairs() async throws {
        let image = try await image(["app:1"], "app")
        #expect(try await store.check().isClean)
        let root = "\(bench.path)/root"
        let layer = try #require(image.layers.first)
        try Directory.remove(layer.form == .tree ? "\(root)/layers/sha256/\(layer.diffID.hex)" : layer.path)
        let missing = try await store.check()
        #expect(!missing.isClean && missing.problems.contains { $0.detail == "it is missing" })
        #expect(try await store.check(repair: true).isClean)
        #expect(try await store.check().problems.isEmpty && store.find("app:1") == image)
        // A blob that went bad: the image still runs, and has to be pulled again to be whole.
        let blobs = "\(root)/images/blobs/sha256"
        let bad = try #require(
            try Directory.names(in: blobs).first { $0 == image.diffIDs[0].hex })
        try Files.replace("\(blobs)/\(bad)", with: Array("spoilt".utf8))
        let spoilt = try await store.check(repair: true)
        #expect(!spoilt.isClean && spoilt.incomplete == ["docker.io/library/app:1"])
        #expect(!Files.exists("\(blobs)/\(bad)"))
        // Without its configuration it is none.
        try Files.remove("\(blobs)/\(image.id.hex)")
        let lost = try await store.check(repair: true)
        #expect(lost.incomplete == ["docker.io/library/app:1"])
        #expect(try await bench.store().check().isClean)
        #expect(try bench.store().images().isEmpty)
    }
}
