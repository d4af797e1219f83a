import Glibc
import Images
import Kernel
import OCI
import Registries
import Testing

@Suite(.enabled(if: RegistryFixture.isInstalled, "docker-registry, skopeo and root's rights are needed"), .serialized)
struct TransferTests {
    private let bench: Workbench
    private let registry: RegistryFixture

    init() throws {
        bench = try Workbench()
        registry = try RegistryFixture(bench)
    }

    private func reference(_ name: String) throws -> Reference {
        try Reference(parsing: "\(registry.address)/\(name)")
    }

    private func withRegistry<Result>(_ body: (WatchedRegistry) async throws -> Result) async throws -> Result {
        let client = RegistryClient()
        do {
            let result = try await body(WatchedRegistry(client))
            try await client.shutdown()
            return result
        } catch {
            try await client.shutdown()
            throw error
        }
    }

    /// Pushes an image whose second layer has more bytes than a transfer hands over at once.
    @discardableResult
    private func push(_ name: String, platform: Platform = .host) throws -> LayoutFixture {
        var layout = try LayoutFixture("\(bench.path)/layout-\(name.filter(\.isLetter))")
        let words = (0..<60_000).map { "\($0 &* 2_654_435_761)" }.joined(separator: " ")
        try layout.add([LayerFixture.base, LayerFixture.files(["large": words])], tag: "1", platform: platform)
        try registry.push(layout.path, "1", as: name)
        return layout
    }

    @Test func aPullThatWasCutGoesOn() async throws {
        try push("app:1")
        let reference = try reference("app:1")
        try await withRegistry { registry in
            var cuts = 0
            while cuts < 100 {
                registry.cut(after: 150_000)
                do {
                    _ = try await bench.store().pull(reference, from: registry)
                    break
                } catch is WatchedRegistry.Cut {
                    cuts += 1
                }
            }
            #expect(cuts > 2 && cuts < 20)
            let image = try #require(try bench.store().resolve(.registry(reference)))
            let bytes = registry.bytes
            #expect(bytes.values.reduce(0, +) == image.size + bytes[image.id, default: 0])
            #expect(try Directory.names(in: "\(bench.path)/root/partial").isEmpty)
            #expect(try await bench.store().check().isClean)
        }
    }

    @Test func aBeginningThatIsWrongIsFetchedAgain() async throws {
        try push("app:1")
        let reference = try reference("app:1")
        try await withRegistry { registry in
            registry.cut(after: 300_000)
            let store = try bench.store()
            await #expect(throws: (any Error).self) { try await store.pull(reference, from: registry) }
            let partial = "\(bench.path)/root/partial"
            let large = try #require(
                try Directory.names(in: partial).first { (try? Files.read("\(partial)/\($0)").count) ?? 0 > 100_000 })
            let spoil = "printf xxxx | dd of=\(partial)/\(large) bs=1 seek=5000 conv=notrunc status=none"
            #expect(try Workbench.run("/bin/sh", ["-c", spoil]).code == 0)
            registry.cut(after: nil)
            let image = try await store.pull(reference, from: registry)
            #expect(try await store.check().isClean && image.layers.count == 2)
        }
    }

    @Test(arguments: [1, 2, 3])
    func whatCameDamagedIsFetchedAgain(_ damages: Int) async throws {
        try push("app:1")
        let reference = try reference("app:1")
        try await withRegistry { registry in
            registry.damage(times: damages)
            let store = try bench.store()
            if damages < 3 {
                #expect(try await store.pull(reference, from: registry).layers.count == 2)
            } else {
                let error = await #expect(throws: ImageError.self) { try await store.pull(reference, from: registry) }
                #expect(error.map { "\($0)" }?.contains("corrupted or forged") == true)
            }
            #expect(try Directory.names(in: "\(bench.path)/root/partial").isEmpty)
            #expect(try await store.check().isClean)
        }
    }

    @Test func whatIsThereCostsOneQuestion() async throws {
        try push("app:1")
        let reference = try reference("app:1")
        try await withRegistry { registry in
            let store = try bench.store()
            let image = try await store.pull(reference, from: registry)
            let before = try Workbench.run(
                "/usr/bin/find", ["\(bench.path)/root", "-type", "f", "-printf", "%p %T@ %s\n"])
            let bytes = registry.bytes
            let manifests = registry.manifests
            #expect(try await store.pull(reference, from: registry) == image)
            #expect(registry.bytes == bytes && registry.manifests == manifests)
            let after = try Workbench.run(
                "/usr/bin/find", ["\(bench.path)/root", "-type", "f", "-printf", "%p %T@ %s\n"])
            let marks = { (text: String) in text.split(separator: "\n").filter { !$0.contains("/locks/") }.sorted() }
            #expect(marks(before.text) == marks(after.text))
            #expect(try store.lastChecked(.registry(reference)) != nil)
        }
    }

    /// Each store opens its own files, so that to the kernel they are as separate as processes are.
    @Test func manyPullsFetchEachBlobOnce() async throws {
        try push("app:1")
        try push("other:1")
        let names = ["app:1", "other:1"]
        let references = try names.map { try reference($0) }
        try await withRegistry { registry in
            let stores = try (0..<30).map { _ in try bench.store() }
            let images = try await withThrowingTaskGroup(of: StoredImage.self) { group in
                for (number, store) in stores.enumerated() {
                    let reference = references[number % 2]
                    group.addTask { try await store.pull(reference, from: registry) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let image = try #require(images.first)
            #expect(images.allSatisfy { $0.layers == image.layers })
            let size = registry.bytes.values.reduce(0, +)
            #expect(size == image.size + registry.bytes[image.id, default: 0])
            #expect(try await stores[0].check().isClean)
        }
    }

    @Test func platformsStandSideBySide() async throws {
        let other = Platform(os: "linux", architecture: "s390x")
        let own = Platform(os: Platform.host.os, architecture: Platform.host.architecture)
        var layout = try LayoutFixture("\(bench.path)/layout")
        try layout.add([LayerFixture.top], tag: nil, platform: other, listed: other)
        try layout.add([LayerFixture.base], tag: nil, platform: own, listed: own)
        try layout.bundle(tag: "1")
        try registry.push(layout.path, "1", as: "app:1")
        let reference = try reference("app:1")
        try await withRegistry { registry in
            let store = try bench.store()
            let foreign = try await store.pull(reference, from: registry, platform: other)
            #expect(foreign.platform == other)
            #expect(try store.resolve(.registry(reference)) == nil)
            let native = try await store.pull(reference, from: registry)
            #expect(native.platform == own && native.root == foreign.root && native.id != foreign.id)
            #expect(try store.resolve(.registry(reference)) == native)
            #expect(try store.resolve(.registry(reference), platform: other) == foreign)
            #expect(try store.find(native.id.short) == native)
            let byDigest = try Reference(parsing: "\(reference.registry)/\(reference.repository)@\(native.root)")
            #expect(try store.resolve(.registry(byDigest))?.id == native.id)
            #expect(try store.list().count == 2)
            // Other tools see one image layout.
            let seen = try Workbench.run(
                RegistryFixture.skopeo, ["inspect", "--raw", "oci:\(bench.path)/root/images:\(reference)"])
            #expect(seen.code == 0, "\(seen.text)")
        }
    }

    @Test func pushesWhatOthersRead() async throws {
        try push("team/app:1")
        let source = try reference("team/app:1")
        try await withRegistry { registry in
            let store = try bench.store()
            let image = try await store.pull(source, from: registry)
            let fetched = registry.bytes
            try await store.tag(source.description, as: try reference("copies/app:2"))
            try await store.push(try reference("copies/app:2").description, to: registry)
            // The registry has the blobs: they are made part of the other repository and not sent.
            #expect(registry.bytes == fetched)
            let seen = try Workbench.run(
                RegistryFixture.skopeo,
                ["inspect", "--tls-verify=false", "docker://\(self.registry.address)/copies/app:2"])
            #expect(seen.code == 0 && seen.text.contains(image.manifestDigest.description), "\(seen.text)")
            #expect(try await registry.tags(of: reference("copies/app:2")) == ["2"])
        }
    }

    @Test func copiesFromAnywhereToAnywhere() async throws {
        let layout = try push("app:1")
        let path = bench.path
        let address = registry.address
        try await withRegistry { registry in
            let store = try bench.store()
            let steps: [(String, String)] = [
                ("oci:\(layout.path):1", "docker://\(address)/one:1"), ("\(address)/one:1", "\(address)/two:1"),
                ("docker://\(address)/two:1", "oci:\(path)/other:x"),
                ("oci:\(path)/other:x", "oci-archive:\(path)/a.tar:x"),
                ("oci-archive:\(path)/a.tar", "docker-archive:\(path)/b.tar:\(address)/app:1"),
                ("docker-archive:\(path)/b.tar", "docker://\(address)/three:1"), ("\(address)/three:1", "roost:four:1"),
            ]
            for (source, target) in steps {
                _ = try await store.copy(
                    ImagePlace(parsing: source), to: ImagePlace(parsing: target), registry: registry)
            }
            let image = try store.find("four:1")
            #expect(image.configuration.config.environment == ["A=1"])
            for place in ["oci:\(path)/other:x", "oci-archive:\(path)/a.tar:x", "docker-archive:\(path)/b.tar"] {
                let seen = try Workbench.run(RegistryFixture.skopeo, ["inspect", "--config", place])
                #expect(seen.code == 0 && seen.text.contains("A=1"), "\(place): \(seen.text)")
            }
        }
    }

    @Test func savesWhatOthersAndItselfLoad() async throws {
        var layout = try LayoutFixture("\(bench.path)/layout")
        for tag in ["1", "2"] { try layout.add([LayerFixture.base, LayerFixture.files(["tag": tag])], tag: tag) }
        for tag in ["1", "2"] { try registry.push(layout.path, tag, as: "app:\(tag)") }
        let path = bench.path
        try await withRegistry { registry in
            let store = try bench.store()
            let names = try ["app:1", "app:2"].map { try reference($0) }
            for name in names { _ = try await store.pull(name, from: registry) }
            for form in [ImageSource.ArchiveForm.docker, .oci] {
                let archive = "\(path)/\(form.rawValue).tar"
                try await store.save(names.map(\.description), as: form, to: archive)
                let listing = try Workbench.run("/usr/bin/tar", ["-tf", archive]).text.split(separator: "\n")
                #expect(Set(listing).count == listing.count && listing.contains("oci-layout"))
                // Two manifests, two configurations, three layers.
                #expect(listing.filter { $0.hasPrefix("blobs/sha256/") && !$0.hasSuffix("/") }.count == 7)
                let loaded = try await bench.store(form.rawValue).load(archive: archive)
                #expect(loaded.map(\.name) == names.map(\.description))
                #expect(try await bench.store(form.rawValue).check().isClean)
            }
            let copied = try Workbench.run(
                RegistryFixture.skopeo,
                [
                    "--insecure-policy", "copy", "docker-archive:\(path)/docker-archive.tar:\(names[1])",
                    "dir:\(path)/dir",
                ])
            #expect(copied.code == 0, "\(copied.text)")
            if Files.exists("/usr/bin/podman") {
                let loaded = try Workbench.run(
                    "/usr/bin/podman",
                    [
                        "--root", "\(path)/podman", "--runroot", "\(path)/podman-run", "--storage-driver", "vfs",
                        "load",
                        "-i", "\(path)/docker-archive.tar",
                    ])
                #expect(loaded.code == 0 && loaded.text.contains("/app:2"), "\(loaded.text)")
            }
            await #expect(throws: ImageError.self) { try await store.save(["absent"], to: "\(path)/none.tar") }
            #expect(!Files.exists("\(path)/none.tar"))
        }
    }
}
