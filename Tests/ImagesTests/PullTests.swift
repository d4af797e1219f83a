import Glibc
import Images
import Kernel
import OCI
import Registries
import Synchronization
import Testing

@Suite(.enabled(if: RegistryFixture.isInstalled, "docker-registry, skopeo and root's rights are needed"), .serialized)
struct PullTests {
    private let bench: Workbench
    private let registry: RegistryFixture

    init() throws {
        bench = try Workbench()
        registry = try RegistryFixture(bench)
    }

    private func reference(_ name: String) throws -> Reference {
        try Reference(parsing: "\(registry.address)/\(name)")
    }

    private func withClient<Result>(_ body: (RegistryClient) async throws -> Result) async throws -> Result {
        let client = RegistryClient()
        do {
            let result = try await body(client)
            try await client.shutdown()
            return result
        } catch {
            try await client.shutdown()
            throw error
        }
    }

    private func failure(_ name: String, _ store: ImageStore) async throws -> String {
        do {
            let reference = try reference(name)
            _ = try await withClient { try await store.pull(reference, from: $0) }
            Issue.record("nothing failed")
            return ""
        } catch {
            return "\(error)"
        }
    }

    @Test func bringsAnImageWholeIntoTheStore() async throws {
        var layout = try LayoutFixture("\(bench.path)/layout")
        try layout.add([LayerFixture.base, LayerFixture.top], tag: "1")
        try registry.push(layout.path, "1", as: "team/app:1")
        let store = try bench.store()
        let reference = try reference("team/app:1")
        #expect(try store.resolve(.registry(reference)) == nil)
        let events = Mutex<[ImageProgress]>([])
        let image = try await withClient { client in
            try await store.pull(reference, from: client) { event in events.withLock { $0.append(event) } }
        }
        #expect(image.name == reference.description && image.configuration.config.environment == ["A=1"])
        #expect(image.layers.count == 2 && image.platform == .host)
        #expect(try bench.text("etc/extra", in: try #require(image.layers.first)) == "top\n")
        #expect(try bench.text("etc/hostname", in: try #require(image.layers.last)) == "base\n")
        #expect(events.withLock { $0.first == .resolving && $0.last == .done(manifest: image.manifestDigest) })
        #expect(try bench.store().resolve(.registry(reference)) == image)
        #expect(try store.list() == [image])
        let seen = try Workbench.run(
            RegistryFixture.skopeo, ["inspect", "--config", "oci:\(bench.path)/root/images:\(reference)"])
        #expect(seen.code == 0 && seen.text.contains("A=1"), "\(seen.text)")
        #expect(try Workbench.run("/usr/bin/find", ["\(bench.path)/root/tmp", "-mindepth", "1"]).text == "")
    }

    @Test func choosesThePlatformOfAManifestList() async throws {
        let other = Platform(os: "linux", architecture: "s390x")
        let own = Platform(os: Platform.host.os, architecture: Platform.host.architecture)
        var layout = try LayoutFixture("\(bench.path)/layout")
        try layout.add([LayerFixture.top], tag: nil, platform: other, listed: other)
        let wanted = try layout.add([LayerFixture.base], tag: nil, listed: own)
        try layout.bundle(tag: "1")
        try registry.push(layout.path, "1", as: "app:1")
        let store = try bench.store()
        let reference = try reference("app:1")
        let image = try await withClient { try await store.pull(reference, from: $0) }
        #expect(image.manifestDigest == wanted.digest)
        let elsewhere = try bench.store("other", host: Platform(os: "linux", architecture: "riscv64"))
        let text = try await failure("app:1", elsewhere)
        #expect(text.contains("there is no image for linux/riscv64, only for linux/s390x, \(own)"), "\(text)")
    }

    @Test func noticesARegistryThatLies() async throws {
        var layout = try LayoutFixture("\(bench.path)/layout")
        try layout.add([LayerFixture.base], tag: "1")
        try registry.push(layout.path, "1", as: "app:1")
        let find = "find \(registry.storage)/docker/registry/v2/blobs -name data -size +1k"
        let same = "printf x | dd of=$(\(find)) bs=1 seek=20 conv=notrunc status=none"
        #expect(try Workbench.run("/bin/sh", ["-c", same]).code == 0)
        let store = try bench.store()
        var text = try await failure("app:1", store)
        #expect(text.contains("content was corrupted or forged: expected sha256:"), "\(text)")
        #expect(try Workbench.run("/bin/sh", ["-c", "truncate -s +512 $(\(find))"]).code == 0)
        text = try await failure("app:1", store)
        #expect(text.contains("expected") && text.contains("bytes"), "\(text)")
        #expect(try store.list().isEmpty)
        let left = try Workbench.run(
            "/usr/bin/find",
            [
                "\(bench.path)/root/tmp", "\(bench.path)/root/partial", "\(bench.path)/root/layers/sha256",
                "-mindepth", "1",
            ])
        #expect(left.text == "")
    }

    @Test func noticesALayerThatIsNotWhatTheImageSays() async throws {
        var layout = try LayoutFixture("\(bench.path)/layout")
        try layout.add([LayerFixture.top], tag: "evil", diffIDs: [Digest.sha256(of: LayerFixture.base)])
        try registry.push(layout.path, "evil", as: "app:evil")
        let store = try bench.store()
        let text = try await failure("app:evil", store)
        #expect(text.contains("but the image's configuration promises"), "\(text)")
    }

    @Test func saysWhatIsMissing() async throws {
        let store = try bench.store()
        let text = try await failure("absent:1", store)
        #expect(text.hasSuffix("registry \(registry.address) has no such image; check name and tag"), "\(text)")
        registry.stop()
        let down = try await failure("absent:1", store)
        #expect(down.contains("can't be reached (connection refused)"), "\(down)")
    }

    @Test func pullsAtTheSameTimeShareTheWork() async throws {
        var layout = try LayoutFixture("\(bench.path)/layout")
        try layout.add([LayerFixture.base, LayerFixture.top], tag: "1")
        try registry.push(layout.path, "1", as: "app:1")
        try registry.push(layout.path, "1", as: "other:1")
        let reference = try reference("app:1")
        let other = try self.reference("other:1")
        let stores = [try bench.store(), try bench.store()]
        let started = Counter()
        let images = try await withClient { client in
            try await withThrowingTaskGroup(of: StoredImage.self) { group in
                for number in 0..<12 {
                    group.addTask {
                        try await stores[number % 2].pull(number % 3 == 0 ? other : reference, from: client) { event in
                            if case .unpacking = event { started.add() }
                        }
                    }
                }
                return try await group.reduce(into: Set<Digest>()) { $0.insert($1.manifestDigest) }
            }
        }
        #expect(images.count == 1 && started.value >= 2)
        #expect(try stores[0].list().map(\.name) == [reference.description, other.description].sorted())
    }

    @Test func aCancelledPullLeavesNothing() async throws {
        var layout = try LayoutFixture("\(bench.path)/layout")
        try layout.add([LayerFixture.base], tag: "1")
        try registry.push(layout.path, "1", as: "app:1")
        let store = try bench.store()
        let reference = try reference("app:1")
        try await withClient { client in
            await withThrowingTaskGroup(of: StoredImage.self) { group in
                group.addTask { try await store.pull(reference, from: client) }
                group.cancelAll()
                await #expect(throws: (any Error).self) { try await group.next() }
            }
            // Whatever the cancelled one was doing, the next one works.
            let image = try await store.pull(reference, from: client)
            #expect(image.layers.count == 1)
        }
    }
}
