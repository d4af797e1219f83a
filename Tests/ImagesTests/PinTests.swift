import Kernel
import OCI
import Testing

/// `roost config` with digests, against a real registry.
@Suite(.enabled(if: RegistryFixture.isInstalled, "docker-registry, skopeo and root's rights are needed"), .serialized)
struct PinTests {
    private let bench: Workbench
    private let registry: RegistryFixture

    init() throws {
        bench = try Workbench()
        registry = try RegistryFixture(bench)
    }

    private static let zeros = "sha256:" + String(repeating: "0", count: 64)

    private func config(_ services: String, _ flags: [String]) throws -> Workbench.Output {
        let file = "\(bench.path)/compose.yaml"
        try Files.replace(file, with: Array("name: pins\nservices:\n\(services)\n".utf8))
        let program = Workbench.layerExecutable.split(separator: "/").dropLast().map { "/\($0)" }.joined() + "/roost"
        return try Workbench.run(program, ["-f", file, "config"] + flags)
    }

    private func digest() throws -> String {
        var layout = try LayoutFixture("\(bench.path)/layout")
        let digest = try layout.add([LayerFixture.base], tag: "1").digest
        try registry.push(layout.path, "1", as: "team/app:1")
        return digest.description
    }

    @Test func digestsOfTagsAreAskedFor() async throws {
        let digest = try digest()
        let name = "\(registry.address)/team/app"
        let output = try config(
            "  a: {image: \"\(name):1\"}\n  b: {image: \"\(name):2@\(Self.zeros)\"}", ["--resolve-image-digests"])
        #expect(output.code == 0)
        #expect(output.text.contains("image: \(name):1@\(digest)\n"), "\(output.text)")
        // As Docker writes it, without the tag; nobody is asked.
        #expect(output.text.contains("image: \(name)@\(Self.zeros)\n"), "\(output.text)")
    }

    @Test func aLockIsAnOverrideWithNothingElse() async throws {
        let digest = try digest()
        let name = "\(registry.address)/team/app"
        let output = try config("  a: {image: \"\(name):1\", environment: {A: 1}}", ["--lock-image-digests"])
        #expect(output.text == "services:\n  a:\n    image: \(name):1@\(digest)\n")
        #expect(output.code == 0)
    }

    @Test func whatTheRegistryDoesNotHaveIsAnError() async throws {
        let output = try config("  a: {image: \"\(registry.address)/team/none:1\"}", ["--lock-image-digests"])
        #expect(output.code == 1)
        #expect(output.text.contains("\(registry.address)/team/none:1"), "\(output.text)")
    }
}
