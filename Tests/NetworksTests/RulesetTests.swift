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
            .init(hostPort: Port(8080), address: .v4(IPv4Address(10, 210, 0, 2)), containerPort: 80),
            .init(hostPort: Port(53, .udp), address: .v4(IPv4Address(10, 210, 0, 3)), containerPort: 5353),
            .init(
                hostAddress: .v4(.loopback), hostPort: Port(5432), address: .v4(IPv4Address(10, 210, 0, 4)),
                containerPort: 5432),
        ])

    @Test func text() {
        #expect(
            Self.shop.text == """
                table inet roost-0a1b-shop {}
                delete table inet roost-0a1b-shop
                table inet roost-0a1b-shop {
                \tmap published-on-v4 {
                \t\ttype ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service
                \t\telements = { 127.0.0.1 . tcp . 5432 : 10.210.0.4 . 5432 }
                \t}
                \tmap published-v4 {
                \t\ttype inet_proto . inet_service : ipv4_addr . inet_service
                \t\telements = { udp . 53 : 10.210.0.3 . 5353, tcp . 8080 : 10.210.0.2 . 80 }
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
                \tchain publish {
                \t\tdnat ip to ip daddr . meta l4proto . th dport map @published-on-v4
                \t\tdnat ip to meta l4proto . th dport map @published-v4
                \t}
                \tchain spoofed {
                \t\tiifname "rst0000000a" drop
                \t\tiifname "rst0000000b" drop
                \t}
                \tchain guard-loopback {
                \t\ttype filter hook prerouting priority raw; policy accept;
                \t\tip daddr 127.0.0.0/8 goto spoofed
                \t}
                \tchain prerouting {
                \t\ttype nat hook prerouting priority dstnat; policy accept;
                \t\tfib daddr type local goto publish
                \t}
                \tchain output {
                \t\ttype nat hook output priority -100; policy accept;
                \t\tfib daddr type local goto publish
                \t}
                \tchain forward {
                \t\ttype filter hook forward priority filter; policy accept;
                \t\tct state established,related accept
                \t\tiifname vmap @from
                \t\toifname vmap @into
                \t}
                \tchain postrouting {
                \t\ttype nat hook postrouting priority srcnat; policy accept;
                \t\toifname vmap @masquerade-into
                \t\tip saddr 10.210.0.0/24 masquerade
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
                .init(hostPort: Port(8080), address: v4, containerPort: 80),
                .init(hostPort: Port(8080), address: v6, containerPort: 80),
                .init(
                    hostAddress: .v6(.init(high: 0, low: 1)), hostPort: Port(53, .udp), address: v6, containerPort: 5353
                ),
            ])
    }()

    @Test func bothFamiliesStandInOneTable() {
        let lines = Self.dualStack.text.split(separator: "\n").map { $0.drop { $0 == "\t" } }
        for line in [
            "type ipv6_addr . inet_proto . inet_service : ipv6_addr . inet_service",
            "elements = { ::1 . udp . 53 : fd00::2 . 5353 }", "elements = { tcp . 8080 : fd00::2 . 80 }",
            "elements = { tcp . 8080 : 10.210.0.2 . 80 }", "dnat ip to meta l4proto . th dport map @published-v4",
            "dnat ip6 to ip6 daddr . meta l4proto . th dport map @published-on-v6",
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

    @Test func theFirstOfTwoForOnePortCounts() {
        var ruleset = Self.shop
        ruleset.ports.append(.init(hostPort: Port(8080), address: .v4(IPv4Address(10, 210, 0, 9)), containerPort: 80))
        #expect(ruleset.text == Self.shop.text)
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
                .init(
                    hostPort: Port($0, $0 % 2 == 0 ? .tcp : .udp), address: .v4(IPv4Address(10, 210, 0, 2)),
                    containerPort: $0)
            }),
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

    private func listing(_ table: String) throws -> String {
        // The order of a hash table's elements is the kernel's, with a seed of its own for each.
        let outcome = try run(["/usr/sbin/nft", "list", "table", "inet", table])
        #expect(outcome.status == 0, "\(outcome.output)")
        let lines = outcome.output.split(separator: "\n").map { line in
            line.replacing("elements = {", with: "").replacing(" }", with: "").split(separator: ",")
                .map { String($0.drop { $0 == " " || $0 == "\t" }) }.joined(separator: "\n")
        }
        return lines.joined(separator: "\n").split(separator: "\n").reduce(into: [[]]) { blocks, line in
            if line == "}" || line.hasPrefix("type ") { blocks.append([]) }
            blocks[blocks.count - 1].append(String(line))
        }
        .map { block in block.first?.contains(" : ") == true ? block.sorted() : block }
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
            #expect(names == "table inet \(RulesetTests.shop.table)\n")
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
