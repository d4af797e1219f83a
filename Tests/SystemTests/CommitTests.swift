import Testing

@Suite("Images of containers", .asRoot, .reported)
struct CommitTests {
    @Test("commit makes an image of what a container has written and of how it was started, changed as asked")
    func commit() async throws {
        try await onHost { host in
            let base = busybox()
            try await host.up(
                compose: """
                    services:
                      web: {image: "\(base)", command: [sleep, "1000000"], environment: {A: one}, volumes: [/kept]}
                    """)
            _ = try await host.inside(
                "web", "echo mine >/own; rm /bin/cal; echo volume >/kept/file; mkdir -p /d/e; chmod 700 /d/e")
            try await host.roost("commit", "-a", "Ann", "-m", "as it is", "web", "made:one").succeeds()
                .says("Container \(host.name)-web-1 Committed as made:one")
            try await host.roost(
                "commit", "--pause=false", "-c", "CMD [\"sleep\", \"1000001\"]", "--change=ENV B=$A-two", "web",
                "made:two"
            ).succeeds()
            #expect(try await host.containers().map(\.State) == ["running"])
            let seen = try await host.roost("image", "inspect", "made:one").succeeds().output
            for part in ["\"Ann\"", "\"A=one\"", "\"/kept\""] { #expect(seen.contains(part), "\(part): \(seen)") }
            #expect(!seen.contains("com.docker.compose"))
            try await host.roost("image", "history", "made:one").succeeds().says("as it is")
            try await host.roost("commit", "-c", "RUN true", "web").fails(saying: "run is not a valid change command")
            try await host.roost("stop", "-t", "0").succeeds()
            try await host.roost("commit", "web").succeeds().says("Committed as sha256:")
            try await host.up(
                compose: """
                    services:
                      web: {image: "made:two", pull_policy: never}
                      fresh: {image: "made:two", pull_policy: never}
                    """)
            let look =
                "cat /own; ls /bin/cal 2>/dev/null; stat -c %a /d/e; echo $B; tr '\\0' ' ' </proc/1/cmdline"
            let found = try await host.inside("web", look)
            #expect(found == "mine\n700\none-two\nsleep 1000001 ")
            // What an image has at a volume's place comes into a new volume.
            #expect(try await host.inside("fresh", "cat /own; ls /kept") == "mine", "volumes stay out of the image")
        }
    }
}
