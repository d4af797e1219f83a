import Glibc
import Testing

@Suite("Bringing a stack up", .asRoot, .reported)
struct BringingUpTests {
    static let pair = """
        services:
          web:
            image: \(busybox())
            command: [sleep, "1000000"]
            environment: {LOG_LEVEL: info}
            depends_on: [store]
          store:
            image: \(busybox())
            command: [sleep, "1000000"]
        """

    @Test("Up starts every service with Docker Compose's names and labels")
    func namesAndLabels() async throws {
        try await onHost { host in
            try await host.up(compose: Self.pair)
            let rows = try await host.containers()
            #expect(Set(rows.map(\.Name)) == ["\(host.name)-web-1", "\(host.name)-store-1"])
            #expect(rows.allSatisfy { $0.State == "running" && $0.Project == host.name && $0.ID.count >= 12 })
            let labels = try await host.inspect("web").Config.Labels
            #expect(labels["com.docker.compose.project"].string == host.name)
            #expect(labels["com.docker.compose.service"].string == "web")
            #expect(labels["com.docker.compose.container-number"].string == "1")
            #expect(labels["com.docker.compose.oneoff"].string == "False")
            #expect(labels["com.docker.compose.config-hash"].string?.isEmpty == false)
        }
    }

    @Test("A second up changes nothing and says so")
    func secondUp() async throws {
        try await onHost { host in
            try await host.up(compose: Self.pair)
            let before = try await host.inspect("web")
            let second = try await host.up()
            let words = ["up to date", "up-to-date", "nothing", "unchanged", "no change"]
            #expect(words.contains { second.text.lowercased().contains($0) }, "it must say so: \(second)")
            let after = try await host.inspect("web")
            #expect(after.Id == before.Id)
            #expect(after.State.StartedAt == before.State.StartedAt)
        }
    }

    @Test("An edit recreates what it touches, tells why, and leaves the rest alone")
    func edit() async throws {
        try await onHost { host in
            try await host.up(compose: Self.pair)
            let (web, store) = (try await host.inspect("web"), try await host.inspect("store"))
            let edited = try await host.up(compose: Self.pair.replacing("LOG_LEVEL: info", with: "LOG_LEVEL: debug"))
            edited.says("web: recreate (environment.LOG_LEVEL: \"info\" → \"debug\")")
            #expect(!edited.text.contains("store: recreate"))
            #expect(try await host.inspect("web").Id != web.Id)
            #expect(try await host.inspect("store").Id == store.Id)
            #expect(try await host.inside("web", "echo $LOG_LEVEL") == "debug")
        }
    }

    @Test("--force-recreate replaces everything, --no-recreate nothing")
    func recreateFlags() async throws {
        try await onHost { host in
            try await host.up(compose: Self.pair)
            let first = try await host.inspect("web").Id
            try await host.up("--force-recreate")
            let second = try await host.inspect("web").Id
            #expect(second != first)
            try host.compose(Self.pair.replacing("info", with: "debug"))
            try await host.up("--no-recreate")
            #expect(try await host.inspect("web").Id == second)
        }
    }

    @Test("--scale and deploy.replicas set the number of containers, up and down")
    func scale() async throws {
        try await onHost { host in
            try await host.up(
                compose: """
                    services:
                      web:
                        image: \(busybox())
                        command: [sleep, "1000000"]
                        deploy: {replicas: 2}
                    """)
            #expect(try await host.states() == ["web-1": "running", "web-2": "running"])
            let first = try await host.inspect("web").Id
            try await host.up("--scale", "web=3")
            #expect(try await host.states().keys.sorted() == ["web-1", "web-2", "web-3"])
            try await host.up("--scale", "web=1")
            #expect(try await host.states() == ["web-1": "running"])
            #expect(try await host.inspect("web").Id == first, "the oldest replica stays")
        }
    }

    @Test("Up with a service's name starts it and what it depends on, nothing else")
    func selection() async throws {
        try await onHost { host in
            try host.compose(Self.pair + "\n  other:\n    image: \(busybox())\n    command: [sleep, \"1000000\"]\n")
            try await host.up("web")
            #expect(try await host.states() == ["web-1": "running", "store-1": "running"])
        }
    }

    @Test("A service that left the file is an orphan: named, and removed on request")
    func orphans() async throws {
        try await onHost { host in
            try await host.up(compose: Self.pair)
            try host.compose("services:\n  store:\n    image: \(busybox())\n    command: [sleep, \"1000000\"]\n")
            try await host.up().says("orphan", "web")
            #expect(try await host.containers().contains { $0.Service == "web" })
            try await host.up("--remove-orphans")
            #expect(try await host.states() == ["store-1": "running"])
        }
    }

    @Test("The override file lies on top, and -f chooses files", arguments: [false, true])
    func files(chosen: Bool) async throws {
        try await onHost { host in
            let names = chosen ? ["base.yml", "more.yml"] : ["docker-compose.yml", "docker-compose.override.yml"]
            try host.write(names[0], Self.pair)
            try host.write(names[1], "services:\n  web:\n    environment: {LOG_LEVEL: trace, MORE: \"1\"}\n")
            let flags = chosen ? ["-f", "base.yml", "-f", "more.yml"] : []
            try await host.start(roost: flags + ["up", "-d"]).outcome().succeeds()
            let exec = try host.start(roost: flags + ["exec", "-T", "web", "sh", "-c", "echo $LOG_LEVEL $MORE"])
            #expect(try await exec.outcome().succeeds().output == "trace 1\n")
        }
    }

    @Test("In the foreground up follows the logs with prefixes, and Ctrl-C stops the stack")
    func foreground() async throws {
        try await onHost { host in
            try host.compose(
                """
                services:
                  web:
                    image: \(busybox())
                    command: sh -c "trap 'echo leaving; exit 0' TERM; echo hello from web; while :; do sleep 0.1; done"
                    stop_grace_period: 5s
                """)
            let up = try host.start(roost: ["up"])
            try await eventually("the log is followed") { up.output.contains("hello from web") }
            #expect(
                up.output.split(separator: "\n").contains { $0.hasPrefix("web-1") && $0.contains("| hello from web") })
            try await up.signal(SIGINT)
            let outcome = try await up.outcome(within: .seconds(20))
            #expect([0, 130].contains(outcome.status), "\(outcome)")
            #expect(outcome.output.contains("leaving"), "the last lines must be shown: \(outcome)")
            #expect(try await host.states() == ["web-1": "exited(0)"])
        }
    }

    @Test("--wait returns when everything is healthy")
    func wait() async throws {
        try await onHost { host in
            try host.compose(
                """
                services:
                  web:
                    image: \(busybox())
                    command: sh -c "sleep 0.5; touch /tmp/ready; exec sleep 1000000"
                    healthcheck: {test: [CMD, test, -e, /tmp/ready], interval: 1s, retries: 30}
                """)
            try await host.roost("up", "-d", "--wait").succeeds()
            #expect(try await host.states() == ["web-1": "running, healthy"])
        }
    }

    @Test(
        "--wait fails when a service gets unhealthy, ends, or the time-out is over",
        arguments: [
            (
                "command: [sleep, \"1000000\"]\n    healthcheck: {test: exit 3, interval: 200ms, retries: 2}", "120",
                "unhealthy"
            ),
            ("command: [sh, -c, echo its last words; exit 4]", "120", "4"),
            ("command: [sleep, \"1000000\"]\n    healthcheck: {test: exit 3, interval: 1h, retries: 9}", "1", "web"),
        ])
    func waitFails(service: String, limit: String, word: String) async throws {
        try await onHost { host in
            try host.compose("services:\n  web:\n    image: \(busybox())\n    \(service)\n")
            try await host.roost("up", "-d", "--wait", "--wait-timeout", limit).fails(saying: "web", word)
        }
    }
}
