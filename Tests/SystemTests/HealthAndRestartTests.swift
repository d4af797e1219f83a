import Glibc
import Testing

@Suite("Health and restarts", .asRoot, .reported)
struct HealthAndRestartTests {
    @Test(
        "A probe of each form decides the health",
        arguments: [
            ("test: [CMD, test, -e, /etc/passwd]", "healthy"),
            ("test: [CMD-SHELL, \"test -e /etc/passwd\"]", "healthy"),
            ("test: test -e /etc/passwd && true", "healthy"), ("test: [CMD, \"false\"]", "unhealthy"),
            ("test: [CMD, sleep, \"100\"], timeout: 100ms", "unhealthy"), ("test: [CMD, /not/there]", "unhealthy"),
        ])
    func forms(test: String, health: String) async throws {
        try await onHost { host in
            try await host.up(
                compose: Attribute("", "healthcheck: {\(test), interval: 100ms, retries: 2}")
                    .compose)
            try await eventually("it is \(health)") { try await host.container("it").Health == health }
        }
    }

    @Test("Health follows the container's state, both ways")
    func transitions() async throws {
        try await onHost { host in
            let check = "healthcheck: {test: [CMD, test, -e, /tmp/ok], interval: 100ms, retries: 2}"
            try await host.up(compose: Attribute("", check).compose)
            for (script, health) in [
                ("touch /tmp/ok", "healthy"), ("rm /tmp/ok", "unhealthy"), ("touch /tmp/ok", "healthy"),
            ] {
                _ = try await host.inside("it", script)
                try await eventually("it gets \(health)") { try await host.container("it").Health == health }
            }
            let log = try await host.inspect("it").State.Health
            #expect(log.Status.string == "healthy")
            #expect(log.Log.elements.last?.ExitCode.int == 0)
        }
    }

    @Test(
        "The image's own check counts, and disable or NONE switches it off",
        arguments: [
            ("init: true", "healthy"), ("healthcheck: {disable: true}", ""), ("healthcheck: {test: [NONE]}", ""),
        ])
    func ofTheImage(attribute: String, health: String) async throws {
        try await onHost { host in
            let service = "image: \(busybox("configured"))\n\(attribute)"
            try host.compose(Attribute("", service, runsImage: true).compose)
            try await host.up("--wait")
            #expect(try await host.container("it").Health == health)
        }
    }

    @Test("A start period forgives failures, and a success in it counts at once")
    func startPeriod() async throws {
        try await onHost { host in
            let check =
                "command: [sh, -c, \"sleep 1; touch /tmp/ok; exec sleep 1000000\"]\n"
                + "healthcheck: {test: [CMD, test, -e, /tmp/ok], interval: 100ms, retries: 1, start_period: 60s, start_interval: 100ms}"
            try await host.up(compose: Attribute("", check).compose)
            var seen: Set<String> = []
            try await eventually("it gets healthy") {
                seen.insert(try await host.container("it").Health)
                return seen.contains("healthy")
            }
            #expect(seen.isSubset(of: ["starting", "healthy"]))
        }
    }

    @Test(
        "A restart policy brings a container back, or doesn't",
        arguments: [
            ("\"no\"", 3, false), ("always", 0, true), ("on-failure", 3, true), ("on-failure", 0, false),
            ("unless-stopped", 0, true),
        ])
    func policies(policy: String, status: Int, comesBack: Bool) async throws {
        try await onHost { host in
            let script = "echo run >>/runs/log; test $$(wc -l </runs/log) -ge 3 && exec sleep 1000000; exit \(status)"
            try host.write("runs/log", "")
            try await host.up(
                compose: """
                    services:
                      it:
                        image: \(busybox())
                        command: [sh, -c, "\(script)"]
                        volumes: [./runs:/runs]
                        restart: \(policy)
                    """)
            if comesBack {
                try await eventually("it runs for the third time") {
                    let states = try await host.states()
                    return try host.read("runs/log") == "run\nrun\nrun\n" && states == ["it-1": "running"]
                }
                #expect(try await host.inspect("it").RestartCount.int == 2)
            } else {
                try await eventually("it has ended") { try await host.states() == ["it-1": "exited(\(status))"] }
                try await host.roost("ps", "-a").succeeds()
                #expect(try host.read("runs/log") == "run\n")
            }
        }
    }

    @Test("on-failure:N gives up after N restarts")
    func limit() async throws {
        try await onHost { host in
            try await host.up(
                compose: Attribute("", "command: [sh, -c, exit 3]\nrestart: on-failure:2").compose)
            try await eventually("it gave up") {
                let state = try await host.inspect("it")
                return state.State.Status.string == "exited" && state.RestartCount.int == 2
            }
        }
    }

    @Test(
        "A container that was stopped on request stays stopped, whatever its policy",
        arguments: ["always", "unless-stopped"])
    func stopped(policy: String) async throws {
        try await onHost { host in
            try await host.up(compose: Attribute("", "restart: \(policy)").compose)
            try await host.roost("stop", "-t", "0").succeeds()
            #expect(try await host.container("it").State == "exited")
            try await host.kill(try await host.supervisor())
            #expect(try await host.container("it").State == "exited")
        }
    }

    @Test("Between restarts that follow each other a container is told as restarting")
    func backOff() async throws {
        try await onHost { host in
            try await host.up(
                compose: Attribute("", "command: [sh, -c, exit 1]\nrestart: always").compose)
            for count in [1, 3, 5] {
                try await eventually("it waits for its next start") {
                    let state = try await host.inspect("it")
                    let waits = state.State.Status.string == "restarting" && state.State.ExitCode.int == 1
                    return waits && (state.RestartCount.int ?? 0) >= count
                }
            }
        }
    }
}

extension Host {
    /// Kills one process of this host and waits until it is gone.
    func kill(_ process: pid_t, at location: SourceLocation = #_sourceLocation) async throws {
        Glibc.kill(process, SIGKILL)
        try await eventually("process \(process) is gone", at: location) { !self.isAlive(process) }
    }
}
