import Glibc
import Images
import Kernel
import OCI
import Testing

@testable import Containers

/// Layers are mounted for whom they are held, and for nobody else. The mounts are below a directory of the test's own.
@Suite(.enabled(if: geteuid() == 0 && Files.exists("/usr/bin/mkfs.erofs"), "needs root and erofs-utils"))
struct LayerMountsTests {
    private let root: String
    private let layers: [StoredLayer]

    init() throws {
        root = "/tmp/roost-layers-\(String(UInt64.random(in: .min ... .max), radix: 36))"
        var layers: [StoredLayer] = []
        try Files.makeDirectories("\(root)/layers/sha256")
        for letter in ["a", "b"] {
            let path = "\(root)/layers/sha256/\(String(repeating: letter, count: 64)).erofs"
            try Files.makeDirectories("\(root)/\(letter)")
            try Files.replace("\(root)/\(letter)/name", with: Array(letter.utf8))
            var spawn = Spawn("/usr/bin/mkfs.erofs", ["mkfs.erofs", "--quiet", path, "\(root)/\(letter)"])
            spawn.standardStreams = (nil, nil, nil)
            let process = try ProcessDescriptor(pid: try spawn.start())
            _ = try process.reap(blocking: true)
            layers.append(try #require(StoredLayer(path: path)))
        }
        self.layers = layers
    }

    private func clear() throws { try Directory.remove(root) }

    @Test func layersAreMountedOnceAndUntilNobodyNeedsThem() async throws {
        defer { try? clear() }  // What a failed test leaves is in /tmp.
        let mounts = LayerMounts(runRoot: root + "/run")
        let places = try await mounts.hold(layers, for: "one")
        #expect(try places.map { try Files.readText($0 + "/name") } == ["a", "b"])
        let again = try await mounts.hold([layers[1]], for: "two")
        #expect(again == [places[1]])
        await mounts.release("one")
        #expect(!Files.exists(places[0]) && Files.exists(places[1] + "/name"))
        await mounts.release("two")
        #expect(!Files.exists(root + "/run/layers"))
    }

    @Test func theNextSupervisorUsesOrRemovesWhatIsMounted() async throws {
        defer { try? clear() }  // As above.
        let places = try await LayerMounts(runRoot: root + "/run").hold(layers, for: "gone")
        let next = LayerMounts(runRoot: root + "/run")
        try await next.hold([layers[0]], for: "one")
        try await next.removeUnneeded()
        #expect(Files.exists(places[0] + "/name") && !Files.exists(places[1]))
        await next.release("one")
        #expect(!Files.exists(root + "/run/layers"))
    }

    @Test func aMissingLayerSaysWhatToDo() async throws {
        defer { try? clear() }  // As above.
        try Files.remove(layers[1].path)
        let mounts = LayerMounts(runRoot: root + "/run")
        let error = await #expect(throws: ContainerError.self) { try await mounts.hold(layers, for: "one") }
        #expect("\(try #require(error))".contains("`roost pull` brings it again"))
        #expect(!Files.exists(root + "/run/layers/sha256/\(layers[0].diffID.hex)"))
    }

    @Test(.enabled(if: Files.exists("/dev/loop-control"), "needs loop devices"))
    func aLoopDeviceDoesWhereFilesCantBeMounted() throws {
        defer { try? clear() }  // As above.
        let file = try OwnedDescriptor(open: layers[0].path)
        let mount = try DetachedMount(loop: file, layers[0].path, type: "erofs")
        let name = try OwnedDescriptor(open: "name", in: mount.descriptor.number)
        #expect(try name.readAll() == Array("a".utf8))
    }
}
