import Foundation
import Glibc
import Testing

@Suite("Files to and from containers, and what they use", .asRoot, .reported)
struct CopyTests {
    static let stack = """
        services:
          web:
            image: \(busybox())
            command: [sleep, "1000000"]
        """

    @Test("cp carries files and trees in both directions, as Docker does")
    func bothWays() async throws {
        try await onHost { host in
            try await host.up(compose: Self.stack)
            try host.write("tree/a.txt", "one\n")
            try host.write("tree/deep/b.sh", "two\n", mode: 0o755)
            try await host.roost("cp", "tree/a.txt", "web:/tmp/renamed").succeeds()
            try await host.roost("cp", "tree/a.txt", "web:/tmp").succeeds()
            try await host.roost("cp", "tree", "web:/tmp/new").succeeds()
            try await host.roost("cp", "tree", "web:/tmp/new").succeeds()
            try await host.roost("cp", "tree/.", "web:/tmp").succeeds()
            let found = try await host.inside("web", "cd /tmp; find . -type f | sort; stat -c %a deep/b.sh")
            let expected = [
                "./a.txt", "./deep/b.sh", "./new/a.txt", "./new/deep/b.sh", "./new/tree/a.txt", "./new/tree/deep/b.sh",
                "./renamed", "755",
            ]
            #expect(found == expected.joined(separator: "\n"))
            try await host.roost("cp", "web:/tmp/new", "back").succeeds()
            #expect(try host.read("back/deep/b.sh") == "two\n")
            _ = try await host.inside("web", "cp /tmp/a.txt /tmp/root; chmod 6755 /tmp/root")
            let mode = "stat -c %a root"
            try await host.roost("cp", "web:/tmp/root", "root").succeeds()
            #expect(try await host.shell(mode).succeeds().output == "755\n", "nobody may run it as the one who copied")
            try await host.roost("cp", "-a", "web:/tmp/root", "root").succeeds()
            #expect(try await host.shell(mode).succeeds().output == "6755\n")
            try await host.roost("cp", "web:/none", "x").fails(saying: "Could not find the file /none")
            try await host.roost("cp", "tree", "web:/tmp/renamed").fails(saying: "cannot copy a directory to a file")
            try await host.roost("cp", "nobody:/x", "y").fails(saying: "no such service: nobody")
            try await host.roost("cp", "a", "b").fails(saying: "unknown copy direction")
        }
    }

    @Test("export has what a container shows but for what is mounted, whether it runs or not")
    func export() async throws {
        try await onHost { host in
            try await host.up(
                compose: Self.stack + "\n    volumes: [data:/data]\nvolumes: {data: }\n")
            _ = try await host.inside(
                "web", "echo mine >/own; echo volume >/data/file; rm /bin/cal; chmod 600 /own; ln -s /own /link")
            let look = "tar -tvf root.tar | awk '{print $1, $6, $7, $8}' | grep -E ' (own|data/|bin/(cal|sh)|link)'"
            try await host.roost("export", "-o", "root.tar", "web").succeeds()
            let running = try await host.shell(look).succeeds().output
            for part in ["-rw------- own", "link -> /own", "data/", "bin/sh"] { #expect(running.contains(part)) }
            #expect(!running.contains("data/file") && !running.contains("bin/cal"))
            #expect(try await host.shell("stat -c %a root.tar").succeeds().output == "600\n")
            try await host.roost("stop", "-t", "0").succeeds()
            let roost = join(Requirements.binaries, "roost")
            let stopped = try await host.shell("\(roost) export web >root.tar; \(look)").succeeds().output
            #expect(stopped == running)
            #expect(try await host.shell("tar -xOf root.tar own").succeeds().output == "mine\n")
            try await host.roost("export", "nobody").fails(saying: "no such service: nobody")
            try await host.roost("export", "--index", "2", "web").fails(saying: "with index 2")
            try await host.roost("export", "-o", "none/x.tar", "web").fails(saying: "none/x.tar")
        }
    }

    @Test("A container's links lead nowhere outside of it, and a tar archive goes both ways")
    func linksAndArchives() async throws {
        try await onHost { host in
            try await host.up(compose: Self.stack)
            try host.write("secret", "of the host\n")
            try host.write("own", "new\n")
            _ = try await host.inside(
                "web",
                "mkdir /d; echo in > /d/f; ln -s /etc/passwd /d/link; ln -s /../../../etc /out; echo own > /etc/own")
            try await host.roost("cp", "own", "web:/out/taken").succeeds()
            #expect(try await host.inside("web", "cat /etc/taken") == "new")
            #expect(!FileManager.default.fileExists(atPath: "/etc/taken"))
            let archive = try await host.shell(
                "\(join(Requirements.binaries, "roost")) cp web:/d - | tar -tvf - | awk '{print $1, $NF}' | sort"
            ).succeeds()
            #expect(archive.output.contains("d/f") && archive.output.contains("/etc/passwd"))
            try await host.roost("cp", "web:/d/link", "kept").succeeds()
            try await host.roost("cp", "-L", "web:/d/link", "followed").succeeds()
            #expect(try host.read("followed").hasPrefix("root:"))
        }
    }

    @Test("events tells what happens, stats what is used, and templates shape both")
    func eventsAndUsage() async throws {
        try await onHost { host in
            try await host.up(compose: Self.stack)
            try await host.roost("stop", "-t", "0").succeeds()
            try await host.roost("start").succeeds()
            let events = try await host.roost("events", "--json", "--since", "1h", "--until", "0s").succeeds()
                .jsonLines()
            #expect(events.compactMap { $0.action.string } == ["create", "start", "die", "start"])
            let usage = try await host.roost("stats", "--no-stream", "--format", "{{.Name}} {{.PIDs}}").succeeds()
            #expect(usage.lines == ["\(host.name)-web-1 1"])
            let named = try await host.roost("inspect", "-f", "{{.State.Status}}", "\(host.name)-web-1").succeeds()
            #expect(named.lines == ["running"])
            try await host.roost("ps", "--format", "{{.Nothing}}").fails(saying: "no entry for key")
        }
    }
}
