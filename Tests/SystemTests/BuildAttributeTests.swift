import Glibc
import Testing

@Suite("Attributes of build", .asRoot, .reported)
struct BuildAttributeTests {
    private static func compose(_ lines: String..., command: String = "[sleep, \"1000000\"]") -> String {
        "services:\n  web:\n    command: \(command)\n    build:\n      context: app\n"
            + lines.map { "      \($0)\n" }.joined()
    }

    @Test("Limits and names of hosts reach the steps")
    func limits() async throws {
        try await onHost { host in
            try host.write(
                "app/Dockerfile",
                "FROM \(busybox())\nRUN ulimit -n > /limit && grep example.test /etc/hosts | tr '\\t' ' ' > /hosts\n")
            try await host.up(
                compose: Self.compose("ulimits: {nofile: 777}", "extra_hosts: [\"example.test=10.1.2.3\"]"))
            #expect(try await host.inside("web", "cat /limit /hosts") == "777\n10.1.2.3 example.test")
        }
    }

    @Test("What isn't carried out is a warning with its place")
    func warnings() async throws {
        try await onHost { host in
            try host.write("app/Dockerfile", "FROM \(busybox())\nRUN true\n")
            try host.compose(
                Self.compose(
                    "cache_from: [a/b]", "cache_to: [a/c]", "provenance: mode=max", "sbom: true", "isolation: hyperv",
                    "platforms: [linux/amd64, linux/arm64]"))
            let outcome = try await host.roost("build")
            for name in ["cache_from", "cache_to", "provenance", "sbom", "isolation"] {
                outcome.says("services.web.build.\(name)")
            }
            outcome.says("only linux/amd64 is built")
        }
    }

    @Test("The host's network needs to be allowed, and rights that don't exist are refused")
    func entitlements() async throws {
        try await onHost { host in
            try host.write("app/Dockerfile", "FROM \(busybox())\nRUN --network=host true\n")
            try host.compose(Self.compose())
            try await host.roost("build").ends(with: 1).says("RUN --network=host needs")
            try host.compose(Self.compose("entitlements: [network.host]"))
            _ = try await host.roost("build").ends(with: 0)
            try host.compose(Self.compose("entitlements: [everything]"))
            try await host.roost("build").ends(with: 1).says("the entitlement \"everything\" is not supported")
        }
    }

    @Test("An agent's socket is there for the step that asks for it, and for no other")
    func agent() async throws {
        try await onHost { host in
            try host.write(
                "app/Dockerfile",
                """
                FROM \(busybox())
                RUN --mount=type=ssh test -S "$SSH_AUTH_SOCK" && echo "$SSH_AUTH_SOCK" > /socket
                RUN echo "x$SSH_AUTH_SOCK" > /none && ! ls /run/buildkit
                """)
            try host.compose(Self.compose("ssh: [default]"))
            try await host.roost("build", environment: ["SSH_AUTH_SOCK": ""]).ends(with: 1).says("no SSH agent runs")
            let socket = host.directory + "/agent"
            try await host.shell(
                "python3 -c \"import socket; socket.socket(socket.AF_UNIX).bind('\(socket)')\"")
            _ = try await host.roost("build", environment: ["SSH_AUTH_SOCK": socket]).ends(with: 0)
            try await host.roost("up", "-d")
            #expect(try await host.inside("web", "cat /socket /none") == "/run/buildkit/ssh_agent.0\nx")
        }
    }

    @Test("ADD unpacks archives by their content, and a mount that can be written to is a copy")
    func archives() async throws {
        try await onHost { host in
            try host.write(
                "app/Dockerfile",
                """
                FROM \(busybox())
                ADD packed /there/
                RUN --mount=target=/src,rw rm /src/file && echo more > /src/new && ls /src > /list
                """)
            try host.write("app/file", "content\n")
            try await host.shell("cd \(host.project)/app && tar -cJf packed file")
            try await host.up(compose: Self.compose())
            #expect(try await host.inside("web", "cat /there/file; cat /list") == "content\nDockerfile\nnew\npacked")
            try await host.shell("test -f \(host.project)/app/file")
            let again = try await host.roost("build")
            #expect(!again.text.contains("DONE 0.0s\n\n#4 DONE"))
            #expect(again.text.split(separator: "CACHED", omittingEmptySubsequences: false).count == 4, "\(again)")
        }
    }

    @Test("ADD fetches a file of the web for root alone, and checks what it is said to be")
    func web() async throws {
        try await onHost { host in
            try host.write("served/a file", "content\n")
            let server = try host.start([
                "python3", "-m", "http.server", "-b", "127.0.0.1", "-d", host.project + "/served", "8765",
            ])
            try await host.shell("until curl -s -o /dev/null http://127.0.0.1:8765/; do sleep 0.05; done")
            let base = "FROM \(busybox())\nADD "
            let url = "http://127.0.0.1:8765/a%20file?x=1#y"
            try host.write("app/Dockerfile", base + "\(url) /there/\n")
            try await host.up(compose: Self.compose())
            #expect(
                try await host.inside("web", "cat '/there/a file'; stat -c '%a %u' /there/*") == "content\n600 0")
            let sum = "434728a410a78f56fc1b5899c3593436e61ab0c731e9072d95e96db290205e53"
            try host.write("app/Dockerfile", base + "--checksum=sha256:\(sum) --chmod=644 \(url) /there\n")
            _ = try await host.roost("build").ends(with: 0)
            try host.write("app/Dockerfile", base + "--checksum=sha256:\(String(sum.reversed())) \(url) /\n")
            try await host.roost("build").ends(with: 1).says("digest mismatch")
            try host.write("app/Dockerfile", base + "http://127.0.0.1:8765/missing /\n")
            try await host.roost("build").ends(with: 1).says("the server answers with status 404")
            try await server.signal(SIGKILL)
            _ = try await server.outcome()
        }
    }
}
