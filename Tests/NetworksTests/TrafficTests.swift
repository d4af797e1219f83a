import Addressing
import CLinux
import Glibc
import Kernel
import Testing

@testable import Networks

/// What the ruleset does to real connections, between network namespaces of the test's own: a host with two networks
/// and an internal one, and somebody outside.
@Suite(.enabled(if: isRoot, "making network namespaces needs root"))
struct TrafficTests {
    @Test func neighboursReachEachOtherAndTheWorld() throws {
        try withHost { (host) throws in
            #expect(try host.connection(from: host.front2, to: host.front1.address, 80)?.from == host.front2.address)
            #expect(try host.connection(from: host.front1, to: Host.worldAddress, 7)?.from == Host.publicAddress)
        }
    }

    @Test func networksAreIsolated() throws {
        try withHost { (host) throws in
            #expect(try host.connection(from: host.back, to: host.front1.address, 80) == nil)
            #expect(try host.connection(from: host.world, to: host.front1.address, 80) == nil)
            #expect(try host.connection(from: host.hidden, to: host.front1.address, 80) == nil)
            #expect(try host.connection(from: host.front1, to: host.hidden.address, 80) == nil)
            #expect(try host.connection(from: host.hidden, to: Host.worldAddress, 7) == nil)
        }
    }

    @Test func publishedPortsAreReachedFromEverywhere() throws {
        try withHost { (host) throws in
            let outside = try host.connection(from: host.world, to: Host.publicAddress, 8080)
            #expect(outside == .init(from: Host.worldAddress, at: "front1"))
            let loopback = try host.connection(from: nil, to: .loopback, 8080)
            #expect(loopback == .init(from: host.frontGateway, at: "front1"))
            #expect(try host.connection(from: nil, to: Host.publicAddress, 8080)?.at == "front1")
            #expect(try host.connection(from: host.back, to: Host.publicAddress, 8080)?.at == "front1")
            // A neighbour and the container itself come back through the host.
            for container in [host.front2, host.front1] {
                let hairpin = try host.connection(from: container, to: Host.publicAddress, 8080)
                #expect(hairpin == .init(from: host.frontGateway, at: "front1"), "from \(container.name)")
            }
        }
    }

    @Test func portsOnLoopbackAreTheHostsAlone() throws {
        try withHost { (host) throws in
            #expect(try host.connection(from: nil, to: .loopback, 9090)?.at == "front1")
            #expect(try host.connection(from: host.world, to: Host.publicAddress, 9090) == nil)
            #expect(try host.connection(from: host.back, to: Host.publicAddress, 9090) == nil)
        }
    }

    @Test func nothingIsLeftWhenTheTableAndBridgesGo() throws {
        try withHost { (host) throws in
            try host.enter {
                var filter = try NetfilterSocket()
                var route = try RouteSocket()
                for table in try filter.tables() { try filter.deleteTable(table) }
                for name in host.bridges {
                    try route.removeBridge(name)
                    try route.removeBridge(name)
                }
                #expect(try filter.tables().isEmpty)
                let links = try route.links()
                #expect(!links.contains { $0.kind == "bridge" })
            }
        }
    }

    @Test func ensuringABridgeTwiceIsEnsuringItOnce() throws {
        try inNewNetwork {
            var route = try RouteSocket()
            let bridge = Bridge(
                name: "rst0", gateway: IPv4Address(10, 210, 0, 1),
                subnet: Prefix(IPv4Address(10, 210, 0, 0), length: 24))
            let index = try route.ensureBridge(bridge)
            #expect(try route.ensureBridge(bridge) == index)
            let addresses = try route.addresses().filter { $0.link == index && $0.address.count == 4 }
            #expect(addresses.count == 1)
            #expect(try route.link("rst0").mac == [2, 0x42, 10, 210, 0, 1])
            #expect(try route.routedSubnets().contains(bridge.subnet))
        }
    }

    private func withHost(_ body: (Host) throws -> Void) throws {
        let host = try Host()
        defer { host.close() }
        try body(host)
    }
}

private struct Place {
    let name: String
    let network: Int32
    let address: IPv4Address
    let listener: Int32
}

private struct Connection: Equatable {
    let from: IPv4Address
    let at: String
}

private struct Host {
    static let worldAddress = IPv4Address(198, 51, 100, 2)
    static let publicAddress = IPv4Address(198, 51, 100, 1)

    let network: Int32
    let front1: Place
    let front2: Place
    let back: Place
    let hidden: Place
    let world: Place
    let frontGateway: IPv4Address
    let bridges: [String]

    private static let subnets = (0..<3).map { Prefix(IPv4Address(10, 210, $0, 0), length: 24) }

    init() throws {
        bridges = (0..<3).map { LinkNames.bridge(network: "net\($0)") }
        frontGateway = Self.subnets[0].hosts.lowerBound
        let bridges = bridges
        network = try inNewNetwork {
            let network = try currentNetwork()
            var route = try RouteSocket()
            try route.setUp(RouteSocket.loopback)
            try KernelSettings.allowForwarding()
            for (name, subnet) in zip(bridges, Self.subnets) {
                try route.ensureBridge(Bridge(name: name, gateway: subnet.hosts.lowerBound, subnet: subnet))
                try KernelSettings.allowLoopbackPorts(on: name)
            }
            var filter = try NetfilterSocket()
            try filter.apply(Self.ruleset(bridges))
            return network
        }
        front1 = try Self.container("front1", on: bridges[0], IPv4Address(10, 210, 0, 2), of: network)
        front2 = try Self.container("front2", on: bridges[0], IPv4Address(10, 210, 0, 3), of: network)
        back = try Self.container("back", on: bridges[1], IPv4Address(10, 210, 1, 2), of: network)
        hidden = try Self.container("hidden", on: bridges[2], IPv4Address(10, 210, 2, 2), of: network)
        world = try Self.container("world", on: nil, Self.worldAddress, of: network)
    }

    private static func ruleset(_ bridges: [String]) -> Ruleset {
        let front1 = IPv4Address(10, 210, 0, 2)
        return Ruleset(
            table: Ruleset.tableName(instance: "test", stack: "shop"),
            networks: zip(bridges, subnets).enumerated().map { index, pair in
                .init(bridge: pair.0, subnet: pair.1, isInternal: index == 2)
            },
            ports: [
                .init(hostPort: Port(8080), address: front1, containerPort: 80),
                .init(hostAddress: .loopback, hostPort: Port(9090), address: front1, containerPort: 80),
            ])
    }

    /// A namespace with one link: on a bridge, or, without one, straight to the host's public address.
    private static func container(
        _ name: String, on bridge: String?, _ address: IPv4Address, of host: Int32
    ) throws -> Place {
        let gateway = bridge == nil ? publicAddress : Prefix(address, length: 24).hosts.lowerBound
        let port: UInt16 = bridge == nil ? 7 : 80
        return try inNewNetwork {
            let network = try currentNetwork()
            try inNetwork(host) {
                var route = try RouteSocket()
                let index = try bridge.map { try route.linkIndex($0) }
                try route.createVeth(
                    VethPair(
                        name: "rv-\(name)", bridge: index, peerName: "eth0", peerMAC: MACAddress(of: address).bytes,
                        peerNamespace: network))
                guard bridge == nil else { return }
                let link = try route.linkIndex("rv-\(name)")
                try route.addAddress(publicAddress.bytes, prefixLength: 24, to: link)
            }
            var route = try RouteSocket()
            try route.configureEndpoint("eth0", address: address.bytes, prefixLength: 24, gateway: gateway.bytes)
            try inNetwork(host) {
                var route = try RouteSocket()
                try route.settle("rv-\(name)")
                if let bridge { try route.settle(bridge) }
            }
            let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
            try #require(withAddress(.any, port) { bind(listener, $0, $1) } == 0)
            try #require(listen(listener, 16) == 0)
            return Place(name: name, network: network, address: address, listener: listener)
        }
    }

    private var places: [Place] { [front1, front2, back, hidden, world] }

    func close() {
        for place in places {
            Glibc.close(place.listener)
            Glibc.close(place.network)
        }
        Glibc.close(network)
    }

    func enter<Result>(_ body: () throws -> Result) throws -> Result {
        try inNetwork(network, body)
    }

    /// Tries to connect from a place (nil: the host itself); says where the connection arrived and from whom.
    func connection(from place: Place?, to address: IPv4Address, _ port: UInt16) throws -> Connection? {
        let client = try inNetwork(place?.network ?? network) {
            socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        }
        defer { Glibc.close(client) }
        // Long enough for one packet there and back; a dropped one is not sent again in that time.
        var wait = timeval(tv_sec: 0, tv_usec: 500_000)
        setsockopt(client, SOL_SOCKET, SO_SNDTIMEO, &wait, socklen_t(MemoryLayout<timeval>.size))
        guard withAddress(address, port, { connect(client, $0, $1) }) == 0 else { return nil }
        for place in places {
            var peer = sockaddr_in()
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let accepted = withUnsafeMutablePointer(to: &peer) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { accept(place.listener, $0, &length) }
            }
            guard accepted >= 0 else { continue }
            Glibc.close(accepted)
            return Connection(from: IPv4Address(UInt32(bigEndian: peer.sin_addr.s_addr)), at: place.name)
        }
        Issue.record("a connection was made to nobody")
        return nil
    }
}
