import Foundation
import Testing

@Suite("Stopping, starting, taking down", .asRoot, .reported)
struct LifecycleTests {
    /// A service that says goodbye on SIGTERM and ends with status 7.
    static let polite = """
        services:
          web:
            image: \(busybox())
            command: ["sh", "-c", "trap 'echo goodbye; exit 7' TERM; echo hello; while :; do sleep 0.05; done"]
        """

    @Test("Stop ends the containers with their stop signal, start brings the same ones back")
    func stopAndStart() async throws {
        try await onHost { host in
            try await host.up(compose: Self.polite)
            let before = try await host.inspect("web")
            try await eventually("its handler is set") { try await host.log("web").contains("hello") }
            try await host.roost("stop").succeeds()
            #expect(try await host.states() == ["web-1": "exited(7)"])
            #expect(try await host.log("web").contains("goodbye"))
            try await host.roost("start").succeeds()
            #expect(try await host.states() == ["web-1": "running"])
            let after = try await host.inspect("web")
            #expect(after.Id == before.Id)
            #expect(after.State.StartedAt != before.State.StartedAt)
        }
    }

    @Test("Restart keeps the container and what was written in it")
    func restart() async throws {
        try await onHost { host in
            try await host.up(compose: Self.polite)
            let before = try await host.inspect("web")
            _ = try await host.inside("web", "echo kept > /root/file")
            try await host.roost("restart", "-t", "2", "web").succeeds()
            #expect(try await host.inspect("web").Id == before.Id)
            #expect(try await host.inspect("web").State.StartedAt != before.State.StartedAt)
            #expect(try await host.inside("web", "cat /root/file") == "kept")
        }
    }

    @Test(
        "Kill sends the signal that is asked for, SIGKILL without one",
        arguments: [
            ([], "exited(137)"), (["-s", "SIGTERM"], "exited(7)"), (["--signal", "15"], "exited(7)"),
        ])
    func kill(flags: [String], state: String) async throws {
        try await onHost { host in
            try await host.up(compose: Self.polite)
            try await eventually("its handler is set") { try await host.log("web").contains("hello") }
            try await host.start(roost: ["kill"] + flags + ["web"]).outcome().succeeds()
            try await eventually("it has ended") { try await host.states() == ["web-1": state] }
        }
    }

    @Test("A container that ignores its stop signal is killed when the grace period is over")
    func grace() async throws {
        try await onHost { host in
            try await host.up(compose: Self.polite.replacing("'echo goodbye; exit 7'", with: "''"))
            try await eventually("its handler is set") { try await host.log("web").contains("hello") }
            try await host.roost("stop", "-t", "1").succeeds()
            #expect(try await host.states() == ["web-1": "exited(137)"])
        }
    }

    @Test("A process that shows no handler has the whole grace period to finish what it is at")
    func unheardSignal() async throws {
        try await onHost { host in
            try await host.up(
                compose: "services:\n  web: {image: '\(busybox())', command: [sleep, \"2\"], stop_grace_period: 30s}\n")
            try await host.roost("stop").succeeds()
            #expect(try await host.states() == ["web-1": "exited(0)"])
        }
    }

    @Test(
        "The stop signal of the file, or of the image, is the one that is sent",
        arguments: [
            ("latest", "stop_signal: SIGUSR2", "USR2"), ("configured", "user: root", "USR1"),
            ("latest", "stop_signal: \"3\"", "QUIT"),
        ])
    func stopSignal(tag: String, attribute: String, signal: String) async throws {
        try await onHost { host in
            let script = "trap 'exit 9' \(signal); echo ready; while :; do sleep 0.05; done"
            try await host.up(
                compose: """
                    services:
                      web:
                        image: \(busybox(tag))
                        \(attribute)
                        entrypoint: ["sh", "-c", "\(script)"]
                    """)
            try await eventually("its handler is set") { try await host.log("web").contains("ready") }
            try await host.roost("stop").succeeds()
            #expect(try await host.states() == ["web-1": "exited(9)"])
        }
    }

    @Test("Down removes containers and networks, keeps volumes, and -v removes those too")
    func down() async throws {
        try await onHost { host in
            let text = Self.polite + "\n    volumes: [data:/data]\nvolumes: {data: {}}\n"
            try await host.up(compose: text)
            _ = try await host.inside("web", "echo kept > /data/file")
            try await host.roost("down", "-t", "1").succeeds()
            #expect(try await host.roost("ps", "-a", "-q").succeeds().output.isEmpty)
            #expect(try await host.roost("ls", "-q").succeeds().output.isEmpty)
            #expect(try await host.shell("ip -o link | wc -l").output == "2\n", "only lo and eth0 are left")
            try await host.up()
            #expect(try await host.inside("web", "cat /data/file") == "kept")
            try await host.roost("down", "-v", "-t", "1").succeeds()
            try await host.up()
            #expect(try await host.inside("web", "ls /data").isEmpty)
        }
    }

    @Test("Down works when the file is broken or gone", arguments: ["broken", "gone"])
    func downWithoutFile(state: String) async throws {
        try await onHost { host in
            try await host.up(compose: Self.polite)
            if state == "gone" {
                try FileManager.default.removeItem(atPath: join(host.project, "compose.yaml"))
            } else {
                try host.compose("services: [\n")
            }
            try await host.roost("-p", host.name, "down", "-t", "1").succeeds()
            #expect(try await host.roost("ls", "-a", "-q").succeeds().output.isEmpty)
        }
    }

    @Test("Down of nothing is no failure, and down twice neither")
    func downOfNothing() async throws {
        try await onHost { host in
            try host.compose(Self.polite)
            try await host.roost("down").succeeds()
            try await host.roost("down").succeeds()
        }
    }

    @Test("The supervisor leaves when no stack is left, and its socket with it")
    func supervisorLeaves() async throws {
        try await onHost { host in
            try await host.up(compose: Self.polite)
            let supervisor = try await host.supervisor()
            try await host.roost("down", "-t", "1").succeeds()
            try await eventually("the supervisor left") { !host.isAlive(supervisor) }
        }
    }
}
