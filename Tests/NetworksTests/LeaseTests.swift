import Addressing
import FoundationEssentials
import Testing

@testable import Networks

private func prefix(_ text: String) throws -> Prefix { try #require(Prefix(text)) }
private func address(_ text: String) throws -> IPv4Address { try #require(IPv4Address(text)) }

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
        let network = try ledger.addNetwork("a", asked, hostRoutes: [])
        #expect(network.gateway.description == "172.20.0.254")
        #expect(try ledger.lease("web", on: "a").description == "172.20.5.0")
        #expect(throws: LeaseError.subnetTaken(try prefix("172.20.1.0/24"), network: "b", by: "a", otherSubnet: subnet))
        {
            try ledger.addNetwork("b", SubnetRequest(subnet: try prefix("172.20.1.0/24")), hostRoutes: [])
        }
        #expect(throws: LeaseError.self) {
            try ledger.addNetwork(
                "c", SubnetRequest(subnet: try prefix("10.9.0.0/24"), gateway: try address("10.8.0.1")), hostRoutes: [])
        }
        #expect(throws: LeaseError.self) {
            try ledger.addNetwork("d", SubnetRequest(subnet: try prefix("10.9.0.0/31")), hostRoutes: [])
        }
    }

    @Test func addressesAreStableAndNotReusedAtOnce() throws {
        var ledger = AddressLedger()
        try ledger.addNetwork("a", hostRoutes: [])
        #expect(try ledger.lease("web-1", on: "a").description == "10.210.0.2")
        #expect(try ledger.lease("web-2", on: "a").description == "10.210.0.3")
        #expect(try ledger.lease("web-1", on: "a").description == "10.210.0.2")
        ledger.release("web-1", on: "a")
        #expect(try ledger.lease("db-1", on: "a").description == "10.210.0.4")
        #expect(try ledger.lease("web-1", on: "a").description == "10.210.0.2")
    }

    @Test func fixedAddresses() throws {
        var ledger = AddressLedger()
        try ledger.addNetwork("a", hostRoutes: [])
        let fixed = try address("10.210.0.2")
        #expect(try ledger.lease("db", on: "a", address: fixed) == fixed)
        #expect(try ledger.lease("web", on: "a").description == "10.210.0.3")
        #expect(throws: LeaseError.addressTaken(fixed, network: "a", by: "db")) {
            try ledger.lease("other", on: "a", address: fixed)
        }
        let gateway = try address("10.210.0.1")
        #expect(throws: LeaseError.addressTaken(gateway, network: "a", by: "the gateway")) {
            try ledger.lease("other", on: "a", address: gateway)
        }
        for outside in ["10.210.1.2", "10.210.0.0", "10.210.0.255"] {
            #expect(throws: LeaseError.self) {
                try ledger.lease("other", on: "a", address: try address(outside))
            }
        }
        #expect(throws: LeaseError.unknownNetwork("b")) { try ledger.lease("web", on: "b") }
    }

    @Test func aFullNetworkReusesTheLongestUnused() throws {
        var ledger = AddressLedger()
        try ledger.addNetwork("a", SubnetRequest(subnet: try prefix("10.9.0.0/29")), hostRoutes: [])
        for name in ["a", "b", "c", "d", "e"] { _ = try ledger.lease(name, on: "a") }
        #expect(throws: LeaseError.noAddressLeft(try prefix("10.9.0.0/29"), network: "a")) {
            try ledger.lease("f", on: "a")
        }
        ledger.release("d", on: "a")
        ledger.release("b", on: "a")
        #expect(try ledger.lease("f", on: "a").description == "10.9.0.5")
        #expect(try ledger.lease("b", on: "a").description == "10.9.0.3")
    }

    @Test func ledgersAreWrittenAndRead() throws {
        var ledger = AddressLedger()
        try ledger.addNetwork("a", hostRoutes: [])
        _ = try ledger.lease("web", on: "a")
        ledger.release("web", on: "a")
        #expect(try JSONDecoder().decode(AddressLedger.self, from: JSONEncoder().encode(ledger)) == ledger)
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
