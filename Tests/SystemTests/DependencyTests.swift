import Testing

@Suite("Order of starting", .asRoot, .reported)
struct DependencyTests {
    /// A service `web` that depends on `store` as told, and the store.
    static func stack(condition: String, store: String) -> String {
        """
        services:
          web:
            image: \(busybox())
            command: [sleep, "1000000"]
            depends_on: {store: {\(condition)}}
          store:
            image: \(busybox())
            \(store)
        """
    }

    @Test(
        "A service starts when its dependency has started, is healthy, or has completed",
        arguments: [
            ("condition: service_started", "command: [sleep, \"1000000\"]", "running"),
            (
                "condition: service_healthy",
                "command: sh -c \"sleep 0.5; touch /tmp/ready; exec sleep 1000000\"\n"
                    + "    healthcheck: {test: [CMD, test, -e, /tmp/ready], interval: 30s, retries: 30}",
                "running, healthy"
            ),
            ("condition: service_completed_successfully", "command: sh -c \"sleep 0.5; echo prepared\"", "exited(0)"),
        ])
    func conditions(condition: String, store: String, state: String) async throws {
        try await onHost { host in
            try await host.up(compose: Self.stack(condition: condition, store: store))
            #expect(try await host.states() == ["web-1": "running", "store-1": state])
            let (web, before) = (try await host.inspect("web").State, try await host.inspect("store").State)
            let earlier = state == "exited(0)" ? before.FinishedAt.time : before.StartedAt.time
            #expect(try #require(earlier) <= #require(web.StartedAt.time))
        }
    }

    @Test(
        "A dependency that fails ends the command with the chain and the culprit's last lines",
        arguments: [
            ("condition: service_completed_successfully", "command: sh -c \"echo its last words; exit 3\"", "3"),
            (
                "condition: service_healthy",
                "command: sh -c \"echo its last words; exec sleep 1000000\"\n"
                    + "    healthcheck: {test: exit 1, interval: 100ms, retries: 2}", "unhealthy"
            ),
            (
                "condition: service_healthy",
                // A check that succeeds could do so in the moment before the end.
                "command: sh -c \"echo its last words; exit 5\"\n"
                    + "    healthcheck: {test: \"false\", start_period: 1m, interval: 1m}", "5"
            ),
        ])
    func failure(condition: String, store: String, word: String) async throws {
        try await onHost { host in
            try host.compose(Self.stack(condition: condition, store: store))
            let outcome = try await host.roost("up", "-d")
            outcome.fails(saying: "web", "store", word, "its last words")
            #expect(try await !host.containers().contains { $0.Service == "web" && $0.State == "running" })
        }
    }

    @Test("A dependency that isn't required may be missing or fail")
    func notRequired() async throws {
        try await onHost { host in
            let condition = "condition: service_completed_successfully, required: false"
            try await host.up(compose: Self.stack(condition: condition, store: "command: sh -c \"exit 3\""))
            #expect(try await host.container("web").State == "running")
        }
    }

    @Test("A dependency with restart: true takes its dependents along when it is recreated or restarted")
    func restart() async throws {
        try await onHost { host in
            let text = Self.stack(
                condition: "condition: service_started, restart: true",
                store: "command: [sleep, \"1000000\"]\n    environment: {VERSION: \"1\"}")
            try await host.up(compose: text)
            let first = try await host.inspect("web").State.StartedAt
            try await host.up(compose: text.replacing("VERSION: \"1\"", with: "VERSION: \"2\""))
            let second = try await host.inspect("web").State.StartedAt
            #expect(second != first)
            try await host.roost("restart", "-t", "1", "store").succeeds()
            #expect(try await host.inspect("web").State.StartedAt != second)
        }
    }

    @Test(
        "A cycle, and a dependency that isn't there, are named with their place",
        arguments: [
            ("a: [b]\n", ["compose.yaml:", "a → b → a"]), ("a: [nowhere]\n", ["a", "nowhere", "compose.yaml:"]),
        ])
    func badGraph(edge: String, words: [String]) async throws {
        try await onHost { host in
            let dependsOn = edge.contains("nowhere") ? "nowhere" : "b"
            try host.compose(
                """
                services:
                  a:
                    image: \(busybox())
                    depends_on: [\(dependsOn)]
                  b:
                    image: \(busybox())
                    depends_on: [a]
                """)
            let outcome = try await host.roost("up", "-d")
            for word in words { outcome.fails(saying: word) }
            #expect(try await host.roost("ps", "-a", "-q").output.isEmpty)
        }
    }

    @Test("Services of one level start beside each other: each waits for all the others to run")
    func parallel() async throws {
        try await onHost { host in
            let names = (1...6).map { "s\($0)" }
            let wait = names.map { "until nslookup \($0) >/dev/null 2>&1; do sleep 0.05; done" }.joined(separator: "; ")
            let services = names.map { name in
                """
                  \(name):
                    image: \(busybox())
                    command: ["sh", "-c", "\(wait); touch /tmp/ready; exec sleep 1000000"]
                    healthcheck: {test: [CMD, test, -e, /tmp/ready], interval: 30s, retries: 60}
                """
            }
            try host.compose("services:\n" + services.joined(separator: "\n") + "\n")
            try await host.roost("up", "-d", "--wait").succeeds()
            #expect(try await host.containers().filter { $0.Health == "healthy" }.count == 6)
        }
    }

    @Test("Down stops dependents before what they depend on")
    func stopOrder() async throws {
        try await onHost { host in
            let trap = "trap 'hostname >> /order/log; exit 0' TERM; while :; do sleep 0.05; done"
            try host.write("order/log", "")
            try await host.up(
                compose: """
                    services:
                      web:
                        image: \(busybox())
                        hostname: web
                        command: ["sh", "-c", "\(trap)"]
                        volumes: [./order:/order]
                        depends_on: [store]
                      store:
                        image: \(busybox())
                        hostname: store
                        command: ["sh", "-c", "\(trap)"]
                        volumes: [./order:/order]
                    """)
            try await host.roost("down").succeeds()
            #expect(try host.read("order/log") == "web\nstore\n")
        }
    }
}
