import Foundation
import Glibc
import Testing

/// `roost image …` and its relatives, with a real registry. What the store does is tested beside it; here it is what the
/// commands make of it.
@Suite("Image commands", .asRoot, .reported, .with("docker-registry"))
struct ImageCommandTests {
    static let box = "127.0.0.1:5000/tools/box:v1"

    /// A host whose registry has the small image under a name.
    func withRegistry(_ scenario: (Host) async throws -> Void) async throws {
        try await onHost { host in
            try await host.startRegistry()
            _ = try await host.push("latest", "tools/box:v1")
            try await scenario(host)
        }
    }

    @Test("An image is pulled, listed, inspected, tagged and removed, in Docker's words")
    func life() async throws {
        try await withRegistry { host in
            let pulled = try await host.roost("image", "pull", Self.box).succeeds()
            #expect(pulled.lines.last == Self.box)
            #expect(pulled.lines.first?.hasPrefix("Digest: sha256:") == true)
            pulled.says("Pull complete", "Status: Downloaded newer image for \(Self.box)")
            try await host.roost("image", "pull", Self.box).succeeds().says(
                "Status: Image is up to date for \(Self.box)")
            #expect(try await host.roost("image", "pull", "-q", Self.box).succeeds().text == Self.box + "\n")
            let list = try await host.roost("image", "ls").succeeds()
            #expect(
                list.lines.first?.split(separator: " ").joined(separator: " ") == "REPOSITORY TAG IMAGE ID CREATED SIZE"
            )
            #expect(list.lines.last?.hasPrefix("127.0.0.1:5000/tools/box") == true)
            try await host.roost("tag", Self.box, "mine:v2").succeeds()
            #expect(try await host.roost("images", "-q").succeeds().lines.count == 1, "two names of one image")
            #expect(
                try await host.roost("image", "ls", "--format", "json", "mine").succeeds().jsonLines().map(\.Tag.string)
                    == ["v2"])
            let document = try await host.roost("image", "inspect", "mine:v2").succeeds().json()[0]
            #expect(Set(document.RepoTags.strings) == [Self.box, "mine:v2"])
            #expect(document.Id.string?.hasPrefix("sha256:") == true)
            try await host.roost("history", "mine:v2").succeeds().says("CREATED BY", "scripts/make-images")
            try await host.roost("rmi", Self.box).succeeds().says("Untagged: \(Self.box)")
            let gone = try await host.roost("image", "rm", "mine:v2", "nowhere").ends(with: 1)
            gone.says("Untagged: mine:v2", "Deleted: sha256:", "nowhere")
            #expect(try await host.roost("image", "ls", "-q").succeeds().text.isEmpty)
            try await eventually("the supervisor left") { try await host.processes("roost-supervisor ").isEmpty }
        }
    }

    @Test(
        "Progress is told as plain lines, as JSON, not at all, or with a bar a layer",
        arguments: ["plain", "json", "quiet", "tty"])
    func progress(kind: String) async throws {
        try await withRegistry { host in
            let pull = try await host.roost("--progress", kind, "image", "pull", Self.box).succeeds()
            switch kind {
            case "plain": #expect(pull.errors.contains("Downloading\n") && !pull.errors.contains("\u{1B}"))
            case "json":
                let lines = try pull.errors.split(separator: "\n").map { try JSON(String($0)) }
                #expect(lines.contains { $0.parent_id.string == "Image \(Self.box)" })
                #expect(lines.last?.status.string == "Done")
            case "quiet": #expect(pull.errors.isEmpty)
            default: pull.says("[+] pull 1/1", "Pulled")
            }
        }
    }

    @Test("What a container uses is neither removed nor pruned; afterwards it is, and the disk has its space again")
    func inUse() async throws {
        try await withRegistry { host in
            let empty = try await host.blocks()
            try host.compose(ImageTests.service(Self.box))
            try await host.roost("pull").succeeds()
            try await host.up()
            try await host.roost("image", "rm", Self.box).fails(saying: "conflict", "is using its referenced image")
            #expect(
                try await host.roost("image", "prune", "-a", "-f").succeeds().output == "Total reclaimed space: 0B\n")
            #expect(try await host.inside("it", "cat /var/www/index.html") == "busybox")
            try await host.roost("stop", "-t", "0").succeeds()
            #expect(
                try await host.roost("image", "prune", "-a", "-f").succeeds().output == "Total reclaimed space: 0B\n")
            try await host.roost("start").succeeds()
            try await host.roost("down", "-t", "0").succeeds()
            let asked = try await host.roost("image", "prune", "-a", input: "n\n").succeeds()
            asked.says("WARNING!", "[y/N]")
            #expect(try await !host.roost("image", "ls", "-q").succeeds().output.isEmpty)
            try await host.roost("image", "prune", "-a", "--force").succeeds().says(
                "untagged: \(Self.box)", "deleted: sha256:")
            // What stays are directories and empty files.
            #expect(try await host.blocks() - empty < 256)
        }
    }

    @Test("system df counts images, containers and volumes; system prune takes what nothing uses")
    func system() async throws {
        try await withRegistry { host in
            try host.compose(
                ImageTests.service(Self.box, "    volumes: [data:/data, /anonymous]\nvolumes: {data: {}}\n"))
            try await host.up()
            let rows = try await host.roost("system", "df", "--format", "json").succeeds().jsonLines()
            #expect(rows.map(\.`Type`.string) == ["Images", "Containers", "Local Volumes", "Build Cache"])
            #expect(rows.map(\.TotalCount.string) == ["1", "1", "2", "0"])
            #expect(rows.map(\.Active.string) == ["1", "1", "2", "0"])
            let found = try await host.roost("inspect", Self.box).succeeds().json()[0].RepoTags.strings
            #expect(found == [Self.box], "inspect finds images, too")
            let details = try await host.roost("system", "df", "-v", "--format", "json").succeeds().json()
            #expect(details.Images[0].Repository.string == "127.0.0.1:5000/tools/box")
            #expect(details.Containers[0].State.string != nil && details.Volumes[0].Name.string != nil)
            try await host.roost("system", "df", "-v").succeeds().says(
                "UNIQUE SIZE", "\(host.name)-it-1", "\(host.name)_data")
            try await host.roost("system", "prune", "-a", "-f", "--volumes").succeeds()
            #expect(try await host.states() == ["it-1": "running"], "what runs stays")
            try await host.roost("stop", "-t", "0").succeeds()
            let pruned = try await host.roost("system", "prune", "-a", "-f", "--volumes").succeeds()
            pruned.says(
                "Deleted Containers:", "Deleted Networks:", "Deleted Volumes:", "Deleted Images:", "Total reclaimed")
            #expect(try await host.containers().isEmpty)
            let left = try await host.roost("system", "df", "--format", "json").succeeds().jsonLines()
            #expect(left.map(\.TotalCount.string) == ["0", "0", "1", "0"], "a named volume is somebody's data")
        }
    }

    @Test("roost lock pins what the tags stand for, and commands keep to it when a tag moves")
    func lock() async throws {
        try await withRegistry { host in
            try host.compose(ImageTests.service(Self.box))
            try await host.roost("lock").succeeds().says("compose.lock.yaml", "1 image pinned")
            let lock = try host.read("compose.lock.yaml")
            #expect(lock.contains("\(Self.box)@sha256:"))
            #expect(try await host.roost("lock", "-o", "-").succeeds().output == lock)
            #expect(try await host.roost("config", "--lock-image-digests").succeeds().output == lock)
            _ = try await host.push("layers", "tools/box:v1")
            let files = ["-f", "compose.yaml", "-f", "compose.lock.yaml"]
            try await host.start(roost: files + ["up", "-d", "--pull", "always"]).outcome().succeeds()
            #expect(try await host.inside("it", "ls -d /layers 2>/dev/null || echo old") == "old")
        }
    }

    @Test("A bundle brings files and images to a host without a network, and lies about nothing")
    func bundle() async throws {
        try await withRegistry { host in
            try host.write("more/extra.env", "FROM_FILE=yes\n")
            try host.write("page.conf", "a config\n")
            try host.write("key", "a secret\n")
            try host.compose(
                ImageTests.service(
                    Self.box,
                    """
                        env_file: [more/extra.env]
                        configs: [page]
                        secrets: [key]
                    configs: {page: {file: ./page.conf}}
                    secrets: {key: {file: ./key}}

                    """))
            try await host.roost("bundle", "save", "../stack.tar").succeeds().says("the secret", "--with-secrets")
            try await host.roost("bundle", "save", "--with-secrets", "../whole.tar").succeeds()
            try await host.stopRegistry()
            let other = host.second
            let list = try await host.shell("tar -tf ../stack.tar").succeeds()
            #expect(list.lines.first == "roost/bundle.json" && !list.lines.contains { $0.hasSuffix("/key") })
            let load = try await host.roost("bundle", "load", "../whole.tar", "there", environment: other).succeeds()
            load.says("Loaded image: \(Self.box)", "Restored 4 files")
            #expect(try host.read("there/more/extra.env") == "FROM_FILE=yes\n")
            #expect(try host.read("there/key") == "a secret\n")
            try await host.roost("image", "inspect", Self.box, environment: other).succeeds()
            try await host.roost("bundle", "load", "../whole.tar", "there", environment: other)
                .fails(saying: "there already", "--force")
            try await host.roost("bundle", "load", "--force", "../whole.tar", "there", environment: other).succeeds()
            // One byte of a file is another one.
            try await host.shell("sed 's/a config/b config/' ../whole.tar >../forged.tar").succeeds()
            try await host.roost("bundle", "load", "../forged.tar", "elsewhere", environment: other)
                .fails(saying: "page.conf", "corrupted or forged")
            #expect(try await host.shell("test -e elsewhere/page.conf").status == 1)
            try await host.roost("bundle", "load", "compose.yaml").fails(saying: "compose.yaml", "tar")
        }
    }

    @Test("What refers to an image is listed, and an artifact is no image", .with("curl"))
    func referrers() async throws {
        try await withRegistry { host in
            #expect(try await host.roost("image", "referrers", "-q", Self.box).succeeds().text.isEmpty)
            try await host.roost("image", "referrers", "127.0.0.1:5000/tools/none").fails(saying: "tools/none")
            // A registry without a list of its own has one under a tag (distribution specification, "referrers tag
            // schema").
            let script = """
                set -e; cd "$(mktemp -d)"; registry=http://127.0.0.1:5000/v2/tools/box
                digest() { sha256sum "$1" | cut -d' ' -f1; }
                type=application/vnd.oci.image.manifest.v1+json
                curl -fsS -H "Accept: $type" $registry/manifests/v1 >subject
                printf '{}' >config
                place=$(curl -fsSi -X POST $registry/blobs/uploads/ | tr -d '\\r' | sed -n 's/^Location: //Ip')
                curl -fsS -X PUT --data-binary @config -H 'Content-Type: application/octet-stream' \
                    "$place&digest=sha256:$(digest config)"
                printf '{"schemaVersion":2,"mediaType":"%s","artifactType":"application/spdx+json","config":%s,"layers":[]}' \
                    $type '{"mediaType":"application/vnd.oci.empty.v1+json","digest":"sha256:'$(digest config)'","size":2}' \
                    >artifact
                curl -fsS -X PUT --data-binary @artifact -H "Content-Type: $type" $registry/manifests/note
                printf '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[%s]}' \
                    '{"mediaType":"'$type'","artifactType":"application/spdx+json","digest":"sha256:'$(digest artifact)'",'\
                '"size":'$(stat -c %s artifact)'}' >index
                curl -fsS -X PUT --data-binary @index -H 'Content-Type: application/vnd.oci.image.index.v1+json' \
                    $registry/manifests/sha256-$(digest subject)
                echo sha256:$(digest artifact)
                """
            let digest = try #require(try await host.shell(script).succeeds().lines.last)
            #expect(try await host.roost("image", "referrers", "-q", Self.box).succeeds().text == digest + "\n")
            try await host.roost("image", "referrers", Self.box).succeeds().says("application/spdx+json", digest)
            let lines = try await host.roost("image", "referrers", "--format", "json", Self.box).succeeds().jsonLines()
            #expect(lines.map(\.ArtifactType.string) == ["application/spdx+json"])
            try await host.roost("image", "pull", "127.0.0.1:5000/tools/box:note").fails(saying: "artifact")
        }
    }

    @Test("Other tools read a bundle's images", .with("skopeo"))
    func bundleElsewhere() async throws {
        try await withRegistry { host in
            try host.compose(ImageTests.service(Self.box))
            try await host.roost("bundle", "save", "stack.tar").succeeds()
            try await host.shell("skopeo inspect oci-archive:stack.tar:\(Self.box)").succeeds().says("Architecture")
        }
    }

    @Test("Ctrl-C ends a pull with 130 and without a trace; the next pull is right")
    func interrupt() async throws {
        try await withRegistry { host in
            let registry = try #require(try await host.processes("docker-registry serve").first)
            kill(registry, SIGSTOP)
            let pull = try host.start(roost: ["image", "pull", Self.box])
            try await eventually("the pull has begun") { pull.errors.contains("Pulling") }
            try await pull.signal(SIGINT)
            let outcome = try await pull.outcome().ends(with: 130)
            #expect(!outcome.text.contains("rror:") && !outcome.text.contains("Swift"), "\(outcome)")
            kill(registry, SIGCONT)
            try await host.roost("image", "pull", Self.box).succeeds()
        }
    }

    @Test("A hundred processes that pull one image at once fetch each blob once", .timeLimit(.minutes(15)))
    func hundred() async throws {
        try await withRegistry { host in
            let roost = join(Requirements.binaries, "roost")
            let script = """
                for i in $(seq 100); do \(roost) image pull -q \(Self.box) >pull.$i 2>&1 & done; wait
                cat pull.* | sort | uniq -c
                """
            let outcome = try await host.shell(script, within: .seconds(240)).succeeds()
            #expect(outcome.output.trimmingCharacters(in: .whitespacesAndNewlines) == "100 \(Self.box)")
            let manifest = try await host.shell(
                "curl -fsS -H 'Accept: application/vnd.oci.image.manifest.v1+json' http://127.0.0.1:5000/v2/tools/box/manifests/v1"
            ).succeeds().json()
            let digests = ([manifest.config] + manifest.layers.elements).compactMap(\.digest.string)
            #expect(digests.count >= 2)
            let requests = host.registryLog().split(separator: "\n").filter {
                $0.contains("\"GET /v2/tools/box/blobs/")
            }
            for digest in digests { #expect(requests.count { $0.contains(digest) } == 1, "\(digest)\n\(requests)") }
        }
    }

    @Test(
        "Words that make no sense are refused in one line",
        arguments: [
            (["image", "nosuch"], "nosuch"), (["image", "pull"], "requires at least 1"),
            (["image", "ls", "--format", "{{.ID}}"], "{{.ID}}"),
            (["image", "ls", "--filter", "color=red"], "color"), (["image", "pull", "UPPER"], "UPPER"),
            (["image", "tag", "one"], "requires exactly 2"), (["image", "rm", "nowhere"], "nowhere"),
            (["image", "inspect", "nowhere"], "nowhere"), (["image", "history", "nowhere"], "nowhere"),
            (["image", "pull", "--platform", "bad platform", "x"], "bad platform"), (["system", "nosuch"], "nosuch"),
            (["login", "--password-stdin"], "--username"), (["bundle", "load", "/nowhere"], "/nowhere"),
        ])
    func nonsense(arguments: [String], word: String) async throws {
        try await onHost { host in
            let outcome = try await host.start(roost: arguments).outcome()
            outcome.fails(saying: word)
            #expect(outcome.status == 1)
        }
    }
}

extension Host {
    /// Blocks of 1 KiB that the state on the disk takes.
    func blocks() async throws -> Int {
        let text = try await shell("mkdir -p \(root); du -sk \(root)").succeeds().output
        return text.split(separator: "\t").first.flatMap { Int($0) } ?? 0
    }
}
