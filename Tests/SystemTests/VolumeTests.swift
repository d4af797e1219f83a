import Glibc
import Testing

@Suite("Volumes and containers by hand", .asRoot, .reported)
struct VolumeTests {
    @Test("Volumes are made, listed, shown and removed as by Docker, and one that is used stays")
    func volumes() async throws {
        try await onHost { host in
            try await host.roost("volume", "create", "--label", "a=b", "mine").succeeds().says("mine\n")
            try await host.roost("volume", "create", "mine").succeeds()
            let anonymous = try await host.roost("volume", "create").succeeds().lines[0]
            try await host.up(
                compose: """
                    services: {web: {image: "\(busybox())", command: [sleep, "1000000"], volumes: [mine:/m]}}
                    volumes: {mine: {external: true, name: mine}}
                    """)
            #expect(try await host.roost("volume", "ls", "-q").succeeds().lines == [anonymous, "mine"].sorted())
            let free = try await host.roost("volume", "ls", "--filter", "dangling=true", "--format", "{{.Name}}")
            #expect(free.lines == [anonymous])
            let shown = try await host.roost("volume", "inspect", "-f", "{{.Labels.a}} {{.Driver}}", "mine", "none")
            #expect(shown.status == 1 && shown.output == "b local\n")
            shown.says("get none: no such volume")
            try await host.roost("volume", "rm", "mine").fails(saying: "remove mine: volume is in use - [")
            try await host.roost("volume", "prune", "-f").succeeds().says("Deleted Volumes:", anonymous, "reclaimed")
            try await host.roost("down", "-v").succeeds()
            try await host.roost("volume", "rm", "mine").succeeds().says("mine")
            #expect(try await host.roost("volume", "ls", "-q").succeeds().output == "")
        }
    }

    @Test("A container gets another name and other limits while it runs, and tells what isn't as its image has it")
    func containers() async throws {
        try await onHost { host in
            try await host.up(
                compose: """
                    services:
                      web: {image: "\(busybox())", command: [sleep, "1000000"], mem_limit: 64m}
                      other: {image: "\(busybox())", command: [sleep, "1000000"]}
                    """)
            let name = "\(host.name)-web-1"
            _ = try await host.inside("web", "echo x >/new; rm /bin/cal")
            let changes = try await host.roost("diff", name).succeeds().lines
            for change in ["A /new", "C /bin", "D /bin/cal"] { #expect(changes.contains(change), "\(changes)") }
            try await host.roost("rename", name, "\(host.name)-other-1").fails(saying: "is already in use")
            try await host.roost("rename", name, "called").succeeds()
            let answer = try await host.inside("other", "nslookup called 2>&1; true")
            #expect(answer.contains("Name:"), "\(answer)")
            try await host.roost("update", "--restart", "always", "--memory", "96m", "called").succeeds().says("called")
            let seen = try await host.roost(
                "inspect", "-f", "{{.HostConfig.RestartPolicy.Name}} {{.HostConfig.Memory}}", "called")
            #expect(seen.output == "always \(96 << 20)\n")
            try await host.roost("update", "called").fails(saying: "you must provide one or more flags")
        }
    }
}
