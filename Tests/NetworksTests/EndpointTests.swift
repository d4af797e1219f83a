import Addressing
import FoundationEssentials
import Testing

@testable import Networks

/// Containers of a stack "shop" on the networks "front" and "hidden", and what follows from them.
private struct Scene {
    var view = NetworkView(
        networks: [
            HostedNetwork(
                name: "front", stack: "shop", bridge: "rstf",
                subnets: [
                    Prefix(IPv4Address(10, 210, 0, 0), length: 24),
                    Prefix(IPv6Address(high: 0xfd << 56, low: 0), length: 64),
                ]),
            HostedNetwork(
                name: "hidden", stack: "shop", bridge: "rsth",
                subnets: [Prefix(IPv4Address(10, 210, 1, 0), length: 24)], isInternal: true),
        ], instance: "0a1b")

    static func port(
        _ host: String?, _ port: UInt16 = 8080, _ transport: TransportProtocol = .tcp
    )
        -> EndpointTable.PublishedPort
    {
        EndpointTable.PublishedPort(
            hostAddress: host.flatMap { IPAddress($0) }, hostPort: Port(port, transport), containerPort: 80)
    }

    static func endpoint(
        _ id: String, _ service: String = "web", stack: String = "shop", at addresses: [String] = [],
        on network: String = "front", ports: [EndpointTable.PublishedPort] = []
    ) -> EndpointTable.Endpoint {
        var endpoint = EndpointTable.Endpoint(container: id, name: "\(stack)-\(id)", service: service, stack: stack)
        endpoint.ports = ports
        let parsed = addresses.compactMap { IPAddress($0) }
        if let first = parsed.first {
            endpoint.places = [.init(network: network, addresses: parsed, mac: MACAddress(of: first), aliases: ["www"])]
        }
        return endpoint
    }

    /// Where the ports of the stack lead.
    var translations: [String] {
        view.ruleset(of: "shop").ports.map { port in
            let targets = port.targets.map { "\($0.address) \($0.port)" }.joined(separator: ", ")
            return "\(port.hostAddress.map { "\($0)" } ?? "*") \(port.hostPort) > \(targets)"
        }
    }

    func addresses(of name: String) throws -> [String] {
        let name = try #require(DomainName(name))
        return view.names(on: ["front"]).addresses(of: name)?.map(\.description) ?? []
    }
}

@Suite struct EndpointTests {
    @Test func theSameTableMakesRulesAndNames() throws {
        var scene = Scene()
        let web = Scene.endpoint("a", at: ["10.210.0.2", "fd00::2"], ports: [Scene.port(nil), Scene.port("::1", 81)])
        scene.view.table.attach(web)
        #expect(scene.translations == ["::1 81/tcp > fd00::2 80", "* 8080/tcp > 10.210.0.2 80, fd00::2 80"])
        for name in ["shop-a", "web", "www", "a"] {
            #expect(try scene.addresses(of: name) == ["10.210.0.2", "fd00::2"], "\(name)")
        }
        #expect(scene.view.ruleset(of: "shop").networks.map(\.bridge) == ["rstf", "rsth"])
        #expect(scene.view.ruleset(of: "other").networks.isEmpty)
        scene.view.table.remove("a")
        #expect(scene.translations.isEmpty)
        #expect(try scene.addresses(of: "web").isEmpty)
    }

    @Test func tasksOfAServiceAreThoseThatAreReady() throws {
        var scene = Scene()
        for (id, address) in [("a", "10.210.0.2"), ("b", "10.210.0.3"), ("c", "10.210.0.4")] {
            scene.view.table.attach(Scene.endpoint(id, at: [address]))
        }
        scene.view.table.setReady("b", false)
        for name in ["tasks.web", "tasks.web.front"] {
            #expect(try scene.addresses(of: name) == ["10.210.0.2", "10.210.0.4"], "\(name)")
        }
        #expect(try scene.addresses(of: "tasks.shop-a").isEmpty)
    }

    @Test func whatOnlyStartsIsNeitherFoundNorReached() throws {
        var scene = Scene()
        scene.view.table.enter(Scene.endpoint("a", at: ["10.210.0.2"], ports: [Scene.port(nil)]))
        #expect(scene.translations.isEmpty)
        #expect(try scene.addresses(of: "web").isEmpty)
    }

    @Test func portsLeadToAllThatAreReady() {
        var scene = Scene()
        for (id, address) in [("b", "10.210.0.2"), ("a", "10.210.0.3")] {
            scene.view.table.attach(Scene.endpoint(id, at: [address], ports: [Scene.port(nil)]))
        }
        #expect(scene.translations == ["* 8080/tcp > 10.210.0.3 80, 10.210.0.2 80"])
        scene.view.table.setReady("a", false)
        #expect(scene.translations == ["* 8080/tcp > 10.210.0.2 80"])
        scene.view.table.drain("b")
        // Nobody is fit: whoever runs is better than none.
        #expect(scene.translations == ["* 8080/tcp > 10.210.0.3 80, 10.210.0.2 80"])
        scene.view.table.setReady("a", true)
        #expect(scene.translations == ["* 8080/tcp > 10.210.0.3 80"])
        scene.view.table.remove("a")
        #expect(scene.translations == ["* 8080/tcp > 10.210.0.2 80"])
    }

    @Test func whoConnectsToWhatIsAwaitedWaits() {
        var scene = Scene()
        scene.view.table.attach(Scene.endpoint("a", at: ["10.210.0.2"], ports: [Scene.port(nil)]))
        scene.view.table.attach(Scene.endpoint("b", "db", at: ["10.210.0.3"], ports: [Scene.port(nil, 81)]))
        scene.view.table.await("a")
        #expect(scene.translations == ["* 81/tcp > 10.210.0.3 80", "* 8080/tcp > "])
        #expect(scene.view.table.conflict([Scene.port(nil)], for: Scene.endpoint("c", "other")) != nil)
        scene.view.table.attach(Scene.endpoint("d", at: ["10.210.0.4"], ports: [Scene.port(nil)]))
        #expect(scene.translations == ["* 81/tcp > 10.210.0.3 80", "* 8080/tcp > 10.210.0.4 80"])
        scene.view.table.remove("d")
        scene.view.table.remove("a")
        #expect(scene.translations == ["* 81/tcp > 10.210.0.3 80"])
    }

    @Test func linksMaySendOnlyWhatIsTheirs() {
        var scene = Scene()
        var trusted = Scene.endpoint("b", at: ["10.210.0.3"])
        trusted.isGuarded = false
        scene.view.table.enter(Scene.endpoint("a", at: ["10.210.0.2", "fd00::2"]))
        scene.view.table.attach(trusted)
        scene.view.table.attach(Scene.endpoint("c", stack: "other", at: ["10.210.0.4"]))
        let links = scene.view.ruleset(of: "shop").links
        #expect(links.map(\.name) == [LinkNames.endpoint(container: "a", network: "front")])
        #expect(links.first?.addresses.map(\.description) == ["10.210.0.2", "fd00::2"])
        // A container is guarded by the rules of its own stack, on whoever's network it is.
        #expect(scene.view.ruleset(of: "other").links.map(\.mac.description) == ["02:42:0a:d2:00:04"])
    }

    @Test func namesLeadToThoseThatAreReady() throws {
        var scene = Scene()
        for (id, address) in [("a", "10.210.0.2"), ("b", "10.210.0.3")] {
            scene.view.table.attach(Scene.endpoint(id, at: [address]))
        }
        #expect(try scene.addresses(of: "web") == ["10.210.0.2", "10.210.0.3"])
        scene.view.table.setReady("b", false)
        #expect(try scene.addresses(of: "web") == ["10.210.0.2"])
        #expect(try scene.addresses(of: "shop-b") == ["10.210.0.3"])
        scene.view.table.drain("a")
        #expect(try scene.addresses(of: "web") == ["10.210.0.2", "10.210.0.3"])
    }

    @Test func portsComeInThroughNetworksWithAWayOutOnly() {
        var scene = Scene()
        scene.view.table.attach(Scene.endpoint("a", at: ["10.210.1.2"], on: "hidden", ports: [Scene.port(nil)]))
        #expect(scene.translations.isEmpty)
    }

    @Test(arguments: [
        (nil, nil, true), ("127.0.0.1", nil, true), ("127.0.0.1", "127.0.0.2", false), ("0.0.0.0", "127.0.0.1", true),
        ("::1", "127.0.0.1", false), ("::", "::1", true), ("::1", nil, true), ("192.0.2.1", "192.0.2.1", true),
    ])
    func portsOverlap(left: String?, right: String?, expected: Bool) {
        #expect(Scene.port(left).overlaps(Scene.port(right)) == expected)
        #expect(Scene.port(right).overlaps(Scene.port(left)) == expected)
        #expect(!Scene.port(left).overlaps(Scene.port(right, 8081)))
        #expect(!Scene.port(left).overlaps(Scene.port(right, 8080, .udp)))
    }

    @Test func aServicesContainersShareItsPorts() {
        var table = EndpointTable()
        let ports = [Scene.port(nil)]
        let old = Scene.endpoint("a", ports: ports)
        table.attach(old)
        let new = Scene.endpoint("b")
        #expect(table.conflict(ports, for: new) == nil)
        #expect(table.sharers(of: ports, for: new).map(\.container) == ["a"])
        #expect(table.sharers(of: [Scene.port(nil, 9)], for: new).isEmpty)
        #expect(table.sharers(of: ports, for: old).isEmpty)
    }

    @Test(arguments: [("api", "shop"), ("web", "other")])
    func othersAreToldWhoHasThePort(service: String, stack: String) {
        var table = EndpointTable()
        let ports = [Scene.port("127.0.0.1")]
        table.enter(Scene.endpoint("a", ports: ports))
        let other = Scene.endpoint("b", service, stack: stack)
        let conflict = table.conflict([Scene.port(nil, 1), Scene.port(nil)], for: other)
        #expect(
            conflict?.description
                == "port 0.0.0.0:8080/tcp is already in use by container shop-a of stack shop: port is already allocated; "
                + "stop that or publish another port")
        #expect(table.sharers(of: ports, for: other).isEmpty)
        #expect(table.conflict(ports, for: other, where: { $0 != "a" }) == nil)
        table.remove("a")
        #expect(table.conflict(ports, for: other) == nil)
    }

    @Test func usersOfANetworkAreKnownByValue() {
        var table = EndpointTable()
        table.attach(Scene.endpoint("b", at: ["10.210.0.2"]))
        table.enter(Scene.endpoint("a", stack: "other", at: ["10.210.0.3"]))
        table.attach(Scene.endpoint("c", at: ["10.210.1.2"], on: "hidden"))
        #expect(table.users(of: "front").map(\.name) == ["other-a", "shop-b"])
        #expect(table.users(of: "missing").isEmpty)
    }

    @Test func runsHaveNumbersOfTheirOwn() {
        var table = EndpointTable()
        let endpoint = Scene.endpoint("a")
        let first = table.attach(endpoint).run
        table.remove("a")
        #expect(table.attach(endpoint).run > first)
    }

    @Test func tablesAreWrittenAndRead() throws {
        var table = EndpointTable()
        table.attach(Scene.endpoint("a", at: ["10.210.0.2", "fd00::2"], ports: [Scene.port("::1", 53, .udp)]))
        #expect(try JSONDecoder().decode(EndpointTable.self, from: JSONEncoder().encode(table)) == table)
    }
}

@Suite struct EndpointRequestTests {
    private let ledger: AddressLedger

    init() throws {
        var ledger = AddressLedger()
        for name in ["a", "b", "c"] { try ledger.addNetwork(name, hostRoutes: []) }
        self.ledger = ledger
    }

    @Test func linksComeInTheOrderOfPriority() throws {
        let request = EndpointRequest(
            Scene.endpoint("x"),
            attachments: [
                .init(network: "a"), .init(network: "b", priority: 5), .init(network: "c"),
            ])
        var changed = ledger
        let endpoint = try request.places(from: &changed, serving: [])
        #expect(endpoint.places.map(\.network) == ["b", "a", "c"])
        #expect(endpoint.places.map(\.mac.description).first == "02:42:0a:d2:01:02")
        // What it has is found again, and nothing new given out.
        #expect(request.places(in: &changed) == endpoint)
        var other = ledger
        #expect(request.places(in: &other).places.isEmpty)
        #expect(other == ledger)
    }

    @Test func whatIsFixedIsKept() throws {
        let mac = try #require(MACAddress("02:00:00:00:00:09"))
        let address = try #require(IPAddress("10.210.0.9"))
        let request = EndpointRequest(
            Scene.endpoint("x"), attachments: [.init(network: "a", aliases: ["x"], addresses: [address], mac: mac)])
        var changed = ledger
        let place = try request.places(from: &changed, serving: []).places.first
        #expect(place == .init(network: "a", addresses: [address], mac: mac, aliases: ["x"]))
    }
}

@Suite struct NetworkTracesTests {
    @Test(arguments: [
        (false, false, false, "give-subnets write-record make-bridge apply-rules"),
        // Subnets of a network that nobody knows: what they were asked for isn't known either.
        (false, true, false, "take-subnets give-subnets write-record make-bridge apply-rules"),
        (true, false, false, "give-subnets write-record make-bridge apply-rules"),
        (true, false, true, "give-subnets write-record apply-rules"),
        (true, true, false, "make-bridge apply-rules"), (true, true, true, "apply-rules"),
    ])
    func creationDoesWhatIsMissing(record: Bool, subnets: Bool, bridge: Bool, expected: String) {
        let traces = NetworkTraces(hasRecord: record, hasSubnets: subnets, hasBridge: bridge)
        #expect(traces.creation.map(\.rawValue).joined(separator: " ") == expected)
    }

    @Test func removalLeavesTheRecordForLast() {
        for (record, subnets) in [(true, true), (true, false), (false, true)] {
            let traces = NetworkTraces(hasRecord: record, hasSubnets: subnets, hasBridge: false)
            #expect(traces.removal == [.removeRules, .removeBridge, .takeSubnets, .removeRecord])
        }
        #expect(NetworkTraces(hasRecord: false, hasSubnets: false, hasBridge: false).removal.isEmpty)
    }
}
