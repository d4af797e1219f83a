import Addressing
import StackModel
import Testing

@testable import StackFile

@Suite struct ProbeFieldTests {
    private func load(_ attributes: String) throws -> LoadedStack {
        let directory = try ProjectDirectory([
            "compose.yaml": "services:\n  a:\n    image: x\n"
                + attributes.split(separator: "\n").map { "    \($0)\n" }
                .joined()
        ])
        return try StackLoader.load(ComposeCase("", "").request(in: directory.path))
    }

    private func probes(_ attributes: String) throws -> Probes? {
        try load(attributes).stack.services["a"]?.container.probes
    }

    @Test("What isn't said is as in Kubernetes")
    func defaults() throws {
        let probes = try probes("x-readiness: {http: {port: 80}}")
        #expect(
            probes
                == Probes(
                    readiness: Probe(
                        .http(HTTPCheck(path: "/", port: 80)), initialDelaySeconds: 0, periodSeconds: 10,
                        timeoutSeconds: 1, successThreshold: 1, failureThreshold: 3)))
        #expect(try self.probes("init: true") == nil)
    }

    @Test("Everything that a probe can say")
    func everything() throws {
        let probes = try probes(
            """
            x-startup: {tcp: {port: 5432, host: "::1"}, failureThreshold: 30, periodSeconds: 1}
            x-liveness: {exec: [test, -e, /alive], initialDelaySeconds: 5, timeoutSeconds: 2}
            x-readiness: {grpc: {port: 50051, service: greeter}, successThreshold: 2}
            x-on-unhealthy: stop
            """)
        let expected = Probes(
            startup: Probe(.tcp(port: 5432, host: IPAddress("::1")), periodSeconds: 1, failureThreshold: 30),
            liveness: Probe(.exec(["test", "-e", "/alive"]), initialDelaySeconds: 5, timeoutSeconds: 2),
            readiness: Probe(.grpc(port: 50051, service: "greeter"), successThreshold: 2), onUnhealthy: .stop)
        #expect(probes == expected)
    }

    @Test(
        "What no start could carry out is told with its place",
        arguments: [
            ("x-liveness: {periodSeconds: 1}", "services.a.x-liveness: must say one of exec, http, tcp and grpc"),
            (
                "x-liveness: {tcp: {port: 1}, exec: [a]}",
                "services.a.x-liveness: must say one of exec, http, tcp and grpc"
            ),
            (
                "x-liveness: {tcp: {port: 1}, successThreshold: 2}",
                "services.a.x-liveness.successThreshold: must be 1: only readiness can come back"
            ),
            (
                "x-readiness: {http: {port: 1, scheme: GOPHER}}",
                "services.a.x-readiness.http.scheme: \"GOPHER\" is not supported: HTTP is"
            ),
            (
                "x-readiness: {tcp: {port: 1, host: db}}",
                "services.a.x-readiness.tcp.host: \"db\" is not an IP address"
            ),
        ])
    func faults(attribute: String, message: String) throws {
        let loaded = try load(attribute)
        let texts = loaded.faults.map { "\($0)" }
        #expect(texts.contains { $0.contains(message) }, "\(texts)")
    }

    @Test(
        "What can't be read is an error",
        arguments: [
            "x-readiness: {http: {}}", "x-readiness: {http: {port: 0}}", "x-readiness: {http: {port: 1, path: x}}",
            "x-readiness: {http: {port: 1, path: \"/a b\"}}", "x-readiness: {httpGet: {port: 1}}",
            "x-readiness: {http: {port: 1, httpHeaders: [{name: \"a b\", value: c}]}}",
            "x-readiness: {http: {port: 1, httpHeaders: [{name: a, value: \"b\\nc\"}]}}",
            "x-readiness: {tcp: {port: 1}, periodSeconds: 0}", "x-on-unhealthy: reboot", "x-readiness: 3",
        ])
    func errors(attribute: String) {
        #expect(throws: (any Error).self) { try load(attribute) }
    }
}
