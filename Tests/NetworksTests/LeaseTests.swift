import Addressing
import FoundationEssentials
import Testing

@testable import Networks

private func prefix(_ text: String) throws -> Prefix { try #require(Prefix(text)) }
private func address(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }

/// A container whose id follows from its name and a number.
private func container(_ name: String, _ number: Int = 1) -> LeaseHolder {
    LeaseHolder(container: "\(name)#\(number)", name: name)
}

extension AddressLedger {
    /// Leases on a network with IPv4 only, as text.
    fileprivate mutating func leased(
        _ holder: LeaseHolder, on network: String = "a", asked: String? = nil, serving: [LeaseHolder] = []
    ) throws -> String {
        let asked = try asked.map { [try address($0)] } ?? []
        return try lease(holder, on: network, asked: asked, serving: Set(serving.map(\.container)))
            .map(\.description).joined(separator: " ")
    }
}

extension NetworkLeases {
    fileprivate var subnet: Prefix { subnets[0].subnet }
    fileprivate var gateway: IPAddress { subnets[0].gateway }
}

@Suite struct LeaseTests {
    @Test(arguments: [
        ([], "10.210.0.0/24"), (["10.210.0.0/24"], "10.210.1.0/24"), (["10.210.0.128/25"], "10.210.1.0/24"),
        (["10.210.0.0/16"], "10.211.0.0/24"), (["10.0.0.0/8"], "192.168.192.0/24"), (["0.0.0.0/0"], "10.210.0.0/24"),
        (["0.0.0.0/1", "128.0.0.0/1"], "10.210.0.0/24"), (["172.17.0.0/16", "192.168.1.0/24"], "10.210.0.0/24"),
    ])
    func subnetsAvoidTheHostsRoutes(routes: [String], expected: String) throws {
        var ledger = AddressLedger()
        let network = try ledger.addNetwork("front", hostRoutes: routes.map { try prefix($0) })
        #expect(network.subnet.description == expected)
        #expect(network.gateway == network.subnet.hosts.lowerBound)
    }

    @Test func networksDoNotOverlapAndKeepTheirSubnet() throws {
        var ledger = AddressLedger()
        let front = try ledger.addNetwork("front", hostRoutes: [])
        let back = try ledger.addNetwork("back", hostRoutes: [])
        #expect(back.subnet.description == "10.210.1.0/24")
        // Its own bridge's route must not drive a network from its subnet.
        #expect(try ledger.addNetwork("front", hostRoutes: [front.subnet]) == front)
        ledger.removeNetwork("front")
        #expect(try ledger.addNetwork("third", hostRoutes: []).subnet == front.subnet)
    }

    @Test func poolsRunOut() throws {
        var ledger = AddressLedger(pools: [try prefix("10.0.0.0/23")])
        try ledger.addNetwork("a", hostRoutes: [])
        try ledger.addNetwork("b", hostRoutes: [])
        #expect(throws: LeaseError.noSubnetLeft(ledger.pools)) { try ledger.addNetwork("c", hostRoutes: []) }
    }

    @Test func whatIsAskedForIsChecked() throws {
        var ledger = AddressLedger()
        let subnet = try prefix("172.20.0.0/16")
        let asked = SubnetRequest(
            subnet: subnet, gateway: try address("172.20.0.254"), range: try prefix("172.20.5.0/24"))
        let network = try ledger.addNetwork("a", [asked], hostRoutes: [])
        #expect(network.gateway.description == "172.20.0.254")
        #expect(try ledger.leased(container("web")) == "172.20.5.0")
        #expect(throws: LeaseError.subnetTaken(try prefix("172.20.1.0/24"), network: "b", by: "a", otherSubnet: subnet))
        {
            try ledger.addNetwork("b", [SubnetRequest(subnet: try prefix("172.20.1.0/24"))], hostRoutes: [])
        }
        #expect(throws: LeaseError.self) {
            try ledger.addNetwork(
                "c", [SubnetRequest(subnet: try prefix("10.9.0.0/24"), gateway: try address("10.8.0.1"))],
                hostRoutes: [])
        }
        #expect(throws: LeaseError.self) {
            try ledger.addNetwork("d", [SubnetRequest(subnet: try prefix("10.9.0.0/31"))], hostRoutes: [])
        }
    }

    @Test func addressesAreStableAndNotReusedAtOnce() throws {
        var ledger = AddressLedger()
        try ledger.addNetwork("a", hostRoutes: [])
        #expect(try ledger.leased(container("web-1")) == "10.210.0.2")
        #expect(try ledger.leased(container("web-2")) == "10.210.0.3")
        #expect(try ledger.leased(container("web-1")) == "10.210.0.2")
        ledger.release("web-1#1")
        #expect(try ledger.leased(container("db-1")) == "10.210.0.4")
        // The next of the name gets what the last one had.
        #expect(try ledger.leased(container("web-1", 2)) == "10.210.0.2")
    }

    @Test func fixedAddresses() throws {
        var ledger = AddressLedger()
        try ledger.addNetwork("a", hostRoutes: [])
        #expect(try ledger.leased(container("db"), asked: "10.210.0.2") == "10.210.0.2")
        #expect(try ledger.leased(container("web")) == "10.210.0.3")
        #expect(throws: LeaseError.addressTaken(try address("10.210.0.2"), network: "a", by: "db")) {
            try ledger.leased(container("other"), asked: "10.210.0.2")
        }
        #expect(throws: LeaseError.addressTaken(try address("10.210.0.1"), network: "a", by: "the gateway")) {
            try ledger.leased(container("other"), asked: "10.210.0.1")
        }
        for outside in ["10.210.1.2", "10.210.0.0", "10.210.0.255"] {
            #expect(throws: LeaseError.self) { try ledger.leased(container("other"), asked: outside) }
        }
        #expect(throws: LeaseError.noSubnet(of: try address("fd00::5"), network: "a")) {
            try ledger.leased(container("other"), asked: "fd00::5")
        }
        #expect(throws: LeaseError.unknownNetwork("b")) { try ledger.leased(container("web"), on: "b") }
    }

    @Test func aReplacementStartsWhileItsPredecessorServes() throws {
        var ledger = AddressLedger()
        try ledger.addNetwork("a", hostRoutes: [])
        let (old, new) = (container("web", 1), container("web", 2))
        #expect(try ledger.leased(old) == "10.210.0.2")
        #expect(try ledger.leased(new, serving: [old]) == "10.210.0.3")
        #expect(try ledger.leased(old, serving: [new]) == "10.210.0.2")
        ledger.release(old.container)
        #expect(try ledger.leased(new) == "10.210.0.3")
        #expect(ledger.networks["a"]?.addresses(of: old.container) == [])
    }

    @Test(arguments: [nil, "10.210.0.9"])
    func anAddressIsHandedOverOnceThePredecessorHasStopped(asked: String?) throws {
        var ledger = AddressLedger()
        try ledger.addNetwork("a", hostRoutes: [])
        let (old, new) = (container("db", 1), container("db", 2))
        let given = try ledger.leased(old, asked: asked)
        if asked != nil {
            #expect(throws: LeaseError.addressTaken(try address(given), network: "a", by: "db")) {
                try ledger.leased(new, asked: asked, serving: [old])
            }
        }
        #expect(try ledger.leased(new, asked: asked) == given)
        // What it has not any more, it can't give back.
        ledger.release(old.container)
        #expect(ledger.networks["a"]?.addresses(of: new.container).map(\.description) == [given])
        // Should the replacement fail, the old one takes it again.
        #expect(try ledger.leased(old, asked: asked) == given)
    }

    @Test func aFullNetworkReusesTheLongestUnused() throws {
        var ledger = AddressLedger()
        try ledger.addNetwork("a", [SubnetRequest(subnet: try prefix("10.9.0.0/29"))], hostRoutes: [])
        for name in ["a", "b", "c", "d", "e"] { _ = try ledger.leased(container(name)) }
        #expect(throws: LeaseError.noAddressLeft(try prefix("10.9.0.0/29"), network: "a")) {
            try ledger.leased(container("f"))
        }
        ledger.release("d#1")
        ledger.release("b#1")
        #expect(try ledger.leased(container("f")) == "10.9.0.5")
        #expect(try ledger.leased(container("b")) == "10.9.0.3")
    }

    @Test func whatNobodyHasIsTakenBack() throws {
        var ledger = AddressLedger()
        try ledger.addNetwork("a", hostRoutes: [])
        for name in ["kept", "gone"] { _ = try ledger.leased(container(name)) }
        ledger.releaseAll(except: [container("kept"), container("gone", 2)])
        #expect(ledger.networks["a"]?.subnets.flatMap(\.leases).map(\.name) == ["kept"])
    }

    @Test func ledgersAreWrittenAndRead() throws {
        var ledger = AddressLedger()
        try ledger.addNetwork("a", hostRoutes: [])
        _ = try ledger.leased(container("web"))
        _ = try ledger.leased(container("db"))
        ledger.release("web#1")
        let bytes = try JSONEncoder().encode(ledger)
        #expect(try JSONDecoder().decode(AddressLedger.self, from: bytes) == ledger)
        #expect(String(decoding: bytes, as: UTF8.self).contains("\"version\":2"))
    }

    @Test func linkNamesFitAndDiffer() {
        let names = (0..<1000).flatMap {
            [LinkNames.bridge(network: "n\($0)"), LinkNames.endpoint(container: "c\($0)", network: "n")]
        }
        #expect(Set(names).count == 2000)
        #expect(names.allSatisfy { $0.utf8.count <= 15 })
        #expect(LinkNames.bridge(network: "shop_default") == LinkNames.bridge(network: "shop_default"))
    }
}

/// Both families beside each other.
@Suite struct DualStackLeaseTests {
    private func dualStack() throws -> AddressLedger {
        var ledger = AddressLedger()
        ledger.offer(AddressLedger.uniqueLocalPool(of: "0a1b2c"))
        try ledger.addNetwork("a", [SubnetRequest(family: .v6), SubnetRequest()], hostRoutes: [])
        return ledger
    }

    @Test func aNetworkHasASubnetOfEach() throws {
        let network = try #require(try dualStack().networks["a"])
        #expect(network.subnets.map(\.subnet.family) == [.v4, .v6])
        let subnet = try #require(network[.v6]?.subnet)
        #expect(subnet.length == 64)
        #expect(try prefix("fd00::/8").contains(subnet))
        #expect(network[.v6]?.gateway == subnet.hosts.lowerBound)
    }

    @Test func aContainerHasAnAddressOfEach() throws {
        var ledger = try dualStack()
        let subnet = try #require(ledger.networks["a"]?[.v6]?.subnet)
        let addresses = try ledger.lease(container("web"), on: "a")
        #expect(addresses == [try address("10.210.0.2"), IPAddress(.v6, subnet.address.number + 2)])
        let fixed = IPAddress(.v6, subnet.address.number + 0xff)
        #expect(try ledger.lease(container("db"), on: "a", asked: [fixed]) == [try address("10.210.0.3"), fixed])
        #expect(ledger.networks["a"]?.addresses(of: "db#1") == [try address("10.210.0.3"), fixed])
    }

    @Test func subnetsAvoidRoutesOfTheirFamily() throws {
        let pool = AddressLedger.uniqueLocalPool(of: "0a1b2c")
        #expect(pool == AddressLedger.uniqueLocalPool(of: "0a1b2c"))
        #expect(pool != AddressLedger.uniqueLocalPool(of: "0a1b2d"))
        var ledger = AddressLedger()
        ledger.offer(pool)
        ledger.offer(try prefix("fd00:1::/48"))
        let routes = [Prefix(pool.address, length: 63), try prefix("fe80::/64"), try prefix("::/0")]
        let network = try ledger.addNetwork("a", [SubnetRequest(family: .v6)], hostRoutes: routes)
        #expect(network.subnet.address.number == pool.address.number + 2 << 64)
    }

    @Test(arguments: ["fd00:1::/127", "10.0.0.0/31"])
    func aSubnetHasRoomForAContainer(text: String) throws {
        var ledger = AddressLedger()
        let subnet = try prefix(text)
        #expect(throws: LeaseError.subnetTooSmall(subnet, network: "a")) {
            try ledger.addNetwork("a", [SubnetRequest(subnet: subnet)], hostRoutes: [])
        }
    }
}

/// Files that other versions of Roost wrote.
@Suite struct LedgerVersionTests {
    /// As 0.1.0 wrote it: by the containers' names, without a version.
    private static let first = """
        {"networks":{"shop_default":{"gateway":"10.210.0.1","leases":{"shop-db-1":"10.210.0.3","shop-web-1":"10.210.0.2"},\
        "network":"shop_default","range":"10.210.0.0/24","retired":[{"address":"10.210.0.4","endpoint":"shop-old-1"}],\
        "subnet":"10.210.0.0/24"}},"pools":["10.210.0.0/16","10.211.0.0/16","192.168.192.0/18"]}
        """

    private func ledger(_ text: String = first) throws -> AddressLedger {
        try JSONDecoder().decode(AddressLedger.self, from: Data(text.utf8))
    }

    @Test func theFirstVersionsLeasesAreOfTheFirstContainerOfTheName() throws {
        var ledger = try ledger()
        let (old, new) = (container("shop-web-1", 1), container("shop-web-1", 2))
        ledger.claim(old)
        #expect(ledger.networks["shop_default"]?.addresses(of: old.container).map(\.description) == ["10.210.0.2"])
        // Nobody else's, and nobody's twice.
        #expect(try ledger.leased(new, on: "shop_default", serving: [old]) == "10.210.0.5")
        #expect(try ledger.leased(container("shop-db-1"), on: "shop_default") == "10.210.0.3")
        #expect(try ledger.leased(container("shop-old-1"), on: "shop_default") == "10.210.0.4")
    }

    @Test func theFirstVersionsLeasesStayWithTheirContainers() throws {
        var ledger = try ledger()
        ledger.releaseAll(except: [container("shop-db-1")])
        #expect(ledger.networks["shop_default"]?.subnets.flatMap(\.leases).map(\.name) == ["shop-db-1"])
    }

    @Test func aLaterVersionIsRefused() {
        let error = #expect(throws: DecodingError.self) {
            try ledger(#"{"version":3,"pools":[],"networks":{}}"#)
        }
        #expect("\(String(describing: error))".contains("version 3 was written by a later Roost"))
    }
}

@Suite struct FileTests {
    @Test func hosts() throws {
        let file = HostsFile(
            addresses: [.v4(IPv4Address(10, 210, 0, 2))], hostname: "web", domainname: "example.org",
            extraHosts: [.init(.v4(IPv4Address(192, 0, 2, 1)), "registry", "registry.local")])
        #expect(
            file.text == """
                127.0.0.1\tlocalhost
                ::1\tlocalhost ip6-localhost ip6-loopback
                fe00::0\tip6-localnet
                ff00::0\tip6-mcastprefix
                ff02::1\tip6-allnodes
                ff02::2\tip6-allrouters
                192.0.2.1\tregistry registry.local
                10.210.0.2\tweb.example.org web

                """)
    }

    @Test(
        arguments: [
            ("mail.example.org", nil, "mail.example.org mail"), ("web", nil, "web"), ("web", "lan", "web.lan web"),
        ] as [(String, String?, String)])
    func aWholeNameHasItsShortFormBeside(hostname: String, domain: String?, names: String) {
        let address = IPv4Address(10, 210, 0, 2)
        let file = HostsFile(addresses: [.v4(address)], hostname: hostname, domainname: domain)
        #expect(file.text.hasSuffix("10.210.0.2\t\(names)\n"))
    }

    @Test func resolvConf() throws {
        let host = ResolvConf(
            parsing: """
                # a comment
                domain ignored.example
                search corp.example  lab.example
                nameserver 127.0.0.53
                nameserver fe80::1%eth0
                nameserver
                options edns0 trust-ad timeout:1
                nameserver 2001:db8::1
                """)
        #expect(host.nameservers.map(\.description) == ["127.0.0.53", "2001:db8::1"])
        #expect(
            ResolvConf.container(host: host).text == """
                nameserver 127.0.0.11
                search corp.example lab.example
                options timeout:1 ndots:0

                """)
        #expect(
            ResolvConf.container(host: host, search: ["."], options: ["ndots:2"]).text == """
                nameserver 127.0.0.11
                options ndots:2

                """)
        let own = IPAddress.v4(IPv4Address(192, 0, 2, 53))
        #expect(ResolvConf.upstreams(host: host, dns: [own]) == [own])
        #expect(ResolvConf.upstreams(host: host) == host.nameservers)
        #expect(ResolvConf.isolated(host: host).nameservers.map(\.description) == ["2001:db8::1"])
    }
}
