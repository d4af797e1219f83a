import Testing

@Suite("Networks by hand", .asRoot, .reported)
struct NetworkCommandTests {
    private static let inner = "networks: {default: {name: proxy, external: true}}\n"

    /// A stack of its own beside the scenario's.
    private static func aside(_ host: Host, _ arguments: String...) async throws -> Outcome {
        let roost = ["-p", "\(host.name)x", "-f", "aside.yaml"] + arguments
        return try await host.start(roost: roost).outcome(within: .seconds(60))
    }

    @Test("A network made by hand joins stacks, outlives them and the supervisor, and goes when nobody is on it")
    func proxy() async throws {
        try await onHost { host in
            let id = try await host.roost(
                "network", "create", "--subnet", "10.88.0.0/24", "--aux-address", "router=10.88.0.2", "--label",
                "tier=edge", "proxy"
            ).succeeds().lines[0]
            let again = try await host.roost("network", "create", "proxy")
            #expect(again.status == 1 && again.errors.contains("network with name proxy already exists"))

            let web = NetworkTests.server("web", "scale: 1")
            try host.write("aside.yaml", "services:\n" + web + Self.inner)
            try await Self.aside(host, "up", "-d", "--wait").succeeds()
            try await NetworkTests.serve(host, [("front", "ports: [\"8080:80\"]")], Self.inner)
            #expect(try await host.inside("front", NetworkTests.page("web")) == "web", "another stack's service")
            #expect(try await host.shell("curl -sS -m 5 http://127.0.0.1:8080/").succeeds().output == "front\n")

            let listed = try await host.roost("network", "ls", "--filter", "name=proxy").succeeds().lines
            #expect(
                listed.dropFirst().map { $0.split(separator: " ").map(String.init) }
                    == [[String(id.prefix(12)), "proxy", "bridge", "local"]])
            let shown = try await host.roost(
                "network", "inspect", String(id.prefix(10)), "-f",
                "{{(index .IPAM.Config 0).Subnet}} {{len .Containers}} {{.Labels.tier}}"
            ).succeeds().output
            #expect(shown == "10.88.0.0/24 2 edge\n")

            let refused = try await host.roost("network", "rm", "proxy")
            #expect(refused.status == 1)
            for name in ["\(host.name)-front-1", "\(host.name)x-web-1"] { #expect(refused.errors.contains(name)) }

            let supervisor = try await host.supervisor()
            try await host.kill(supervisor)
            try await Self.aside(host, "down", "-t", "1").succeeds()
            try await host.roost("down", "-t", "1").succeeds()
            #expect(try await host.roost("network", "ls", "-q", "--no-trunc").succeeds().lines == [id])

            // A stopped container of a stack is reason enough to keep it from a prune, and none to keep it from `rm`.
            try await NetworkTests.serve(host, [("front", "scale: 1")], Self.inner)
            try await host.roost("stop", "-t", "1").succeeds()
            #expect(try await host.roost("network", "prune", "-f").succeeds().output == "")
            try await host.roost("down").succeeds()
            #expect(try await host.roost("network", "prune", "-f").succeeds().output == "Deleted Networks:\nproxy\n\n")
            let missing = try await host.roost("up", "-d")
            #expect(missing.status == 1 && missing.errors.contains("proxy"))
            #expect(try await host.roost("network", "rm", "proxy").errors.contains("network proxy not found"))
            try await host.roost("network", "rm", "-f", "proxy").succeeds()
        }
    }

    @Test("A container is connected and disconnected by hand while it runs, and remembers it over a restart")
    func connect() async throws {
        try await onHost { host in
            try await host.roost("network", "create", "side").succeeds()
            try await NetworkTests.serve(
                host, [("web", "networks: [a]"), ("client", "networks: [b]")], "networks: {a: {}, b: {}}\n")
            let (web, client) = ("\(host.name)-web-1", "\(host.name)-client-1")
            let pid = try await host.inspect("web").State.Pid.int
            try await host.roost("network", "connect", "--alias", "www", "side", web).succeeds()
            try await host.roost("network", "connect", "--link", "\(web):store", "side", client).succeeds()
            for name in ["www", "web", "store"] {
                #expect(try await host.inside("client", NetworkTests.page(name)) == "web", "by the name \(name)")
            }
            #expect(try await host.roost("network", "connect", "side", web).status == 1, "it is there already")
            #expect(try await host.inspect("web").State.Pid.int == pid)

            try await host.roost("restart", "-t", "1", "web").succeeds()
            #expect(try await host.inside("client", NetworkTests.page("www")) == "web")
            #expect(try await host.roost("up", "-d").succeeds().errors.contains("Recreate") == false)

            try await host.roost("network", "disconnect", "side", web).succeeds()
            let get = "\(NetworkTests.page("www")) 2>/dev/null || echo unknown"
            #expect(try await host.inside("client", get) == "unknown")
            let twice = try await host.roost("network", "disconnect", "side", web)
            #expect(twice.status == 1 && twice.errors.contains("is not connected to network side"))
            try await host.roost("network", "disconnect", "-f", "side", web).succeeds()

            // One of the stack's own, which goes with it all the same.
            try await host.roost("network", "connect", "\(host.name)_b", web).succeeds()
            #expect(try await host.inside("client", NetworkTests.page("web")) == "web")
            try await host.roost("down", "-t", "1").succeeds()
            #expect(try await host.roost("network", "ls", "--format", "{{.Name}}").succeeds().lines == ["side"])
            try await host.roost("network", "rm", "side").succeeds()
        }
    }
}
