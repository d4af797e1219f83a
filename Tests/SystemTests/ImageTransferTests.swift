import Foundation
import Testing

/// Images on their way between stores, registries, archives and layouts.
@Suite("Images that travel", .asRoot, .reported, .with("docker-registry"))
struct ImageTransferTests {
    static let box = ImageCommandTests.box
    static let other = "127.0.0.1:5000/other/box:v2"

    func withImage(_ scenario: (Host) async throws -> Void) async throws {
        try await onHost { host in
            try await host.startRegistry()
            _ = try await host.push("layers", "tools/box:v1")
            try await host.roost("image", "pull", "-q", Self.box).succeeds()
            try await scenario(host)
        }
    }

    @Test("What is pushed is what was pulled, and other tools read it", .with("skopeo"))
    func push() async throws {
        try await withImage { host in
            try await host.roost("tag", Self.box, Self.other).succeeds()
            let pushed = try await host.roost("image", "push", Self.other).succeeds()
            #expect(pushed.lines.first == "The push refers to repository [127.0.0.1:5000/other/box]")
            #expect(pushed.lines.last?.hasPrefix("v2: digest: sha256:") == true)
            let inspect = "skopeo inspect --tls-verify=false docker://"
            let digests = try await [Self.box, Self.other].asyncMap { name in
                try await host.shell(inspect + name).succeeds().json().Digest.string
            }
            #expect(digests[0] != nil && digests[0] == digests[1])
            try await host.roost("image", "push", "-q", Self.other).succeeds()
            try await host.roost("image", "push", "127.0.0.1:5000/nowhere:v1").fails(
                saying: "127.0.0.1:5000/nowhere:v1")
        }
    }

    @Test("Podman pulls what is pushed and loads what is saved", .with("podman"))
    func podman() async throws {
        try await withImage { host in
            let id = try await host.roost("image", "ls", "-q", "--no-trunc").succeeds().output.dropFirst(
                "sha256:".count)
            try await host.roost("tag", Self.box, Self.other).succeeds()
            try await host.roost("image", "push", "-q", Self.other).succeeds()
            // Podman takes only a short path at run time; /mnt is the host's own.
            let podman =
                "podman --root $PWD/podman --runroot /mnt/podman --storage-driver vfs --cgroup-manager cgroupfs"
            try await host.shell("\(podman) pull -q --tls-verify=false \(Self.other)").succeeds().says(String(id))
            for form in ["docker-archive", "oci-archive"] {
                try await host.shell("\(podman) rmi -f \(Self.other)").succeeds()
                try await host.roost("save", "--format", form, "-o", "box.tar", Self.other).succeeds()
                try await host.shell("\(podman) load -q -i box.tar").succeeds().says("Loaded image: \(Self.other)")
                try await host.shell("\(podman) images -q --no-trunc").succeeds().says(String(id))
            }
        }
    }

    @Test("push sends the images of the services that are named")
    func pushServices() async throws {
        try await withImage { host in
            try await host.roost("tag", Self.box, Self.other).succeeds()
            try host.compose(ImageTests.service(Self.other))
            try await host.roost("push").succeeds()
            try await host.roost("image", "pull", Self.other + "x").fails(saying: Self.other)
            try await host.roost("push", "it").succeeds().says("Pushed")
            try await host.roost("push", "nowhere").fails(saying: "no such service: nowhere")
            try await host.roost("image", "pull", Self.other, environment: host.second).succeeds()
        }
    }

    @Test(
        "save and load are each other's reverse, through files and pipes", arguments: ["docker-archive", "oci-archive"])
    func saveAndLoad(form: String) async throws {
        try await withImage { host in
            let id = try await host.roost("image", "ls", "-q", "--no-trunc").succeeds().output
            try await host.roost("tag", Self.box, "second:v1").succeeds()
            try await host.roost("save", "--format", form, "-o", "both.tar", Self.box, "second:v1").succeeds()
            let fresh = host.second
            let load = try await host.roost("load", "-i", "both.tar", environment: fresh).succeeds()
            #expect(Set(load.lines) == ["Loaded image: \(Self.box)", "Loaded image: second:v1"])
            #expect(try await host.roost("image", "ls", "-q", "--no-trunc", environment: fresh).succeeds().output == id)
            let roost = join(Requirements.binaries, "roost")
            let pipe =
                "\(roost) save --format \(form) second:v1 | ROOST_ROOT=\(host.root)3 ROOST_RUN_ROOT=\(host.runRoot)3 \(roost) load -q"
            try await host.shell(pipe).succeeds().says("Loaded image: second:v1")
            try await host.roost("save", "nowhere").fails(saying: "nowhere")
        }
    }

    @Test("copy goes from anywhere to anywhere", .with("skopeo"))
    func copy() async throws {
        try await withImage { host in
            try await host.roost("image", "copy", Self.box, "docker://\(Self.other)").succeeds().says("Digest: sha256:")
            try await host.roost("image", "copy", Self.other, "oci:layout:v1").succeeds()
            try await host.shell("skopeo inspect oci:layout:v1").succeeds()
            try await host.roost("image", "copy", "oci:layout:v1", "docker-archive:box.tar:box:v9").succeeds()
            try await host.shell("skopeo inspect docker-archive:box.tar").succeeds()
            try await host.roost("image", "copy", "docker-archive:box.tar", "roost:brought:v1").succeeds()
            try await host.up(compose: ImageTests.service("brought:v1", "    pull_policy: never\n"))
            #expect(try await host.inside("it", "ls -d /layers") == "/layers")
            try await host.roost("image", "copy", "oci:nowhere", "oci:layout:v2").fails(saying: "nowhere")
        }
    }

    @Test("check finds what is wrong, and --repair puts it right or tells what to pull")
    func check() async throws {
        try await withImage { host in
            try await host.roost("image", "check").succeeds().says("Checked 1 images")
            let blobs = join(host.root, "images/blobs/sha256")
            let largest = "ls -S \(blobs)/* | head -1"
            try await host.shell("printf x | dd of=$(\(largest)) bs=1 seek=100 conv=notrunc").succeeds()
            let found = try await host.roost("image", "check", "--format", "json").ends(with: 1).json()
            #expect(found.clean.bool == false && !found.problems.elements.isEmpty)
            try await host.roost("image", "check", "--repair").ends(with: 1).says("pull")
            try await host.roost("image", "pull", Self.box).succeeds()
            try await host.roost("image", "check", "-q").succeeds()
        }
    }
}
