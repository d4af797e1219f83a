import Foundation
import Testing

@Suite("Real images", .withRealImages, .reported, .serialized)
struct RealImagesTests {
    @Test("PostgreSQL's data survives down and up")
    func postgres() async throws {
        try await onHost { host in
            try host.write("password", "a secret\n")
            try host.compose(
                """
                services:
                  database:
                    image: \(image("postgres"))
                    environment: {POSTGRES_PASSWORD_FILE: /run/secrets/password, POSTGRES_DB: shop}
                    secrets: [password]
                    volumes: [data:/var/lib/postgresql/data]
                    healthcheck: {test: [CMD, pg_isready, -q, -h, 127.0.0.1], interval: 1s, retries: 60}
                volumes: {data: {}}
                secrets: {password: {file: ./password}}
                """)
            try await host.roost("up", "-d", "--wait", within: .seconds(120)).succeeds()
            func query(_ text: String) async throws -> String {
                let client = "PGPASSWORD='a secret' psql -h 127.0.0.1 -U postgres -At shop -c \"\(text)\""
                return try await host.inside("database", client)
            }
            _ = try await query("CREATE TABLE item (name text); INSERT INTO item VALUES ('kept')")
            try await host.roost("down").succeeds()
            try await host.roost("up", "-d", "--wait", within: .seconds(120)).succeeds()
            #expect(try await query("SELECT name FROM item") == "kept")
            #expect(try await !host.log("database").contains("was not properly shut down"), "down let it finish")
        }
    }

    @Test("Redis answers by its name, and keeps its data over a restart")
    func redis() async throws {
        try await onHost { host in
            try host.compose(
                """
                services:
                  cache:
                    image: \(image("redis"))
                    healthcheck: {test: [CMD, redis-cli, ping], interval: 1s, retries: 60}
                  client:
                    image: \(image("redis"))
                    command: [sleep, "1000000"]
                """)
            try await host.roost("up", "-d", "--wait", within: .seconds(120)).succeeds()
            #expect(try await host.inside("client", "redis-cli -h cache set key value") == "OK")
            #expect(try await host.inside("cache", "id -un") == "redis")
            try await host.roost("restart", "cache").succeeds()
            try await host.roost("up", "-d", "--wait", within: .seconds(120)).succeeds()
            #expect(try await host.inside("client", "redis-cli -h cache get key") == "value")
        }
    }

    @Test("nginx serves a configuration from the stack file, logs to its outputs, and leaves in order")
    func nginx() async throws {
        try await onHost { host in
            try host.compose(
                """
                services:
                  front:
                    image: \(image("nginx"))
                    ports: ["8080:80"]
                    configs: [{source: site, target: /etc/nginx/sites-available/default}]
                    healthcheck: {test: nginx -t -q && test -s /run/nginx.pid, interval: 1s, retries: 60}
                configs:
                  site:
                    content: |
                      server { listen 80; location / { return 200 "from the file\\n"; } }
                """)
            try await host.roost("up", "-d", "--wait", within: .seconds(120)).succeeds()
            let page = try await host.shell("curl -sS -m 5 http://\(Host.address):8080/path", outside: true)
            #expect(try page.succeeds().output == "from the file\n")
            try await eventually("the access is logged") { try await host.log("front").contains("GET /path") }
            try await host.roost("stop").succeeds()
            #expect(try await host.states() == ["front-1": "exited(0)"])
        }
    }

    @Test("UDP ports are published too, and the answer comes back to who asked")
    func datagrams() async throws {
        try await onHost { host in
            try host.write(
                "echo.py",
                """
                import socket
                server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                server.bind(("", 7))
                while True:
                    server.sendto(*server.recvfrom(2048))
                """)
            try await host.up(
                compose: """
                    services:
                      echo:
                        image: \(image("counter"))
                        user: root
                        command: [python3, /echo.py]
                        volumes: ["./echo.py:/echo.py:ro"]
                        ports: ["7007:7/udp"]
                    """)
            let ask = """
                import socket, sys
                client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                client.settimeout(1)
                client.connect((sys.argv[1], 7007))
                client.send(b"ping")
                print(client.recv(2048).decode())
                """
            for (address, outside) in [(Host.address, true), (Host.address, false), ("127.0.0.1", false)] {
                try await eventually("a datagram comes back from \(address), outside: \(outside)") {
                    let client = try host.start(["python3", "-c", ask, address], outside: outside)
                    return try await client.outcome().output == "ping\n"
                }
            }
        }
    }

    @Test("The example counts visits through nginx over two replicas")
    func example() async throws {
        try await onHost { host in
            let example = join(Requirements.repository, "examples/counter")
            let flags = ["-p", host.name, "-f", join(example, "compose.yaml")]
            try await host.start(roost: flags + ["up", "-d", "--wait"]).outcome(within: .seconds(180)).succeeds()
            var replicas: Set<String> = []
            for visit in 1...6 {
                let page = try await host.shell("curl -sS -m 10 http://127.0.0.1:8080/").succeeds().output
                #expect(page.hasPrefix("Visit \(visit), served by "), "\(page)")
                replicas.insert(page.split(separator: " ").dropFirst(4).first.map(String.init) ?? "")
            }
            #expect(replicas.count == 2, "both replicas serve: \(replicas)")
        }
    }
}
