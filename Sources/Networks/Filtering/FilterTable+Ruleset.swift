import Addressing

extension FilterTable {
    private static let byPort = "published"
    private static let byAddressAndPort = "published-on"
    private static let intoNetworks = "into"
    private static let fromNetworks = "from"
    private static let masqueradeInto = "masquerade-into"
    private static let loopback = Prefix(.loopback, length: 8)

    /// The rules of a stack. How many ports and networks there are makes no difference to what a packet costs: each
    /// lookup is one in a hash table, and only a connection's first packet sees more than the first rule.
    init(_ ruleset: Ruleset) {
        let networks = ruleset.networks.sorted { $0.bridge < $1.bridge }
        self.init(name: ruleset.table)
        maps = Self.portMaps(ruleset.ports) + Self.linkMaps(networks)
        chains =
            networks.flatMap { Self.chains(of: $0) } + [Self.publish]
            + [Self.spoofed(networks), Self.guardLoopback]
            + [Self.translation(.prerouting), Self.translation(.output)]
            + [Self.forward, Self.postrouting(networks)]
    }

    private static func portMaps(_ ports: [Ruleset.PublishedPort]) -> [Map] {
        var seen: Set<PortKey> = []
        let translations = ports.filter { seen.insert(PortKey(address: $0.hostAddress, port: $0.hostPort)).inserted }
            .sorted { ($0.hostPort, $0.hostAddress?.number ?? 0) < ($1.hostPort, $1.hostAddress?.number ?? 0) }
            .map {
                Translation(
                    address: $0.hostAddress, port: $0.hostPort, toAddress: $0.address, toPort: $0.containerPort)
            }
        return [
            Map(name: byAddressAndPort, kind: .ports(translations.filter { $0.address != nil }, withAddress: true)),
            Map(name: byPort, kind: .ports(translations.filter { $0.address == nil }, withAddress: false)),
        ]
    }

    private struct PortKey: Hashable {
        var address: IPv4Address?
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
                        Rule(.destination(network.subnet), then: .verdict(.accept)), Rule(then: .verdict(.drop)),
                    ]))
        }
        // The container could not answer to the host's 127.0.0.1, and would answer a neighbour that came through the
        // host's port directly instead of through the host.
        chains.append(
            Chain(
                name: "masquerade-into-\(bridge)",
                rules: [
                    Rule(.source(loopback), then: .masquerade),
                    Rule(.source(network.subnet), .wasTranslated, then: .masquerade),
                ]))
        return chains
    }

    private static let publish = Chain(
        name: "publish",
        rules: [
            Rule(then: .translate(map: byAddressAndPort, withAddress: true)),
            Rule(then: .translate(map: byPort, withAddress: false)),
        ])

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
                + networks.filter { !$0.isInternal }.map { Rule(.source($0.subnet), then: .masquerade) })
    }
}
