import Glibc
import Kernel
import OCI
import Testing

@testable import Images

@Suite(.enabled(if: Workbench.isRoot, "layers are unpacked with root's rights"))
struct StoreTests {
    private let bench: Workbench

    init() throws {
        bench = try Workbench()
    }

    private func layout(_ tags: [String]) throws -> LayoutFixture {
        var layout = try LayoutFixture("\(bench.path)/layout")
        for tag in tags { try layout.add([LayerFixture.base, LayerFixture.files(["tag": tag])], tag: tag) }
        return layout
    }

    private func source(_ text: String) throws -> ImageSource {
        try ImageSource(parsing: text)
    }

    @Test func opensALayoutAndKeepsItsImage() async throws {
        let layout = try layout(["1", "2"])
        let store = try bench.store()
        let source = try source("oci:\(layout.path):2")
        let image = try await store.open(source)
        #expect(image.name == "oci:\(layout.path):2" && image.layers.count == 2)
        #expect(try bench.text("tag", in: image.layers[0]) == "2")
        #expect(try await store.open(source) == image)
        try Workbench.run("/bin/rm", ["-r", layout.path])
        #expect(try await bench.store().open(source) == image)
    }

    @Test func followsALayoutThatChanges() async throws {
        var layout = try layout(["1"])
        let store = try bench.store()
        let source = try source("oci:\(layout.path)")
        let before = try await store.open(source)
        layout = try LayoutFixture(layout.path)
        try layout.add([LayerFixture.top], tag: "1")
        let after = try await store.open(source)
        #expect(after.layers.count == 1 && after.manifestDigest != before.manifestDigest)
        #expect(try store.list() == [after])
    }

    @Test(arguments: [false, true])
    func looksIntoASourceWithoutBringingItIn(_ isArchive: Bool) async throws {
        var layout = try layout(["1"])
        let store = try bench.store()
        let archive = "\(bench.path)/layout.tar"
        let source = try source(isArchive ? "oci-archive:\(archive)" : "oci:\(layout.path)")
        func pack() throws {
            if isArchive { try Workbench.run("/bin/tar", ["-cf", archive, "-C", layout.path, "."]) }
        }
        try pack()
        let found = try await store.identify(source)
        #expect(try store.list().isEmpty)
        let image = try await store.open(source)
        #expect(image.id == found.id && image.root == found.root)
        layout = try LayoutFixture(layout.path)
        try layout.add([LayerFixture.top], tag: "1")
        try pack()
        let changed = try await store.identify(source)
        #expect(changed.id != image.id)
        #expect(try store.list() == [image])
        _ = try await store.open(source)
        try Workbench.run("/bin/rm", ["-r", layout.path, archive])
        #expect(try await store.identify(source).id == changed.id)
    }

    @Test(arguments: [
        ("oci:LAYOUT", "it has no single image, so name one with :TAG; it has 1, 2"),
        ("oci:LAYOUT:3", "it has no image \"3\"; it has 1, 2"),
        ("oci:LAYOUT/nowhere", "no such file or directory"),
        ("oci-archive:LAYOUT/oci-layout", "can't be unpacked: the archive can't be read"),
        ("oci-archive:LAYOUT/nowhere.tar", "no such file or directory"),
    ])
    func saysWhatIsWrongWithASource(_ text: String, _ reason: String) async throws {
        let layout = try layout(["1", "2"])
        let store = try bench.store()
        let path = "\(layout.path)"
        var parts = text.split(separator: "LAYOUT", omittingEmptySubsequences: false).map(String.init)
        parts.insert(path, at: 1)
        let source = try source(parts.joined())
        do {
            _ = try await store.open(source)
            Issue.record("nothing failed")
        } catch {
            #expect("\(error)".contains(reason), "\(error)")
            #expect(!"\(error)".contains("\n"))
        }
    }

    @Test(
        .enabled(if: RegistryFixture.isInstalled, "skopeo is needed"),
        arguments: [
            ("docker-archive", "team/app:1", "", "docker.io/team/app:1"),
            ("docker-archive", "team/app:1", "gzip", "docker.io/team/app:1"),
            ("docker-archive", "team/app:1", "xz", "docker.io/team/app:1"),
            ("oci-archive", "team/app:1", "", "docker.io/team/app:1"),
            ("oci-archive", "team/app:1", "zstd", "docker.io/team/app:1"),
            ("oci-archive", "1.36", "", "docker.io/library/saved:1.36"),
            ("oci-archive", "", "", "docker.io/library/saved:latest"),
        ])
    func loadsArchives(_ form: String, _ tag: String, _ compression: String, _ name: String) async throws {
        let layout = try layout(["1"])
        var path = "\(bench.path)/saved.tar"
        let suffix = tag.isEmpty ? "" : ":\(tag)"
        let copied = try Workbench.run(
            RegistryFixture.skopeo, ["--insecure-policy", "copy", "oci:\(layout.path):1", "\(form):\(path)\(suffix)"])
        try #require(copied.code == 0, "\(copied.text)")
        if !compression.isEmpty {
            try #require(try Workbench.run("/bin/sh", ["-c", "\(compression) -q -c \(path) >\(path).z"]).code == 0)
            path += ".z"
        }
        let store = try bench.store()
        let images = try await store.load(archive: path)
        #expect(images.map(\.name) == [name])
        let image = try #require(images.first)
        #expect(try bench.text("tag", in: image.layers[0]) == "1")
        #expect(image.configuration.config.command == ["/bin/sh"])
        #expect(try store.resolve(.registry(Reference(parsing: name))) == image)
        let opened = try await store.open(source("\(form):\(path)\(suffix)"))
        #expect(opened.layers == image.layers)
        try Files.remove(path)
        #expect(try await store.open(source("\(form):\(path)\(suffix)")) == opened)
    }

    private var forced: RemovalOptions {
        var options = RemovalOptions()
        options.force = true
        return options
    }

    @Test func removesWhatNobodyNeeds() async throws {
        let layout = try layout(["1", "2"])
        let store = try bench.store()
        let one = try await store.open(source("oci:\(layout.path):1"))
        let two = try await store.open(source("oci:\(layout.path):2"))
        // A container that runs keeps the layers, and an image without a name.
        let use = ImageUse(container: "c0ffee", image: one.id, isRunning: false)
        await #expect(throws: ImageError.self) { try await store.remove(one.name, inUse: [use]) }
        let untagged = try await store.remove(one.name, options: forced, inUse: [use])
        #expect(untagged.lines.map(\.description) == ["Untagged: \(one.name)", "Deleted: \(one.id)"])
        #expect(Files.exists(one.layers[0].path))
        await #expect(throws: ImageError.self) { try await store.remove(one.name) }
        #expect(try await store.prune().freed > 0)
        #expect(!Files.exists(one.layers[0].path) && Files.exists(one.layers[1].path))
        #expect(try store.list() == [two])
        #expect(try await store.remove(two.name).lines.count == 4)
        let left = try Workbench.run("/usr/bin/find", ["\(bench.path)/root", "-type", "f", "-path", "*sha256*"])
        #expect(left.text.split(separator: "\n").allSatisfy { $0.contains("/locks/") })
    }

    @Test func repairsWhatIsBroken() async throws {
        let layout = try layout(["1"])
        let source = try source("oci:\(layout.path):1")
        let image = try await bench.store().open(source)
        let damages = [
            "rm -r \(image.layers[0].path)", "echo >\(bench.path)/root/images/blobs/sha256/\(image.id.hex)",
            "rm \(bench.path)/root/images/blobs/sha256/\(image.manifestDigest.hex)",
        ]
        for damage in damages {
            try #require(try Workbench.run("/bin/sh", ["-c", damage]).code == 0)
            let store = try bench.store()
            #expect(try store.resolve(source) == nil, "\(damage)")
            #expect(try await store.open(source) == image, "\(damage)")
        }
    }

    @Test func removesWhatAKilledProcessLeft() async throws {
        _ = try bench.store()
        let temporary = "\(bench.path)/root/tmp"
        let deep = "\(temporary)/left/" + (0..<200).map { "d\($0)/" }.joined()
        try Files.makeDirectories(deep)
        try Files.replace("\(deep)/file", with: [1])
        let held = try Workspace.make(in: temporary)
        try Files.makeDirectories("\(held.path)/layer")
        _ = try bench.store()
        #expect(!Files.exists("\(temporary)/left"))
        #expect(Files.exists("\(held.path)/layer"))
    }

    @Test func saysThatTheDiskIsFull() async throws {
        var layout = try LayoutFixture("\(bench.path)/layout")
        let large = LayerFixture.files(["large": String(repeating: "x", count: 3 << 20)])
        try layout.add([large], tag: "1")
        let script = """
            mount -t tmpfs -o size=SIZE tmpfs "$1" && exec "$2" tree "$1" <"$3"
            """
        let target = "\(bench.path)/full"
        try Files.makeDirectories(target)
        try Files.replace("\(bench.path)/large.tar", with: large)
        let small = script.replacing("SIZE", with: "1m")
        let output = try Workbench.run(
            "/usr/bin/unshare",
            ["-m", "/bin/sh", "-c", small, "sh", target, Workbench.layerExecutable, "\(bench.path)/large.tar"])
        #expect(output.code == 3 && output.text.contains("No space left on device"), "\(output)")
        let error = KernelError("write", "/somewhere", errno: ENOSPC).about("redis:7")
        #expect(
            error.description
                == "redis:7: no space is left on the disk that holds /somewhere; free some and try again")
    }

    @Test func saysThatTheUnpackerIsMissing() async throws {
        let layout = try layout(["1"])
        let store = try ImageStore(root: "\(bench.path)/root", layerExecutable: "/nowhere/roost-layer")
        do {
            _ = try await store.open(source("oci:\(layout.path):1"))
            Issue.record("nothing failed")
        } catch {
            #expect("\(error)".contains("start /nowhere/roost-layer: no such file or directory; roost-layer belongs"))
        }
    }
}
