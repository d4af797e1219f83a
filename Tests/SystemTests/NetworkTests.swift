import Testing

@Suite("Networks and names", .asRoot, .reported)
struct NetworkTests {
    /// A web server whose page is its own name.
    static func server(_ name: String, _ more: String) -> String {
        """
          \(name):
            image: \(busybox())
            hostname: \(name)
            command: ["sh", "-c", "mkdir /page; hostname >/page/index.html; exec httpd -f -p 80 -h /page"]
            healthcheck: {test: "wget -qO- http://127.0.0.1/ >/dev/null", interval: 30s, retries: 60}
            \(more)

        """
    }

    /// Brings servers up and waits until all of them answer.
    static func serve(_ host: Host, _ services: [(String, String)], _ beside: String = "") async throws {
        try host.compose("services:\n" + services.map { server($0.0, $0.1) }.joined() + beside)
        try await host.roost("up", "-d", "--wait").succeeds()
    }

    static func page(_ name: String) -> String { "timeout 5 wget -qO- http://\(name)/" }

    @Test("A service is reached by its name, its aliases, its container's name and the id's start")
    func names() async throws {
        try await onHost { host in
            try await Self.serve(
                host, [("web", "networks: {inner: {aliases: [front, www]}}"), ("client", "networks: [inner]")],
                "networks: {inner: {}}\n")
            let id = String(try #require(try await host.inspect("web").Id.string).prefix(12))
            for name in ["web", "front", "www", "\(host.name)-web-1", id] {
                #expect(try await host.inside("client", Self.page(name)) == "web", "by the name \(name)")
            }
        }
    }

    @Test("A name is known only on the networks that two containers share, and nothing else is reachable")
    func isolation() async throws {
        try await onHost { host in
            let services = [("left", "networks: [a]"), ("right", "networks: [b]"), ("middle", "networks: [a, b]")]
            try await Self.serve(host, services, "networks: {a: {}, b: {}}\n")
            #expect(try await host.inside("left", Self.page("middle")) == "middle")
            #expect(try await host.inside("right", Self.page("middle")) == "middle")
            #expect(try await host.inside("left", "nslookup right >/dev/null 2>&1 || echo unknown") == "unknown")
            let address = try await host.address(of: "right", on: "b")
            #expect(
                try await host.inside("left", "\(Self.page(address)) 2>/dev/null || echo unreachable") == "unreachable")
        }
    }

    @Test("A service's name answers with the addresses of all its replicas, and of no replica that is gone")
    func replicas() async throws {
        try await onHost { host in
            try await Self.serve(host, [("web", "scale: 3"), ("client", "scale: 1")])
            let count = "nslookup web 2>/dev/null | awk '/^Address/ && $2 !~ /:/ {print $2}' | sort -u | wc -l"
            #expect(try await host.inside("client", count) == "3")
            try await host.roost("up", "-d", "--scale", "web=1").succeeds()
            #expect(try await host.inside("client", count) == "1")
        }
    }

    @Test("An unknown name is answered at once, and names of the world outside by the host's resolver")
    func forwarding() async throws {
        try await onHost { host in
            try await Self.serve(host, [("client", "scale: 1")])
            #expect(try await host.inside("client", "nslookup nowhere.test 2>&1 | grep -c NXDOMAIN") != "0")
            #expect(
                try await host.inside("client", Self.page("outside.test")) == Host.address, "masqueraded by the host")
            let long = "ping -c1 -W1 long.test | grep -c '(203.0.113.'"
            #expect(try await host.inside("client", long) == "1", "an answer that is too long is asked for by TCP")
        }
    }

    @Test("A container has port 53 of all its addresses to itself, and finds names all the same")
    func ownNameServer() async throws {
        try await onHost { host in
            try await Self.serve(host, [("web", "ports: [\"53:53\"]")])
            let serve = "httpd -p 53 -h /page && \(Self.page("web:53"))"
            #expect(try await host.inside("web", serve) == "web")
            #expect(try await host.shell("curl -sS -m 5 http://127.0.0.1:53/").succeeds().output == "web\n")
            #expect(try await host.inside("web", "nslookup nowhere.test 2>&1 | grep -c NXDOMAIN") != "0")
        }
    }

    @Test("A container that runs comes to a network and leaves it when the file says so, and runs on")
    func attachedLive() async throws {
        try await onHost { host in
            let networks = "networks: {a: {}, b: {}}\n"
            let client = ("client", "networks: [b]")
            try await Self.serve(host, [("web", "networks: [a]"), client], networks)
            let id = try await host.inspect("web").Id.string
            let pid = try await host.inspect("web").State.Pid.int
            #expect(try await host.inside("client", "\(Self.page("web")) 2>/dev/null || echo unknown") == "unknown")

            try await Self.serve(host, [("web", "networks: {a: {}, b: {aliases: [www]}}"), client], networks)
            #expect(try await host.inside("client", Self.page("www")) == "web")
            let links = "ls /sys/class/net | grep eth | xargs"
            #expect(try await host.inside("web", links) == "eth0 eth1")
            #expect(try await host.inside("web", "\(Self.page(Host.outside)) >/dev/null && echo out") == "out")

            try await Self.serve(host, [("web", "networks: [b]"), client], networks)
            #expect(try await host.inside("web", links) == "eth1")
            #expect(try await host.inside("web", "\(Self.page(Host.outside)) >/dev/null && echo out") == "out")
            #expect(try await host.inside("client", Self.page("web")) == "web")
            #expect(try await host.inside("web", Self.page("client")) == "client")
            #expect(try await host.inspect("web").Id.string == id)
            #expect(try await host.inspect("web").State.Pid.int == pid)
        }
    }

    @Test("An internal network has no way out")
    func `internal`() async throws {
        try await onHost { host in
            try await Self.serve(host, [("client", "networks: [inner]")], "networks: {inner: {internal: true}}\n")
            let get = "\(Self.page(Host.outside)) 2>/dev/null || echo unreachable"
            #expect(try await host.inside("client", get) == "unreachable")
        }
    }

    @Test("ipv4_address and a network's own subnet are kept")
    func address() async throws {
        try await onHost { host in
            try await Self.serve(
                host, [("web", "networks: {inner: {ipv4_address: 10.77.0.9}}"), ("client", "networks: [inner]")],
                "networks: {inner: {ipam: {config: [{subnet: 10.77.0.0/24, gateway: 10.77.0.1}]}}}\n")
            #expect(try await host.address(of: "web", on: "inner") == "10.77.0.9")
            #expect(try await host.inside("web", "ip route | awk '/^default/ {print $3}'") == "10.77.0.1")
            #expect(try await host.inside("client", Self.page("10.77.0.9")) == "web")
        }
    }

    @Test("Addresses avoid every route of the host")
    func pools() async throws {
        try await onHost { host in
            let taken = ["172.16.0.0/12", "192.168.0.0/17", "10.0.0.0/9"]
            for prefix in taken {
                try await host.shell("ip route add \(prefix) via \(Host.outside)").succeeds()
            }
            try await Self.serve(host, [("web", "scale: 1")])
            let address = try await host.address(of: "web", on: "default")
            let route = try await host.shell("ip -o route get \(address)").succeeds().output
            for prefix in taken { try await host.shell("ip route delete \(prefix)").succeeds() }
            #expect(!route.contains("via \(Host.outside)"), "the address \(address) is behind a route of the host")
        }
    }

    @Test(
        "A published port answers on the host, on its loopback, and from outside",
        arguments: [
            "ports: [\"8080:80\"]", "ports: [\"0.0.0.0:8080:80/tcp\"]",
            "ports: [{target: 80, published: \"8080\", protocol: tcp}]",
        ])
    func published(ports: String) async throws {
        try await onHost { host in
            try await Self.serve(host, [("web", ports)])
            for address in ["127.0.0.1", "localhost", Host.address] {
                #expect(try await host.shell("curl -sS -m 5 http://\(address):8080/").succeeds().output == "web\n")
            }
            let outside = try await host.shell("curl -sS -m 5 http://\(Host.address):8080/", outside: true)
            #expect(try outside.succeeds().output == "web\n")
            let publisher = try #require(try await host.container("web").Publishers?.first { $0.PublishedPort > 0 })
            #expect(publisher.TargetPort == 80 && publisher.PublishedPort == 8080 && publisher.Protocol == "tcp")
        }
    }

    @Test("A port published on loopback only isn't reached from outside")
    func loopback() async throws {
        try await onHost { host in
            try await Self.serve(host, [("web", "ports: [\"127.0.0.1:8080:80\"]")])
            #expect(try await host.shell("curl -sS -m 5 http://127.0.0.1:8080/").succeeds().output == "web\n")
            for address in [Host.address, "127.0.0.1"] {
                #expect(try await host.shell("curl -sS -m 2 http://\(address):8080/", outside: true).status != 0)
            }
        }
    }

    @Test("A container reaches a published port through the host's address, its own too")
    func hairpin() async throws {
        try await onHost { host in
            try await Self.serve(host, [("web", "ports: [\"8080:80\"]"), ("client", "scale: 1")])
            for service in ["client", "web"] {
                #expect(try await host.inside(service, "timeout 5 wget -qO- http://\(Host.address):8080/") == "web")
            }
        }
    }

    @Test("A range of ports, and a port that the host chooses, are published and told")
    func ranges() async throws {
        try await onHost { host in
            try await Self.serve(host, [("web", "ports: [\"9000-9001:80-81\", \"80\"]")])
            let publishers = try #require(try await host.container("web").Publishers).filter { $0.PublishedPort > 0 }
            #expect(publishers.contains { $0.PublishedPort == 9001 && $0.TargetPort == 81 })
            let chosen = try #require(publishers.first { $0.TargetPort == 80 && $0.PublishedPort != 9000 })
            let page = try await host.shell("curl -sS -m 5 http://127.0.0.1:\(chosen.PublishedPort)/")
            #expect(try page.succeeds().output == "web\n")
        }
    }

    @Test("A port stays published while its container is recreated, and goes with it")
    func portOfRecreated() async throws {
        try await onHost { host in
            try await Self.serve(host, [("web", "ports: [\"8080:80\"]")])
            try await host.roost("up", "-d", "--force-recreate", "--wait").succeeds()
            #expect(try await host.shell("curl -sS -m 5 http://127.0.0.1:8080/").succeeds().output == "web\n")
            try await host.roost("down", "-t", "0").succeeds()
            #expect(try await host.shell("curl -sS -m 5 http://127.0.0.1:8080/").status == 7)
        }
    }

    @Test("Two containers of a service hold its port together, and it is free when the last of them is gone")
    func portOfReplicas() async throws {
        try await onHost { host in
            let get = "curl -sS -m 5 http://127.0.0.1:8080/"
            try await Self.serve(host, [("web", "ports: [\"8080:80\"]\n    scale: 2")])
            #expect(try await host.shell(get).succeeds().output == "web\n")
            // The port leads to the newest one; without that, to the other.
            try await host.roost("up", "-d", "--scale", "web=1").succeeds()
            #expect(try await host.shell(get).succeeds().output == "web\n")
            host.own(stack: "other")
            try host.write("other.yaml", "services:\n\(Self.server("thief", "ports: [\"8080:80\"]"))")
            let outcome = try await host.roost("-p", "other", "-f", "other.yaml", "up", "-d")
            outcome.fails(saying: "already in use by container \(host.name)-web-1 of stack \(host.name)")
            try await host.roost("stop", "-t", "0").succeeds()
            #expect(try await host.shell(get).status == 7)
            try await host.roost("-p", "other", "-f", "other.yaml", "up", "-d", "--wait").succeeds()
            #expect(try await host.shell(get).succeeds().output == "thief\n")
            try await host.roost("-p", "other", "down", "-t", "0").succeeds()
        }
    }

    /// A web server whose page is its container's id; it is ready unless there is a file /sick.
    private static let replica = """
        services:
          web:
            image: \(busybox())
            command: ["sh", "-c", "mkdir /page; hostname >/page/index.html; exec httpd -f -p 80 -h /page"]
            healthcheck: {test: "test ! -e /sick && wget -qO- http://127.0.0.1/ >/dev/null", interval: 100ms, retries: 1}
            restart: always
            stop_signal: SIGKILL
            ports: ["8080:80"]

        """

    /// Who answers on the port, of many connections: the ids, or curl's exit codes.
    private static func answers(_ host: Host, count: Int = 60) async throws -> Set<String> {
        let get = "curl -sS -m 20 http://127.0.0.1:8080/ 2>/dev/null || echo failed $?"
        let output = try await host.shell("for n in $(seq \(count)); do \(get); done").succeeds().output
        return Set(output.split(separator: "\n").map(String.init))
    }

    @Test("Replicas share a published port, and those that are not ready get nothing")
    func sharedPort() async throws {
        try await onHost { host in
            try host.compose(Self.replica)
            try await host.roost("up", "-d", "--wait", "--scale", "web=3").succeeds()
            #expect(try await Self.answers(host).count == 3)
            try await host.roost("exec", "-T", "--index", "2", "web", "touch", "/sick").succeeds()
            try await eventually("one of three got nothing") { try await Self.answers(host).count == 2 }
            try await host.roost("exec", "-T", "--index", "2", "web", "rm", "/sick").succeeds()
            try await eventually("all three answer") { try await Self.answers(host).count == 3 }
            try await host.roost("up", "-d", "--wait", "--scale", "web=1").succeeds()
            #expect(try await Self.answers(host).count == 1)
        }
    }

    @Test("Who connects while a crashed container is started again waits for it")
    func awaitedPort() async throws {
        try await onHost { host in
            try host.compose(Self.replica)
            try await host.roost("up", "-d", "--wait").succeeds()
            let id = try #require(try await Self.answers(host, count: 1).first)
            for _ in 1...5 {
                let process = try await host.mainProcess(of: "web")
                // A connection that the dying process still takes is lost with it: only those after its end are asked for.
                let hasEnded = "grep -q '^State:.[ZX]' /proc/\(process)/status"
                try await host.shell(
                    "kill -9 \(process); while [ -e /proc/\(process) ] && ! \(hasEnded); do sleep 0.01; done"
                ).succeeds()
                let answers = try await Self.answers(host, count: 5)
                #expect(answers == [id])
            }
            // What isn't wanted any more is refused, and at once.
            try await host.roost("stop").succeeds()
            #expect(try await Self.answers(host, count: 1) == ["failed 7"])
        }
    }

    @Test(
        "What a killed removal of a network left is made whole by up",
        arguments: ["subnets", "bridge", "subnets bridge"])
    func halfRemoved(missing: String) async throws {
        try await onHost { host in
            try await Self.serve(host, [("web", "ports: [\"8080:80\"]"), ("client", "scale: 1")])
            try await host.roost("stop", "-t", "0").succeeds()
            try await eventually("the supervisor left") { try await host.processes("roost-supervisor ").isEmpty }
            if missing.contains("subnets") {
                let ledger = "\(host.root)/networks/ledger.json"
                let strike =
                    "import json; l = json.load(open('\(ledger)')); l['networks'] = {}; json.dump(l, open('\(ledger)', 'w'))"
                try await host.shell("python3 -c \"\(strike)\"").succeeds()
            }
            if missing.contains("bridge") {
                let remove =
                    "ip -o link show type bridge | sed 's/^[0-9]*: \\([^:]*\\):.*/\\1/' | xargs -n1 ip link delete"
                try await host.shell(remove).succeeds()
            }
            try await host.roost("up", "-d", "--wait").succeeds()
            #expect(try await host.inside("client", Self.page("web")) == "web")
            #expect(try await host.shell("curl -sS -m 5 http://127.0.0.1:8080/").succeeds().output == "web\n")
        }
    }

    @Test("Two stacks don't see each other, unless they share an external network")
    func stacks() async throws {
        try await onHost { host in
            host.own(stack: "other")
            try await Self.serve(host, [("web", "networks: [shared]")], "networks: {shared: {}}\n")
            let service = Self.server("client", "networks: [default, shared]")
            let file = "services:\n\(service)networks: {shared: {external: true, name: \(host.name)_shared}}\n"
            try host.write("other.yaml", file)
            try await host.roost("-p", "other", "-f", "other.yaml", "up", "-d", "--wait").succeeds()
            let other = ["-p", "other", "-f", "other.yaml"]
            let get = other + ["exec", "-T", "client", "timeout", "5", "wget", "-qO-", "http://web/"]
            #expect(try await host.start(roost: get).outcome().succeeds().output == "web\n")
            try host.write("other.yaml", "services:\n\(Self.server("client", "scale: 1"))")
            try await host.roost("-p", "other", "-f", "other.yaml", "up", "-d", "--wait").succeeds()
            #expect(try await host.start(roost: get).outcome().status != 0)
            try await host.roost("-p", "other", "down", "-t", "0").succeeds()
        }
    }
}

extension Host {
    /// The address of the first container of `service` on a network of the project.
    func address(of service: String, on network: String) async throws -> String {
        let networks = try await inspect(service).NetworkSettings.Networks
        return try #require(networks["\(name)_\(network)"].IPAddress.string)
    }
}
