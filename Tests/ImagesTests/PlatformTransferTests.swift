import Glibc
import Images
import Kernel
import OCI
import Registries
import Testing

/// Images for several platforms on their way between stores, registries and archives.
@Suite(.enabled(if: RegistryFixture.isInstalled, "docker-registry, skopeo and root's rights are needed"), .serialized)
struct PlatformTransferTests {
    private let bench: Workbench
    private let registry: RegistryFixture
    private let other = Platform(os: "linux", architecture: "s390x")
    private let own = Platform(os: Platform.host.os, architecture: Platform.host.architecture)

    init() throws {
        bench = try Workbench()
        registry = try RegistryFixture(bench)
        var layout = try LayoutFixture("\(bench.path)/layout")
        try layout.add([LayerFixture.base, LayerFixture.top], tag: nil, platform: other, listed: other)
        try layout.add([LayerFixture.base], tag: nil, platform: own, listed: own)
        try layout.bundle(tag: "1")
        try registry.push(layout.path, "1", as: "app:1")
    }

    private func reference(_ name: String) throws -> Reference {
        try Reference(parsing: "\(registry.address)/\(name)")
    }

    private func withRegistry(_ body: (RegistryClient) async throws -> Void) async throws {
        let client = RegistryClient()
        do {
            try await body(client)
            try await client.shutdown()
        } catch {
            try await client.shutdown()
            throw error
        }
    }

    private func skopeo(_ arguments: String...) throws -> String {
        let output = try Workbench.run(RegistryFixture.skopeo, arguments)
        try #require(output.code == 0, "\(output.text)")
        return output.text
    }

    @Test func oneOfSeveralIsPushedAndSaidWhereTheOthersAreMissing() async throws {
        try await withRegistry { client in
            let store = try bench.store()
            let image = try await store.pull(try reference("app:1"), from: client)
            #expect(image.index == image.root && image.root != image.manifestDigest)
            try await store.tag(image.name, as: try reference("copies/app:1"))
            let alone = try await store.push(try reference("copies/app:1").description, to: client)
            #expect(alone.descriptor.digest == image.manifestDigest && alone.index == image.root)
            // Where the registry has the others, the index arrives whole.
            try await store.tag(image.name, as: try reference("app:2"))
            let whole = try await store.push(try reference("app:2").description, to: client)
            #expect(whole.descriptor.digest == image.root && whole.index == nil)
            var all = CopyOptions()
            all.allPlatforms = true
            await #expect {
                try await store.copy(
                    .store(image.name), to: .layout(path: "\(bench.path)/out", tag: "1"), options: all, registry: client
                )
            } throws: { "\($0)".contains("linux/s390x") && "\($0)".contains("--platform") }
        }
    }

    @Test func anIndexIsPushedWholeWhenAllOfItIsHere() async throws {
        try await withRegistry { client in
            let store = try bench.store()
            let foreign = try await store.pull(try reference("app:1"), from: client, platform: other)
            let image = try await store.pull(try reference("app:1"), from: client)
            let copy = try reference("copies/app:1")
            try await store.tag(image.name, as: copy)
            #expect(try store.resolve(.registry(copy), platform: other)?.id == foreign.id)
            // The index and the other platform's image stay with the second name.
            _ = try await store.remove(image.name)
            #expect(try await store.check().isClean)
            let pushed = try await store.push(copy.description, to: client)
            #expect(pushed.descriptor.digest == image.root && pushed.index == nil)
            let raw = try skopeo("inspect", "--raw", "--tls-verify=false", "docker://\(copy)")
            #expect(raw.contains("\(foreign.manifestDigest)") && raw.contains("\(image.manifestDigest)"))
            let one = try await store.push(copy.description, to: client, platform: other)
            #expect(one.descriptor.digest == foreign.manifestDigest && one.index == nil)
            _ = try await store.remove(copy.description)
            #expect(try Directory.names(in: "\(bench.path)/root/images/blobs/sha256").isEmpty)
            #expect(try Directory.names(in: "\(bench.path)/root/layers/sha256").isEmpty)
        }
    }

    @Test(arguments: [ImageSource.ArchiveForm.docker, .oci])
    func allPlatformsTravelInAnArchive(_ form: ImageSource.ArchiveForm) async throws {
        try await withRegistry { client in
            let store = try bench.store()
            let foreign = try await store.pull(try reference("app:1"), from: client, platform: other)
            let image = try await store.pull(try reference("app:1"), from: client)
            let archive = "\(bench.path)/all.tar"
            try await store.save([image.name], as: form, to: archive)
            let configuration = try skopeo("inspect", "--config", "--raw", "\(form.rawValue):\(archive)")
            #expect(Digest.sha256(of: Array(configuration.utf8)) == image.id)
            let second = try bench.store("second")
            #expect(try await second.load(archive: archive).map(\.id) == [image.id])
            #expect(try second.resolve(.registry(try reference("app:1")), platform: other)?.id == foreign.id)
            #expect(try await second.check().isClean)
            let pushed = try await second.push(image.name, as: try reference("from-\(form.rawValue):1"), to: client)
            #expect(pushed.descriptor.digest == image.root)
            // One platform alone is saved when it is asked for.
            try await store.save([image.name], as: form, to: archive, platform: other)
            let third = try bench.store("third", host: other)
            #expect(try await third.load(archive: archive).map(\.id) == [foreign.id])
            #expect(try third.list().count == 1)
        }
    }
}
