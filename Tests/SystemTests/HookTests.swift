import Testing

@Suite("Lifecycle hooks", .asRoot, .reported)
struct HookTests {
    static func compose(_ change: String = "true", save: String = "true") -> String {
        """
        services:
          web:
            image: \(busybox())
            command: [sleep, "1000000"]
            user: "65534"
            volumes: [data:/data]
            post_start:
              - {command: [sh, -c, "chmod 777 /data; id -u >/data/first; pwd >>/data/first"], user: root, working_dir: /tmp}
              - {command: [sh, -c, "echo $$(id -u) $$WORD >/data/second; \(change)"], environment: {WORD: said}}
            pre_stop: [{command: [sh, -c, "echo stopped >>/data/stops; \(save)"]}]
        volumes: {data: }
        """
    }

    @Test("post_start comes before up is through, pre_stop before a command stops; a restart has both, a policy none")
    func run() async throws {
        try await onHost { host in
            try await host.up(compose: Self.compose() + "\n")
            let seen = try await host.inside("web", "cat /data/first /data/second; ls /data")
            #expect(seen == "0\n/tmp\n65534 said\nfirst\nsecond")
            _ = try await host.inside("web", "rm /data/first")
            try await host.roost("restart").succeeds()
            #expect(try await host.inside("web", "ls /data; cat /data/stops") == "first\nsecond\nstops\nstopped")
            try await host.roost("kill").succeeds()
            try await host.roost("start").succeeds()
            #expect(try await host.inside("web", "cat /data/stops") == "stopped", "who kills asks nobody")
            try await host.roost("down", "-v").succeeds()
        }
    }

    @Test("A hook that fails is told with its output: up fails, and what can't be stopped well goes on")
    func failures() async throws {
        try await onHost { host in
            try host.compose(Self.compose("echo no schema >&2; exit 3", save: "echo not saved; exit 4"))
            try await host.roost("up", "-d").ends(with: 1)
                .fails(saying: "web hook exited with status 3 (post_start[1]: ", "no schema")
            try await host.roost("down").ends(with: 1).fails(saying: "web hook exited with status 4", "not saved")
            #expect(try await host.containers().map(\.State) == ["running"])
            try await host.roost("down", "-t", "0").succeeds()
            try host.compose(Self.compose("echo >/data/hangs; sleep 1000000"))
            let up = try host.start(roost: ["up", "-d"])
            try await eventually("the new hook runs") {
                _ = try await host.inside("web", "ls /data/hangs")
                return true
            }
            try await host.roost("stop").succeeds()
            try await up.outcome().fails(saying: "gave way to `stop")
        }
    }
}
