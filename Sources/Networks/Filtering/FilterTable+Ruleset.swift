import Addressing

extension FilterTable {
    private static func byPort(_ family: AddressFamily) -> String { "published-\(family)" }
    private static func byAddressAndPort(_ family: AddressFamily) -> String { "published-on-\(family)" }
    private static let intoNetworks = "into"
    private static let fromNetworks = "from"
    private static let masqueradeInto = "masquerade-into"
    private static let loopback = Prefix(IPv4Address.loopback, length: 8)

    /// The rules of a stack. How many ports and networks there are makes no difference to what a packet costs: each
    /// lookup is one in a hash table, and only a connection's first packet sees more than the first rule.
    init(_ ruleset: Ruleset) {
        let networks = ruleset.networks.sorted { $0.bridge < $1.bridge }
        self.init(name: ruleset.table)
        // Most hosts' containers have IPv4 addresses only.
        let families = Set(networks.flatMap(\.subnets).map(\.family) + ruleset.ports.map(\.address.family) + [.v4])
            .sorted()
        maps = families.flatMap { Self.portMaps(ruleset.ports, $0) } + Self.linkMaps(networks)
        chains =
            networks.flatMap { Self.chains(of: $0) } + [Self.publish(families)]
            + [Self.spoofed(networks), Self.guardLoopback]
            + [Self.translation(.prerouting), Self.translation(.output)]
            + [Self.forward, Self.postrouting(networks)]
    }

    private static func portMaps(_ ports: [Ruleset.PublishedPort], _ family: AddressFamily) -> [Map] {
        var seen: Set<PortKey> = []
        let translations = ports.filter { $0.address.family == family }
            .filter { seen.insert(PortKey(address: $0.hostAddress, port: $0.hostPort)).inserted }
            .sorted { ($0.hostPort, $0.hostAddress ?? family.any) < ($1.hostPort, $1.hostAddress ?? family.any) }
            .map {
                Translation(
                    address: $0.hostAddress, port: $0.hostPort, toAddress: $0.address, toPort: $0.containerPort)
            }
        let onAddresses = translations.filter { $0.address != nil }
        let onAll = translations.filter { $0.address == nil }
        return [
            Map(name: byAddressAndPort(family), kind: .ports(onAddresses, family, withAddress: true)),
            Map(name: byPort(family), kind: .ports(onAll, family, withAddress: false)),
        ]
    }

    private struct PortKey: Hashable {
        var address: IPAddress?
        var port: Port
    }

    private static func linkMaps(_ networks: [Ruleset.Network]) -> [Map] {
        let isolated = networks.filter(\.isInternal)
        return [
            Map(name: fromNetworks, kind: .links(isolated.map { ($0.bridge, .goto("from-\($0.bridge)")) })),
            Map(name: intoNetworks, kind: .links(networks.map { ($0.bridge, .goto("into-\($0.bridge)")) })),
            Map(
                name: masqueradeInto, kind: .links(networks.map { ($0.bridge, .goto("masquerade-into-\($0.bridge)")) })),
        ]
    }

    private static func chains(of network: Ruleset.Network) -> [Chain] {
        let bridge = network.bridge
        var into = [Rule(.enteredThrough(bridge), then: .verdict(.accept))]
        if !network.isInternal { into.append(Rule(.wasTranslated, then: .verdict(.accept))) }
        into.append(Rule(then: .verdict(.drop)))
        var chains = [Chain(name: "into-\(bridge)", rules: into)]
        if network.isInternal {
            chains.append(
                Chain(
                    name: "from-\(bridge)",
                    rules: [
                        Rule(.leavesThrough(bridge), then: .verdict(.accept)), Rule(then: .verdict(.drop)),
                    ]))
        }
        // The container could not answer to the host's 127.0.0.1, and would answer a neighbour that came through the
        // host's port directly instead of through the host.
        chains.append(
            Chain(
                name: "masquerade-into-\(bridge)",
                rules: [Rule(.source(loopback), then: .masquerade)]
                    + network.subnets.map { Rule(.source($0), .wasTranslated, then: .masquerade) }))
        return chains
    }

    private static func publish(_ families: [AddressFamily]) -> Chain {
        Chain(
            name: "publish",
            rules: families.flatMap { family in
                [
                    Rule(then: .translate(family, map: byAddressAndPort(family), withAddress: true)),
                    Rule(then: .translate(family, map: byPort(family), withAddress: false)),
                ]
            })
    }

    /// With route_localnet, needed for ports published on 127.0.0.1, a container could reach what listens on the
    /// host's loopback (CVE-2020-8558); no honest packet from a bridge has such a destination.
    private static let guardLoopback = Chain(
        name: "guard-loopback",
        hook: Hook(kind: .filter, place: .prerouting, priority: -300, priorityText: "raw"),
        rules: [Rule(.destination(loopback), then: .verdict(.goto("spoofed")))])

    private static func spoofed(_ networks: [Ruleset.Network]) -> Chain {
        Chain(name: "spoofed", rules: networks.map { Rule(.enteredThrough($0.bridge), then: .verdict(.drop)) })
    }

    private static func translation(_ place: Hook.Place) -> Chain {
        // nft knows the name dstnat only in prerouting.
        let name = place == .prerouting ? "dstnat" : "-100"
        return Chain(
            name: "\(place)", hook: Hook(kind: .nat, place: place, priority: -100, priorityText: name),
            rules: [Rule(.destinationIsLocal, then: .verdict(.goto("publish")))])
    }

    private static let forward = Chain(
        name: "forward", hook: Hook(kind: .filter, place: .forward, priority: 0, priorityText: "filter"),
        rules: [
            Rule(.isKnownConnection, then: .verdict(.accept)),
            Rule(then: .verdictOfInput(map: fromNetworks)),
            Rule(then: .verdictOfOutput(map: intoNetworks)),
        ])

    private static func postrouting(_ networks: [Ruleset.Network]) -> Chain {
        Chain(
            name: "postrouting",
            hook: Hook(kind: .nat, place: .postrouting, priority: 100, priorityText: "srcnat"),
            rules: [Rule(then: .verdictOfOutput(map: masqueradeInto))]
                + networks.filter { !$0.isInternal }.flatMap(\.subnets)
                .map { Rule(.source($0), then: .masquerade) })
    }
}
