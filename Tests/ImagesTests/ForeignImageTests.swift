import Kernel
import OCI
import Registries
import Testing

@testable import Images

/// Images for other machines, which come in archives and go on in archives.
@Suite(.enabled(if: Workbench.isRoot, "needs root")) struct ForeignImageTests {
    private let bench: Workbench
    private let other = Platform(os: "linux", architecture: "s390x")

    init() throws { bench = try Workbench() }

    @Test(arguments: [ImageSource.ArchiveForm.oci, .docker], [true, false])
    func areLoadedAsTheyAre(_ form: ImageSource.ArchiveForm, _ isListed: Bool) async throws {
        var layout = try LayoutFixture("\(bench.path)/layout")
        try layout.add([LayerFixture.base], tag: "1", platform: other, listed: isListed ? other : nil)
        let archive = "\(bench.path)/foreign.tar"
        let first = try bench.store("first")
        let registry = RegistryClient()
        var options = CopyOptions()
        options.platform = other
        try await first.copy(
            .layout(path: layout.path, tag: "1"), to: .archive(path: archive, name: "foreign:1", form: form),
            options: options, registry: registry)
        let store = try bench.store("second")
        let loaded = try await store.load(archive: archive)
        #expect(loaded.map(\.familiarName) == ["foreign:1"] && loaded.first?.platform == other)
        #expect(try store.find("foreign:1").platform == other)
        // Who asks for another one gets an error.
        await #expect(throws: ImageError.self) {
            _ = try await store.load(archive: archive, platform: Platform(os: "linux", architecture: "mips"))
        }
        try await registry.shutdown()
    }

    /// Three hundred times the same index, in which the next one stands three hundred times, and so on.
    @Test(.timeLimit(.minutes(5))) func anIndexOfIndexesIsWalkedOnce() async throws {
        var layout = try LayoutFixture("\(bench.path)/layout")
        var entry = try layout.add([LayerFixture.base], tag: nil, platform: .host, listed: .host)
        for _ in 0..<3 {
            let index = Index(manifests: Array(repeating: entry, count: 300))
            entry = try layout.blob(try index.json(), .index)
        }
        entry.annotations = [Annotation.referenceName: "1"]
        try Files.replace("\(layout.path)/index.json", with: try Index(manifests: [entry]).json())
        let registry = RegistryClient()
        var options = CopyOptions()
        options.allPlatforms = true
        let store = try bench.store()
        let archive = "\(bench.path)/all.tar"
        try await store.copy(
            .layout(path: layout.path, tag: "1"), to: .archive(path: archive, name: "deep:1", form: .oci),
            options: options, registry: registry)
        let loaded = try await store.load(archive: archive)
        #expect(loaded.map(\.familiarName) == ["deep:1"] && loaded.first?.root == entry.digest)
        #expect(try await store.check().isClean)
        try await registry.shutdown()
    }
}
