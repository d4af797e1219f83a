import Foundation
import Testing

@Suite("Images", .asRoot, .reported)
struct ImageTests {
    static func service(_ image: String, _ more: String = "") -> String {
        "services:\n  it:\n    image: \(image)\n    command: [sleep, \"1000000\"]\n\(more)"
    }

    @Test("An image comes from an archive, loaded or named in the file", arguments: ["docker-archive", "oci-archive"])
    func load(kind: String) async throws {
        try await onHost { host in
            try await host.ship(kind, "latest", "image.tar", "example.test/tools/box:v1")
            let load = try await host.roost("load", "-i", "image.tar").succeeds()
            load.says("example.test/tools/box:v1", "Loaded")
            #expect(!load.text.contains("Pull"), "nothing is pulled from a file")
            try await host.up(compose: Self.service("example.test/tools/box:v1"))
            #expect(try await host.inside("it", "cat /var/www/index.html") == "busybox")
        }
    }

    @Test("load reads standard input too, compressed or not", arguments: ["cat", "gzip -1", "xz -0"])
    func loadInput(filter: String) async throws {
        try await onHost { host in
            try await host.ship("docker-archive", "latest", "image.tar", "box:v1")
            let roost = join(Requirements.binaries, "roost")
            try await host.shell("\(filter) <image.tar | \(roost) load").succeeds()
            try await host.up(compose: Self.service("box:v1"))
        }
    }

    @Test("oci-archive: names an archive in the stack file")
    func archiveInFile() async throws {
        try await onHost { host in
            try await host.ship("oci-archive", "latest", "image.tar", "box:v1")
            try await host.up(compose: Self.service("oci-archive:image.tar"))
            #expect(try await host.containers().count == 1)
        }
    }

    @Test("An index gives the image of this machine's platform")
    func index() async throws {
        try await onHost { host in
            try await host.up(compose: Self.service(busybox("multi")))
            #expect(try await host.inside("it", "echo $PLATFORM") == "host")
        }
    }

    /// Adds layers to a layout's image until it has a hundred; each has a file of its own, and one that all have.
    private static func hundredLayers(of layout: String) -> String {
        """
        cp -r \(layout) many && python3 - many <<'END'
        import hashlib, io, json, sys, tarfile
        blobs = sys.argv[1] + "/blobs/sha256/"
        def read(entry): return json.load(open(blobs + entry["digest"][7:]))
        def keep(data):
            digest = hashlib.sha256(data).hexdigest()
            open(blobs + digest, "wb").write(data)
            return {"digest": "sha256:" + digest, "size": len(data)}
        index = json.load(open(sys.argv[1] + "/index.json"))
        entry = next(e for e in index["manifests"]
                     if e["annotations"]["org.opencontainers.image.ref.name"] == "latest")
        manifest = read(entry)
        config = read(manifest["config"])
        config.pop("history", None)
        for number in range(len(manifest["layers"]), 100):
            stream = io.BytesIO()
            with tarfile.open(fileobj=stream, mode="w") as tar:
                for name in (f"own-{number}", "last"):
                    info = tarfile.TarInfo(name)
                    info.size = len(str(number))
                    tar.addfile(info, io.BytesIO(str(number).encode()))
            layer = keep(stream.getvalue())
            config["rootfs"]["diff_ids"].append(layer["digest"])
            manifest["layers"].append(layer | {"mediaType": "application/vnd.oci.image.layer.v1.tar"})
        manifest["config"] |= keep(json.dumps(config).encode())
        entry |= keep(json.dumps(manifest).encode())
        json.dump({"schemaVersion": 2, "manifests": [entry]}, open(sys.argv[1] + "/index.json", "w"))
        END
        """
    }

    @Test("An image of a hundred layers runs, in both forms of a layer", arguments: ["auto", "tree"])
    func hundredLayers(format: String) async throws {
        try await onHost { host in
            let layout = busybox("latest").dropFirst("oci:".count).split(separator: ":")[0]
            try await host.shell(Self.hundredLayers(of: String(layout))).succeeds()
            try host.compose(Self.service("oci:many:latest"))
            try await host.roost("--layer-format", format, "up", "-d").succeeds()
            #expect(try await host.inside("it", "ls / | grep -c own-") == "99")
            #expect(try await host.inside("it", "cat /last /own-50") == "9950")
        }
    }

    @Test("An image is pulled from a registry, once, by tag and by digest", .with("docker-registry"))
    func pull() async throws {
        try await onHost { host in
            try await host.startRegistry()
            let digest = try await host.push("latest", "tools/box:v1")
            try host.compose(Self.service("127.0.0.1:5000/tools/box:v1"))
            try await host.roost("pull").succeeds()
            try await host.up()
            let first = try await host.inspect("it").Id
            try await host.stopRegistry()
            try await host.up()
            #expect(try await host.inspect("it").Id == first, "what is here isn't asked for again")
            try await host.up(compose: Self.service("127.0.0.1:5000/tools/box@\(digest)"))
        }
    }

    @Test(
        "Pull policies: always notices a moved tag, never asks nobody, missing keeps what is here",
        .with("docker-registry"))
    func policies() async throws {
        try await onHost { host in
            try await host.startRegistry()
            _ = try await host.push("latest", "box:v1")
            try await host.up(compose: Self.service("127.0.0.1:5000/box:v1"))
            _ = try await host.push("layers", "box:v1")
            try await host.up("--pull", "missing")
            #expect(try await host.inside("it", "ls -d /layers 2>/dev/null || echo old") == "old")
            try await host.up("--pull", "always").says("it", "recreate", "image")
            #expect(try await host.inside("it", "ls -d /layers") == "/layers")
            try host.compose(Self.service("127.0.0.1:5000/box:v2"))
            try await host.roost("up", "-d", "--pull", "never").fails(saying: "127.0.0.1:5000/box:v2")
        }
    }

    @Test("A registry that lies about a digest isn't believed, and a later honest pull works", .with("docker-registry"))
    func lie() async throws {
        try await onHost { host in
            try await host.startRegistry()
            _ = try await host.push("latest", "box:v1")
            let blobs = join(host.directory, "registry/docker/registry/v2/blobs/sha256")
            let find = "find \(blobs) -name data -size +100k"
            try await host.shell("f=$(\(find)); cp $f kept; printf x | dd of=$f bs=1 seek=5000 conv=notrunc").succeeds()
            try host.compose(Self.service("127.0.0.1:5000/box:v1"))
            try await host.roost("up", "-d").fails(saying: "127.0.0.1:5000/box:v1", "sha256:")
            try await host.shell("cat kept >$(\(find))").succeeds()
            try await host.up()
        }
    }

    @Test("A blob that the layout on disk has wrong is refused with its digest")
    func corruptLayout() async throws {
        try await onHost { host in
            try await host.shell("cp -r \(join(Requirements.images, "busybox")) box").succeeds()
            try await host.shell("for f in $(find box/blobs -size +100k); do printf x >>$f; done").succeeds()
            try host.compose(Self.service("oci:box:latest"))
            try await host.roost("up", "-d").fails(saying: "sha256:")
            #expect(try await host.roost("ps", "-q").succeeds().output.isEmpty)
        }
    }

    @Test("What the container writes stays in the container, and the image is as it was")
    func ownLayer() async throws {
        try await onHost { host in
            try await host.up(compose: Self.service(busybox(), "    scale: 2\n"))
            _ = try await host.inside("it", "rm /var/www/index.html; echo new >/new")
            let second = [
                "exec", "-T", "--index", "2", "it", "sh", "-c", "cat /var/www/index.html; test -e /new || echo absent",
            ]
            #expect(try await host.start(roost: second).outcome().succeeds().output == "busybox\nabsent\n")
            try await host.up("--force-recreate")
            #expect(try await host.inside("it", "cat /var/www/index.html") == "busybox")
        }
    }
}

extension Host {
    /// Runs scripts/testing/ship with an image of the busybox layout.
    @discardableResult
    func ship(_ kind: String, _ tag: String, _ target: String...) async throws -> String {
        let program = join(Requirements.repository, "scripts/testing/ship")
        let source = "\(join(Requirements.images, "busybox")):\(tag)"
        return try await start([program, kind, source] + target).outcome().succeeds().output
    }

    /// Pushes an image of the busybox layout to the registry and returns its digest.
    func push(_ tag: String, _ name: String) async throws -> String {
        try await ship("push", tag, "127.0.0.1:5000/\(name)").trimmingCharacters(in: .newlines)
    }

    /// Starts Debian's docker-registry on this host's loopback.
    func startRegistry(more: String = "") async throws {
        let file = try write(
            join(directory, "registry.yml"),
            """
            version: 0.1
            storage: {filesystem: {rootdirectory: \(directory)/registry}, delete: {enabled: true}}
            http: {addr: "127.0.0.1:5000"}
            \(more)
            """)
        _ = try start(["sh", "-c", "exec docker-registry serve \(file) >\(directory)/registry.log 2>&1"])
        try await eventually("the registry answers") {
            // With -f, curl takes a 401 for an answer too, as 22.
            [0, 22].contains(try await shell("curl -fsS http://127.0.0.1:5000/v2/").status)
        }
    }

    /// What the registry was asked so far.
    func registryLog() -> String {
        // A log that isn't there yet has no lines yet.
        (try? read(join(directory, "registry.log"))) ?? ""
    }

    func stopRegistry() async throws {
        for process in try await processes("docker-registry serve") { try await kill(process) }
    }
}
