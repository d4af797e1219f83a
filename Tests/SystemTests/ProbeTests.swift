import Glibc
import Testing

@Suite("Probes", .asRoot, .reported)
struct ProbeTests {
    private static let web = """
        command: [sh, -c, "mkdir /www; echo yes >/www/ready; exec httpd -f -p 80 -h /www"]
        """

    @Test(
        "Each kind of probe sees whether a container is ready, without anything in the container",
        arguments: [
            ("http: {port: 80, path: /ready}", "healthy", "HTTP 200 OK"),
            ("http: {port: 80, path: /nothing}", "unhealthy", "HTTP 404 Not Found"),
            ("http: {port: 81}", "unhealthy", "connect to port 81: connection refused"),
            ("tcp: {port: 80}", "healthy", "connected"),
            ("tcp: {port: 81, host: 127.0.0.1}", "unhealthy", "connect to port 81: connection refused"),
            ("exec: [test, -e, /www/ready]", "healthy", ""), ("exec: [test, -e, /nothing]", "unhealthy", ""),
            ("grpc: {port: 80}", "unhealthy", "the answer is not HTTP/2"),
        ])
    func kinds(check: String, health: String, output: String) async throws {
        try await onHost { host in
            let probe = "x-readiness: {\(check), periodSeconds: 1, failureThreshold: 2}"
            try await host.up(compose: Attribute("", Self.web + "\n" + probe).compose)
            try await eventually("it is \(health)") { try await host.container("it").Health == health }
            let state = try await host.inspect("it").State
            #expect(state.Health.Status.string == health)
            #expect(state.Probes.readiness.Log.elements.last?.Output.string?.contains(output) == true)
        }
    }

    @Test("Readiness follows what the container does, both ways, and doesn't end it")
    func transitions() async throws {
        try await onHost { host in
            let probe = "x-readiness: {http: {port: 80, path: /ready}, periodSeconds: 1, failureThreshold: 1}"
            try host.compose(Attribute("", Self.web + "\n" + probe).compose)
            try await host.up()
            // On a busy machine the server may miss its first probe.
            try await eventually("it gets healthy") { try await host.container("it").Health == "healthy" }
            let id = try await host.container("it").ID
            for (script, health) in [("rm /www/ready", "unhealthy"), ("echo >/www/ready", "healthy")] {
                _ = try await host.inside("it", script)
                try await eventually("it gets \(health)") { try await host.container("it").Health == health }
            }
            #expect(try await host.container("it").ID == id)
            #expect(try await host.inspect("it").RestartCount.int == 0)
        }
    }

    @Test("A liveness probe that fails has the container begin anew, whose restart policy says nothing, and says why")
    func liveness() async throws {
        try await onHost { host in
            let probe = "x-liveness: {exec: [test, -e, /tmp/alive], periodSeconds: 1, failureThreshold: 1}"
            let script = "command: [sh, -c, \"trap 'exit 0' TERM; touch /tmp/alive; while true; do sleep 0.1; done\"]"
            try await host.up(compose: Attribute("", "\(script)\n\(probe)").compose)
            try await eventually("it is healthy") { try await host.container("it").Health == "healthy" }
            _ = try await host.inside("it", "rm /tmp/alive")
            try await eventually("it has begun anew") {
                let document = try await host.inspect("it")
                return document.RestartCount.int == 1 && document.State.Running.bool == true
            }
            let reason = try await host.inspect("it").State.UnhealthyReason.string
            #expect(reason == "liveness probe failed once: exited (1)")
        }
    }

    @Test("Until the startup probe succeeds the container is starting, and a liveness probe doesn't end it")
    func startup() async throws {
        try await onHost { host in
            let probes = """
                command: [sh, -c, "sleep 2; touch /tmp/started /tmp/alive; exec sleep 1000000"]
                x-startup: {exec: [test, -e, /tmp/started], periodSeconds: 1, failureThreshold: 60}
                x-liveness: {exec: [test, -e, /tmp/alive], periodSeconds: 1, failureThreshold: 1}
                """
            try host.compose(Attribute("", probes).compose)
            try await host.up("--wait")
            #expect(try await host.container("it").Health == "healthy")
            #expect(try await host.inspect("it").RestartCount.int == 0)
        }
    }

    @Test("Probes change in a container that runs, which stays the same")
    func change() async throws {
        try await onHost { host in
            try await host.up(compose: Attribute("", Self.web + "\nx-readiness: {tcp: {port: 80}}").compose)
            try await eventually("it is healthy") { try await host.container("it").Health == "healthy" }
            let id = try await host.container("it").ID
            let other = "x-readiness: {http: {port: 80, path: /no}, periodSeconds: 1, failureThreshold: 1}"
            try await host.up(compose: Attribute("", Self.web + "\n" + other).compose)
            try await eventually("it is unhealthy") { try await host.container("it").Health == "unhealthy" }
            #expect(try await host.container("it").ID == id)
        }
    }
}
