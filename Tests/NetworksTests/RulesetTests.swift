import Addressing
import Glibc
import Kernel
import Testing

@testable import Networks

@Suite struct RulesetTests {
    static let front = Ruleset.Network(bridge: "rst0000000a", subnets: [Prefix(IPv4Address(10, 210, 0, 0), length: 24)])
    static let back = Ruleset.Network(
        bridge: "rst0000000b", subnets: [Prefix(IPv4Address(10, 210, 16, 0), length: 20)], isInternal: true)
    static let shop = Ruleset(
        table: Ruleset.tableName(instance: "0a1b", stack: "shop"), networks: [back, front],
        ports: [
            port(53, .udp, to: [(3, 5353)]), port(54, .udp, to: []), port(81, to: []),
            port(5432, on: .loopback, to: [(4, 5432)]), port(8080, to: [(2, 80), (5, 80)]),
        ],
        links: [
            .init(
                name: "rv0000000001", mac: MACAddress(of: IPv4Address(10, 210, 0, 2)),
                addresses: [.v4(IPv4Address(10, 210, 0, 2))])
        ], openedLinks: ["eth0"])

    static func port(
        _ number: UInt16, _ transport: TransportProtocol = .tcp, on address: IPv4Address? = nil,
        to targets: [(host: UInt8, port: UInt16)]
    ) -> Ruleset.PublishedPort {
        .init(
            hostAddress: address.map(IPAddress.v4), hostPort: Port(number, transport),
            targets: targets.map { .init(.v4(IPv4Address(10, 210, 0, $0.host)), $0.port) })
    }

    @Test func text() {
        #expect(
            Self.shop.text == """
                table inet roost-0a1b-shop {}
                delete table inet roost-0a1b-shop
                table inet roost-0a1b-shop {
                \tct timeout brief-v4 {
                \t\tprotocol tcp
                \t\tl3proto ip
                \t\tpolicy = { syn_sent : 1 }
                \t}
                \tset refusals-v4 {
                \t\ttype ipv4_addr . inet_service . inet_service
                \t\tsize 65535
                \t\tflags dynamic,timeout
                \t\ttimeout 8s
                \t}
                \tmap published-on-v4 {
                \t\ttype ipv4_addr . inet_proto . inet_service : verdict
                \t\telements = { 127.0.0.1 . tcp . 5432 : goto tcp-5432-on-127.0.0.1 }
                \t}
                \tmap published {
                \t\ttype inet_proto . inet_service : verdict
                \t\telements = { udp . 53 : goto udp-53, udp . 54 : goto udp-54, tcp . 81 : goto tcp-81, \
                tcp . 8080 : goto tcp-8080 }
                \t}
                \tmap from {
                \t\ttype ifname : verdict
                \t\telements = { "rst0000000b" : goto from-rst0000000b }
                \t}
                \tmap into {
                \t\ttype ifname : verdict
                \t\telements = { "rst0000000a" : goto into-rst0000000a, "rst0000000b" : goto into-rst0000000b }
                \t}
                \tmap masquerade-into {
                \t\ttype ifname : verdict
                \t\telements = { "rst0000000a" : goto masquerade-into-rst0000000a, \
                "rst0000000b" : goto masquerade-into-rst0000000b }
                \t}
                \tmap isolated {
                \t\ttype ifname : verdict
                \t\telements = { "rst0000000b" : goto isolation }
                \t}
                \tmap opened {
                \t\ttype ifname : verdict
                \t\telements = { "eth0" : goto foreign }
                \t}
                \tchain into-rst0000000a {
                \t\tiifname "rst0000000a" accept
                \t\tct status dnat accept
                \t\tdrop
                \t}
                \tchain masquerade-into-rst0000000a {
                \t\tip saddr 127.0.0.0/8 masquerade
                \t\tip saddr 10.210.0.0/24 ct status dnat masquerade
                \t}
                \tchain into-rst0000000b {
                \t\tiifname "rst0000000b" accept
                \t\tdrop
                \t}
                \tchain from-rst0000000b {
                \t\toifname "rst0000000b" accept
                \t\tdrop
                \t}
                \tchain masquerade-into-rst0000000b {
                \t\tip saddr 127.0.0.0/8 masquerade
                \t\tip saddr 10.210.16.0/20 ct status dnat masquerade
                \t}
                \tchain udp-53 {
                \t\tmeta l4proto udp dnat ip to 10.210.0.3:5353
                \t}
                \tchain udp-54 {
                \t}
                \tchain tcp-81 {
                \t\tdrop
                \t}
                \tchain tcp-5432-on-127.0.0.1 {
                \t\tmeta nfproto ipv4 ct timeout set "brief-v4"
                \t\tmeta l4proto tcp dnat ip to 10.210.0.4:5432
                \t}
                \tchain tcp-8080 {
                \t\tmeta nfproto ipv4 ct timeout set "brief-v4"
                \t\tmeta l4proto tcp dnat ip to numgen random mod 2 map { 0 : 10.210.0.2 . 80, 1 : 10.210.0.5 . 80 }
                \t}
                \tchain publish {
                \t\tip daddr . meta l4proto . th dport vmap @published-on-v4
                \t\tmeta l4proto . th dport vmap @published
                \t}
                \tchain guard-loopback {
                \t\ttype filter hook prerouting priority raw; policy accept;
                \t\tiifname != "lo" ip daddr 127.0.0.0/8 drop
                \t\tiifname != "lo" ip saddr 127.0.0.0/8 drop
                \t}
                \tchain prerouting {
                \t\ttype nat hook prerouting priority dstnat; policy accept;
                \t\tfib daddr type local goto publish
                \t}
                \tchain output {
                \t\ttype nat hook output priority -100; policy accept;
                \t\tfib daddr type local goto publish
                \t}
                \tchain isolation {
                \t\tct state established,related,untracked accept
                \t\tdrop
                \t}
                \tchain refused {
                \t\tip saddr . tcp sport . tcp dport @refusals-v4 accept
                \t\tadd @refusals-v4 { ip saddr . tcp sport . tcp dport } drop
                \t}
                \tchain input {
                \t\ttype filter hook input priority filter; policy accept;
                \t\tct status dnat tcp flags & (syn | rst | ack) == rst | ack tcp sequence 0 goto refused
                \t\tct status dnat icmp type destination-unreachable icmp code != frag-needed @th,136,8 6 drop
                \t\tiifname vmap @isolated
                \t}
                \tchain foreign {
                \t\toifname "rst*" accept
                \t\tct status dnat accept
                \t\tdrop
                \t}
                \tchain forward {
                \t\ttype filter hook forward priority filter; policy accept;
                \t\tct status dnat tcp flags & (syn | rst | ack) == rst | ack tcp sequence 0 goto refused
                \t\tct status dnat icmp type destination-unreachable icmp code != frag-needed @th,136,8 6 drop
                \t\tct state established,related accept
                \t\tiifname vmap @from
                \t\toifname vmap @into
                \t\tiifname vmap @opened
                \t}
                \tchain postrouting {
                \t\ttype nat hook postrouting priority srcnat; policy accept;
                \t\toifname vmap @masquerade-into
                \t\tip saddr 10.210.0.0/24 masquerade
                \t}
                }
                table bridge roost-0a1b-shop {}
                delete table bridge roost-0a1b-shop
                table bridge roost-0a1b-shop {
                \tset senders-v4 {
                \t\ttype ifname . ether_addr . ipv4_addr
                \t\telements = { "rv0000000001" . 02:42:0a:d2:00:02 . 10.210.0.2 }
                \t}
                \tmap guarded {
                \t\ttype ifname : verdict
                \t\telements = { "rv0000000001" : goto own }
                \t}
                \tchain own {
                \t\tether type ip iifname . ether saddr . ip saddr @senders-v4 accept
                \t\tether type arp iifname . ether saddr . arp saddr ip @senders-v4 accept
                \t\tdrop
                \t}
                \tchain prerouting {
                \t\ttype filter hook prerouting priority -300; policy accept;
                \t\tiifname vmap @guarded
                \t}
                }

                """)
    }

    /// Both families: a network of each kind, and ports on all addresses and on one.
    static let dualStack: Ruleset = {
        let (v4, v6) = (IPAddress.v4(IPv4Address(10, 210, 0, 2)), IPAddress.v6(IPv6Address(high: 0xfd << 56, low: 2)))
        let long = Prefix(IPv6Address(high: 0xfd << 56, low: 0), length: 64)
        return Ruleset(
            table: "roost-0-dual",
            networks: [
                .init(bridge: "rst6", subnets: front.subnets + [long]),
                .init(
                    bridge: "rst7", subnets: [Prefix(IPv6Address(high: 0xfd << 56 | 8, low: 0), length: 61)],
                    isInternal: true),
            ],
            ports: [
                .init(hostPort: Port(8080), targets: [.init(v4, 80), .init(v6, 80), .init(v6, 81)]),
                .init(
                    hostAddress: .v6(.init(high: 0, low: 1)), hostPort: Port(53, .udp), targets: [.init(v6, 5353)]),
            ],
            links: [.init(name: "rv6", mac: MACAddress(of: IPv4Address(10, 210, 0, 2)), addresses: [v4, v6])])
    }()

    @Test func bothFamiliesStandInOneTable() {
        let lines = Self.dualStack.text.split(separator: "\n").map { $0.drop { $0 == "\t" } }
        for line in [
            "type ipv6_addr . inet_proto . inet_service : verdict",
            "elements = { ::1 . udp . 53 : goto udp-53-on-__1 }", "elements = { tcp . 8080 : goto tcp-8080 }",
            "meta l4proto tcp dnat ip to 10.210.0.2:80", "meta l4proto udp dnat ip6 to [fd00::2]:5353",
            "meta l4proto tcp dnat ip6 to numgen random mod 2 map { 0 : fd00::2 . 80, 1 : fd00::2 . 81 }",
            "ip6 daddr . meta l4proto . th dport vmap @published-on-v6",
            "ether type ip6 iifname . ether saddr . ip6 saddr @senders-v6 accept",
            "ip saddr 10.210.0.0/24 masquerade", "ip6 saddr fd00::/64 masquerade",
            "ip6 saddr fd00::/64 ct status dnat masquerade",
        ] { #expect(lines.contains { $0 == line }, "\(line)") }
        // What is internal goes nowhere, of neither family.
        #expect(!lines.contains { $0 == "ip6 saddr fd00:0:0:8::/61 masquerade" })
    }

    @Test(arguments: [
        ("shop", "roost-0a1b-shop"), ("my_shop-2", "roost-0a1b-my_shop-2"), ("a b\"{};é", "roost-0a1b-a_b_____"),
    ])
    func tableNames(stack: String, expected: String) {
        #expect(Ruleset.tableName(instance: "0a1b", stack: stack) == expected)
    }
}

/// What the kernel holds after our messages must be what it holds after nft read our text.
@Suite(.enabled(if: isRoot && access("/usr/sbin/nft", X_OK) == 0, "needs root and nft"))
struct RulesetKernelTests {
    static let rulesets: [Ruleset] = [
        Ruleset(table: "roost-0-empty"),
        RulesetTests.shop,
        RulesetTests.dualStack,
        Ruleset(
            table: "roost-0-long",
            networks: [8, 32, 47, 61, 64, 121, 0].enumerated().map { index, length in
                .init(bridge: "rst\(index)", subnets: [Prefix(IPv6Address(high: 0xfd01 << 48, low: 0), length: length)])
            }),
        Ruleset(table: "roost-0-one", networks: [RulesetTests.front]),
        Ruleset(
            table: "roost-0-prefixes",
            networks: [8, 16, 20, 24, 27, 30, 0].enumerated().map { index, length in
                .init(bridge: "rst\(index)", subnets: [Prefix(IPv4Address(10, 210, 40, 64), length: length)])
            }),
        Ruleset(
            table: "roost-0-many", networks: [RulesetTests.front],
            ports: (1...1000).map {
                RulesetTests.port($0, $0 % 2 == 0 ? .tcp : .udp, to: $0 % 3 == 0 ? [(2, $0), (3, $0)] : [(2, $0)])
            },
            links: (1...250 as ClosedRange<UInt8>).map {
                let address = IPv4Address(10, 210, 0, $0)
                return .init(name: "rv\($0)", mac: MACAddress(of: address), addresses: [.v4(address)])
            }),
        Ruleset(
            table: "roost-0-choices", networks: [RulesetTests.front],
            ports: [RulesetTests.port(80, to: (2...254 as ClosedRange<UInt8>).map { ($0, 80) })]),
    ]

    @Test(arguments: rulesets)
    func netlinkAndTextAgree(ruleset: Ruleset) throws {
        let byText = try inNewNetwork {
            let outcome = try run(["/usr/sbin/nft", "-f", "-"], input: ruleset.text)
            #expect(outcome.status == 0, "\(outcome.output)")
            return try listing(ruleset.table)
        }
        let byNetlink = try inNewNetwork {
            var socket = try NetfilterSocket()
            try socket.apply(ruleset)
            try socket.apply(ruleset)
            return try listing(ruleset.table)
        }
        #expect(byNetlink == byText)
    }

    @Test func redirectionsOfNamesAgreeToo() throws {
        let byText = try inNewNetwork {
            let outcome = try run(["/usr/sbin/nft", "-f", "-"], input: NameRedirection.text)
            #expect(outcome.status == 0, "\(outcome.output)")
            return try listing("roost")
        }
        let byNetlink = try inNewNetwork {
            var socket = try NetlinkSocket(.netfilter)
            #expect(try socket.transact(NameRedirection.batch, "redirect names").allSatisfy { $0.errno == 0 })
            return try listing("roost")
        }
        #expect(byNetlink == byText)
    }

    private func listing(_ table: String) throws -> String {
        // The order of a hash table's elements is the kernel's, with a seed of its own for each.
        let outcome = try run(["/usr/sbin/nft", "list", "ruleset"])
        #expect(outcome.status == 0, "\(outcome.output)")
        #expect(outcome.output.contains("table inet \(table) {"))
        let lines = outcome.output.split(separator: "\n").map { line in
            line.replacing("elements = {", with: "").replacing(" }", with: "").split(separator: ",")
                .map { String($0.drop { $0 == " " || $0 == "\t" }) }.joined(separator: "\n")
        }
        return lines.joined(separator: "\n").split(separator: "\n").reduce(into: [[]]) { blocks, line in
            if line == "}" || line.hasPrefix("type ") { blocks.append([]) }
            blocks[blocks.count - 1].append(String(line))
        }
        .map { block in
            block.first?.hasPrefix("type ifname") == true || block.first?.contains(" : ") == true
                ? block.sorted() : block
        }
        .joined().joined(separator: "\n")
    }

    @Test func tablesAreListedAndDeleted() throws {
        try inNewNetwork {
            var socket = try NetfilterSocket()
            _ = try run(["/usr/sbin/nft", "add", "table", "inet", "other"])
            try socket.apply(Ruleset(table: "roost-0-a"))
            try socket.apply(RulesetTests.shop)
            #expect(try socket.tables() == ["roost-0-a", "roost-0a1b-shop"])
            try socket.deleteTable("roost-0-a")
            try socket.deleteTable("roost-0-a")
            #expect(try socket.tables() == ["roost-0a1b-shop"])
            #expect(try socket.tables(prefix: "") == ["other", "roost-0a1b-shop"])
        }
    }

    @Test func tablesOfEarlierVersionsAreRemoved() throws {
        try inNewNetwork {
            var socket = try NetfilterSocket()
            _ = try run(["/usr/sbin/nft", "add", "table", "ip", RulesetTests.shop.table])
            try socket.apply(RulesetTests.shop)
            try socket.deleteEarlierTable(RulesetTests.shop.table)
            try socket.deleteEarlierTable(RulesetTests.shop.table)
            let names = try run(["/usr/sbin/nft", "list", "tables"]).output
            #expect(!names.contains("table ip "), "\(names)")
            #expect(names.contains("table inet \(RulesetTests.shop.table)\n"))
        }
    }

    @Test func aRefusedTransactionChangesNothingAndSaysWhy() throws {
        try inNewNetwork {
            var socket = try NetfilterSocket()
            try socket.apply(RulesetTests.shop)
            let before = try listing(RulesetTests.shop.table)
            var wrong = RulesetTests.shop
            wrong.networks[0].bridge = "name-longer-than-any-chain-may-be" + String(repeating: "x", count: 300)
            do {
                try socket.apply(wrong)
                Issue.record("a chain with too long a name was accepted")
            } catch let error as NetlinkError {
                #expect(error.description.contains("the nftables table roost-0a1b-shop"))
            }
            #expect(try listing(RulesetTests.shop.table) == before)
        }
    }
}
