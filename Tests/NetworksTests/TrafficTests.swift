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
    @Test(arguments: AddressFamily.allCases)
    func neighboursReachEachOtherAndTheWorld(family: AddressFamily) throws {
        try withHost(family) { (host) throws in
            #expect(try host.connection(from: host.front2, to: host.front1.address, 80)?.from == host.front2.address)
            let outgoing = try host.connection(from: host.front1, to: host.worldAddress, 7)
            #expect(outgoing == .init(from: host.publicAddress, at: "world"))
        }
    }

    @Test(arguments: AddressFamily.allCases)
    func networksAreIsolated(family: AddressFamily) throws {
        try withHost(family) { (host) throws in
            #expect(try !host.reaches(from: host.back, to: host.front1.address, 80))
            #expect(try !host.reaches(from: host.world, to: host.front1.address, 80))
            #expect(try !host.reaches(from: host.hidden, to: host.front1.address, 80))
            #expect(try !host.reaches(from: host.front1, to: host.hidden.address, 80))
            #expect(try !host.reaches(from: host.hidden, to: host.worldAddress, 7))
        }
    }

    @Test(arguments: AddressFamily.allCases)
    func publishedPortsAreReachedFromEverywhere(family: AddressFamily) throws {
        try withHost(family) { (host) throws in
            let outside = try host.connection(from: host.world, to: host.publicAddress, 8080)
            #expect(outside == .init(from: host.worldAddress, at: "front1"))
            if family == .v4 {
                let loopback = try host.connection(from: nil, to: .v4(.loopback), 8080)
                #expect(loopback == .init(from: host.frontGateway, at: "front1"))
            }
            #expect(try host.connection(from: nil, to: host.publicAddress, 8080)?.at == "front1")
            #expect(try host.connection(from: host.back, to: host.publicAddress, 8080)?.at == "front1")
            // A neighbour and the container itself come back through the host.
            for container in [host.front2, host.front1] {
                let hairpin = try host.connection(from: container, to: host.publicAddress, 8080)
                #expect(hairpin == .init(from: host.frontGateway, at: "front1"), "from \(container.name)")
            }
        }
    }

    @Test func portsOnLoopbackAreTheHostsAlone() throws {
        try withHost { (host) throws in
            #expect(try host.connection(from: nil, to: .v4(.loopback), 9090)?.at == "front1")
            #expect(try !host.reaches(from: host.world, to: host.publicAddress, 9090))
            #expect(try !host.reaches(from: host.back, to: host.publicAddress, 9090))
            // A neighbour that simply routes there.
            try inNetwork(host.world.network) {
                try set("net/ipv4/conf/eth0/route_localnet", "1")
                // Its own loopback is not to answer.
                let outcome = try run(["/sbin/ip", "address", "flush", "dev", "lo"])
                #expect(outcome.status == 0, "\(outcome.output)")
            }
            #expect(try !host.reaches(from: host.world, to: .v4(.loopback), 9090))
            #expect(try host.reaches(from: host.world, to: host.publicAddress, 8080))
        }
    }

    @Test(arguments: AddressFamily.allCases)
    func internalNetworksReachNothingOfTheHost(family: AddressFamily) throws {
        try withHost(family) { (host) throws in
            for address in [host.publicAddress, host.gateways[2], host.gateways[0]] {
                #expect(try !host.reaches(from: host.hidden, to: address, 22), "\(address)")
                #expect(try host.connection(from: host.front1, to: address, 22)?.at == "host", "\(address)")
            }
            // The host itself may look after what runs there.
            #expect(try host.connection(from: nil, to: host.hidden.address, 80)?.at == "hidden")
        }
    }

    @Test func theHostBecomesNoRouterForOthers() throws {
        try withHost { (host) throws in
            try host.enter { #expect(!KernelSettings.isRouter) }
            for (from, to) in [(host.world, host.lan), (host.lan, host.world)] {
                #expect(try !host.reaches(from: from, to: to.address, 7), "\(from.name)")
            }
            #expect(try host.connection(from: host.front1, to: host.lan.address, 7)?.at == "lan")
            #expect(try host.connection(from: host.lan, to: host.gateways[0], 8080)?.at == "front1")
            try host.enter {
                // There are bridges: nothing is closed that they need.
                try host.openedLinks.close()
                #expect(KernelSettings.isForwarding("rv-world"))
                var route = try RouteSocket()
                for name in host.bridges { try route.removeBridge(name) }
                try host.openedLinks.close()
                for link in ["rv-world", "rv-lan"] { #expect(!KernelSettings.isForwarding(link), "\(link)") }
            }
        }
    }

    @Test func whoPassesPacketsOnByItselfIsLeftAlone() throws {
        try withHost { (host) throws in
            try host.enter {
                try set("net/ipv4/ip_forward", "1")
                #expect(try host.openedLinks.open().isEmpty)
                var route = try RouteSocket()
                for name in host.bridges { try route.removeBridge(name) }
                try host.openedLinks.close()
                #expect(KernelSettings.isForwarding("rv-world"))
            }
        }
    }

    @Test(arguments: AddressFamily.allCases)
    func datagramsFollowTheRules(family: AddressFamily) throws {
        try withHost(family) { (host) throws in
            let client = try inNetwork(host.world.network) { try datagramSocket(family) }
            let receivers = try [host.front1, host.front2].map { place in
                let receiver = try inNetwork(place.network) { try datagramSocket(family) }
                try #require(withAddress(family.any, 5353) { bind(receiver, $0, $1) } == 0)
                return receiver
            }
            defer { for socket in receivers + [client] { close(socket) } }
            /// Which of the two a datagram of the one client gets to; the first may get lost while neighbours are asked for.
            func receiver() throws -> Int? {
                for _ in 0..<20 {
                    try #require(withAddress(host.publicAddress, 5353) { sendto(client, "x", 1, 0, $0, $1) } == 1)
                    var polled = receivers.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
                    guard poll(&polled, 2, 250) > 0, let index = polled.firstIndex(where: { $0.revents != 0 }) else {
                        continue
                    }
                    var byte: UInt8 = 0
                    recv(receivers[index], &byte, 1, 0)
                    return index
                }
                return nil
            }
            func lead(to places: [Place], before earlier: Ruleset?) throws -> Ruleset {
                var ruleset = Ruleset(table: "roost-test-names", networks: host.networks)
                ruleset.ports = [
                    .init(hostPort: Port(5353, .udp), targets: places.map { .init($0.address, 5353) })
                ]
                try host.enter {
                    var filter = try NetfilterSocket()
                    try filter.apply(ruleset)
                    var route = try RouteSocket()
                    let own = try route.addresses().compactMap { IPAddress(bytes: $0.address) }
                    try filter.forgetStaleFlows(ruleset, earlier: earlier) { Set(own) }
                }
                return ruleset
            }
            let nobody = try lead(to: [], before: nil)
            // A flow to nobody begins.
            try #require(withAddress(host.publicAddress, 5353) { sendto(client, "x", 1, 0, $0, $1) } == 1)
            let first = try lead(to: [host.front1], before: nobody)
            #expect(try receiver() == 0)
            let second = try lead(to: [host.front2], before: first)
            #expect(try receiver() == 1)
            _ = try lead(to: [host.front1, host.front2], before: second)
            #expect(try receiver() == 1, "what goes on well is left alone")
        }
    }

    private func datagramSocket(_ family: AddressFamily) throws -> Int32 {
        let descriptor = socket(family == .v4 ? AF_INET : AF_INET6, Int32(SOCK_DGRAM.rawValue), 0)
        try #require(descriptor >= 0)
        return descriptor
    }

    @Test(arguments: AddressFamily.allCases)
    func containersSendOnlyWhatIsTheirs(family: AddressFamily) throws {
        try withHost(family) { (host) throws in
            #expect(try host.connection(from: host.front2, to: host.front1.address, 80) != nil)
            let stranger = IPAddress(family, host.front2.address.number + 70)
            func add(_ address: IPAddress) throws {
                try inNetwork(host.front2.network) {
                    var route = try RouteSocket()
                    let link = try route.linkIndex("eth0")
                    try route.addAddress(address.bytes, prefixLength: family == .v4 ? 24 : 64, to: link)
                }
            }
            try add(stranger)
            #expect(try !host.reaches(from: host.front2, as: stranger, to: host.front1.address, 80))
            #expect(try !host.reaches(from: host.front2, as: stranger, to: host.worldAddress, 7))
            // It says that a neighbour were here.
            try add(host.front1.address)
            #expect(try !host.reaches(from: host.front2, as: host.front1.address, to: host.worldAddress, 7))
            #expect(try host.connection(from: nil, to: host.front1.address, 80)?.at == "front1")
            #expect(try host.connection(from: host.front2, as: host.front2.address, to: host.worldAddress, 7) != nil)
            try inNetwork(host.front2.network) {
                let outcome = try run(["/sbin/ip", "link", "set", "eth0", "address", "\(MACAddress(of: stranger))"])
                #expect(outcome.status == 0, "\(outcome.output)")
            }
            #expect(
                try !host.reaches(from: host.front2, as: host.front2.address, to: host.worldAddress, 7),
                "with a hardware address of its own choice")
        }
    }

    /// Writes a setting of this thread's network namespace.
    private func set(_ name: String, _ value: String) throws {
        let descriptor = open("/proc/sys/\(name)", O_WRONLY | O_CLOEXEC)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        try #require(write(descriptor, value, value.utf8.count) == value.utf8.count)
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
            let subnet = Prefix(IPv4Address(10, 210, 0, 0), length: 24)
            let longSubnet = Prefix(IPv6Address(high: 0xfd << 56, low: 0), length: 64)
            let bridge = Bridge(
                name: "rst0",
                addresses: [subnet, longSubnet].map { .init($0.hosts.lowerBound, prefixLength: $0.length) })
            let index = try route.ensureBridge(bridge)
            #expect(try route.ensureBridge(bridge) == index)
            let addresses = try route.addresses().filter { $0.link == index && $0.address.prefix(1) != [0xfe] }
            #expect(
                addresses.compactMap { IPAddress(bytes: $0.address)?.description }.sorted() == [
                    "10.210.0.1", "fd00::1",
                ])
            #expect(try route.link("rst0").mac == [2, 0x42, 10, 210, 0, 1])
            #expect(try Set(route.routedSubnets()).isSuperset(of: [subnet, longSubnet]))
        }
    }

    private func withHost(_ family: AddressFamily = .v4, _ body: (Host) throws -> Void) throws {
        let host = try Host(family)
        defer { host.close() }
        try body(host)
    }
}

private struct Place {
    let name: String
    let network: Int32
    let address: IPAddress
    let listener: Int32
}

private struct Connection: Equatable {
    let from: IPAddress
    let at: String
}

private struct Host {
    let worldAddress: IPAddress
    let publicAddress: IPAddress
    let network: Int32
    let front1: Place
    let front2: Place
    let back: Place
    let hidden: Place
    let world: Place
    /// Another neighbour of the host, on a link of its own.
    let lan: Place
    /// A service of the host.
    let itself: Place
    let openedLinks: OpenedLinks
    let networks: [Ruleset.Network]
    /// The host's addresses on the bridges.
    let gateways: [IPAddress]
    let bridges: [String]

    init(_ family: AddressFamily) throws {
        let outside = try Self.prefix(family, "198.51.100.0/24", "2001:db8::/64")
        let subnets = try (0..<3).map { try Self.prefix(family, "10.210.\($0).0/24", "fd00:0:0:\($0)::/64") }
        let publicAddress = Self.address(1, in: outside)
        bridges = (0..<3).map { LinkNames.bridge(network: "net\($0)") }
        gateways = subnets.map(\.hosts.lowerBound)
        let bridges = bridges
        network = try inNewNetwork {
            let network = try currentNetwork()
            try Self.settle(family)
            var route = try RouteSocket()
            try route.setUp(RouteSocket.loopback)
            for (name, subnet) in zip(bridges, subnets) {
                let address = Bridge.Address(subnet.hosts.lowerBound, prefixLength: subnet.length)
                try route.ensureBridge(Bridge(name: name, addresses: [address]))
                try KernelSettings.allowLoopbackPorts(on: name)
                try KernelSettings.allowForwarding(through: name)
            }
            return network
        }
        let host = network
        func container(_ name: String, on index: Int, _ number: UInt128) throws -> Place {
            let address = Self.address(number, in: subnets[index])
            return try Self.container(name, on: bridges[index], address, subnets[index], of: host)
        }
        front1 = try container("front1", on: 0, 2)
        front2 = try container("front2", on: 0, 3)
        back = try container("back", on: 1, 2)
        hidden = try container("hidden", on: 2, 2)
        worldAddress = Self.address(2, in: outside)
        self.publicAddress = publicAddress
        world = try Self.container("world", on: nil, worldAddress, outside, of: host)
        let elsewhere = try Self.prefix(family, "203.0.113.0/24", "2001:db8:1::/64")
        lan = try Self.container("lan", on: nil, Self.address(2, in: elsewhere), elsewhere, of: host)
        itself = try inNetwork(host) {
            Place(name: "host", network: host, address: publicAddress, listener: try Self.listener(22, family))
        }
        openedLinks = try Self.withTemporaryFile { OpenedLinks(path: $0) }
        let links = openedLinks
        try inNetwork(host) {
            let ruleset = Self.ruleset(bridges, subnets, opened: try links.open())
            var filter = try NetfilterSocket()
            try filter.apply(ruleset)
        }
        networks = Self.networks(bridges, subnets)
    }

    private static func networks(_ bridges: [String], _ subnets: [Prefix]) -> [Ruleset.Network] {
        zip(bridges, subnets).enumerated().map { index, pair in
            .init(bridge: pair.0, subnets: [pair.1], isInternal: index == 2)
        }
    }

    private static func withTemporaryFile<Result>(_ body: (String) -> Result) throws -> Result {
        var path = Array("/tmp/roost-test-XXXXXX".utf8CString)
        let file = mkstemp(&path)
        try #require(file >= 0)
        Glibc.close(file)
        let name = String(decoding: path.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        unlink(name)
        return body(name)
    }

    private static func prefix(_ family: AddressFamily, _ short: String, _ long: String) throws -> Prefix {
        try #require(Prefix(family == .v4 ? short : long))
    }

    private static func address(_ number: UInt128, in prefix: Prefix) -> IPAddress {
        IPAddress(prefix.family, prefix.address.number + number)
    }

    /// In a namespace of IPv6: addresses are usable at once, and packets are passed on.
    private static func settle(_ family: AddressFamily) throws {
        guard family == .v6 else { return }
        for (name, value) in [("all/accept_dad", "0"), ("default/accept_dad", "0"), ("all/forwarding", "1")] {
            let descriptor = open("/proc/sys/net/ipv6/conf/\(name)", O_WRONLY | O_CLOEXEC)
            try #require(descriptor >= 0)
            defer { Glibc.close(descriptor) }
            try #require(write(descriptor, value, 1) == 1)
        }
    }

    private static func ruleset(_ bridges: [String], _ subnets: [Prefix], opened: [String]) -> Ruleset {
        let front1 = address(2, in: subnets[0])
        let onLoopback = Ruleset.PublishedPort(
            hostAddress: .v4(.loopback), hostPort: Port(9090), targets: [.init(front1, 80)])
        return Ruleset(
            table: Ruleset.tableName(instance: "test", stack: "shop"),
            networks: networks(bridges, subnets),
            ports: [.init(hostPort: Port(8080), targets: [.init(front1, 80)])]
                + (front1.family == .v4 ? [onLoopback] : []),
            links: ["front1", "front2"].enumerated().map { index, name in
                let own = address(UInt128(index + 2), in: subnets[0])
                return .init(name: "rv-\(name)", mac: MACAddress(of: own), addresses: [own])
            }, openedLinks: opened)
    }

    private static func listener(_ port: UInt16, _ family: AddressFamily) throws -> Int32 {
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let listener = socket(family == .v4 ? AF_INET : AF_INET6, kind, 0)
        try #require(withAddress(family.any, port) { bind(listener, $0, $1) } == 0)
        try #require(listen(listener, 16) == 0)
        return listener
    }

    /// A namespace with one link: on a bridge, or, without one, straight to the host's public address.
    private static func container(
        _ name: String, on bridge: String?, _ address: IPAddress, _ subnet: Prefix, of host: Int32
    ) throws -> Place {
        let gateway = subnet.hosts.lowerBound
        let port: UInt16 = bridge == nil ? 7 : 80
        return try inNewNetwork {
            let network = try currentNetwork()
            try settle(subnet.family)
            try inNetwork(host) {
                var route = try RouteSocket()
                let index = try bridge.map { try route.linkIndex($0) }
                try route.createVeth(
                    VethPair(
                        name: "rv-\(name)", bridge: index, peerName: "eth0", peerMAC: MACAddress(of: address).bytes,
                        peerNamespace: network))
                guard bridge == nil else { return }
                let link = try route.linkIndex("rv-\(name)")
                try route.addAddress(gateway.bytes, prefixLength: subnet.length, to: link)
            }
            var route = try RouteSocket()
            try route.configureEndpoint(
                "eth0", address: address.bytes, prefixLength: subnet.length, gateway: gateway.bytes)
            try inNetwork(host) {
                var route = try RouteSocket()
                try route.settle("rv-\(name)")
                if let bridge { try route.settle(bridge) }
            }
            return Place(
                name: name, network: network, address: address, listener: try listener(port, address.family))
        }
    }

    private var places: [Place] { [front1, front2, back, hidden, world, lan, itself] }

    func close() {
        for place in places {
            Glibc.close(place.listener)
            if place.name != itself.name { Glibc.close(place.network) }
        }
        Glibc.close(network)
    }

    var frontGateway: IPAddress { gateways[0] }

    func enter<Result>(_ body: () throws -> Result) throws -> Result {
        try inNetwork(network, body)
    }

    /// Connects from a place (nil: the host itself); says where the connection arrived and from whom. Where a neighbour
    /// has to be asked for first, the first packets may get lost.
    func connection(
        from place: Place?, as source: IPAddress? = nil, to address: IPAddress, _ port: UInt16
    ) throws -> Connection? {
        for _ in 0..<10 {
            if let connection = try attempt(from: place, as: source, to: address, port) { return connection }
        }
        return nil
    }

    /// Whether a single attempt to connect gets anywhere.
    func reaches(
        from place: Place?, as source: IPAddress? = nil, to address: IPAddress, _ port: UInt16
    ) throws -> Bool {
        try attempt(from: place, as: source, to: address, port) != nil
    }

    private func attempt(
        from place: Place?, as source: IPAddress?, to address: IPAddress, _ port: UInt16
    ) throws -> Connection? {
        let client = try inNetwork(place?.network ?? network) {
            socket(address.family == .v4 ? AF_INET : AF_INET6, Int32(SOCK_STREAM.rawValue), 0)
        }
        defer { Glibc.close(client) }
        if let source { try #require(withAddress(source, 0) { bind(client, $0, $1) } == 0) }
        // Long enough for one packet there and back; a dropped one is not sent again in that time.
        var wait = timeval(tv_sec: 0, tv_usec: 500_000)
        setsockopt(client, SOL_SOCKET, SO_SNDTIMEO, &wait, socklen_t(MemoryLayout<timeval>.size))
        guard withAddress(address, port, { connect(client, $0, $1) }) == 0 else { return nil }
        for place in places {
            var peer = sockaddr_storage()
            var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
            let accepted = withUnsafeMutablePointer(to: &peer) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { accept(place.listener, $0, &length) }
            }
            guard accepted >= 0 else { continue }
            Glibc.close(accepted)
            let bytes = withUnsafeBytes(of: peer) { Array($0) }
            let from = address.family == .v4 ? IPAddress(bytes: bytes[4..<8]) : IPAddress(bytes: bytes[8..<24])
            return Connection(from: try #require(from), at: place.name)
        }
        Issue.record("a connection was made to nobody")
        return nil
    }
}
