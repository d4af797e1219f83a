import Addressing

extension FilterTable {
    private static let byPort = "published"
    private static func byAddressAndPort(_ family: AddressFamily) -> String { "published-on-\(family)" }
    private static let isolated = "isolated"
    private static let intoNetworks = "into"
    private static let fromNetworks = "from"
    private static let opened = "opened"
    private static let foreign = "foreign"
    private static let masqueradeInto = "masquerade-into"
    private static let loopback = Prefix(IPv4Address.loopback, length: 8)

    /// The rules of a stack. How many ports and networks there are makes no difference to what a packet costs: each
    /// lookup is one in a hash table, and only a connection's first packet sees more than the first rule.
    init(_ ruleset: Ruleset) {
        let networks = ruleset.networks.sorted { $0.bridge < $1.bridge }
        let ports = ruleset.ports
        self.init(name: ruleset.table)
        // Most hosts' containers have IPv4 addresses only.
        let addresses = networks.flatMap(\.subnets).map(\.family) + ports.flatMap(\.targets).map(\.address.family)
        let families = Set(addresses + ports.compactMap(\.hostAddress?.family) + [.v4]).sorted()
        let patient = ports.isEmpty ? [] : families
        timeouts = patient.map { Timeout(name: Self.brief($0), family: $0, unanswered: 1) }
        maps = patient.map { Map(name: Self.refusals($0), kind: .refusals($0)) }
        maps += Self.portMaps(ports, families) + Self.linkMaps(networks, opened: ruleset.openedLinks)
        chains = networks.flatMap { Self.chains(of: $0) } + ports.map { Self.chain(of: $0, families) }
        chains += [Self.publish(families), Self.guardLoopback]
        chains += [Self.translation(.prerouting), Self.translation(.output)]
        let isolates = networks.contains(where: \.isInternal)
        let guards = Self.guards(patient)
        if isolates { chains.append(Self.isolation) }
        if !patient.isEmpty { chains.append(Self.refused(patient)) }
        if isolates || !patient.isEmpty { chains.append(Self.input(guards, isolates: isolates)) }
        if !ruleset.openedLinks.isEmpty { chains.append(Self.passingOn) }
        chains += [Self.forward(guards, opened: !ruleset.openedLinks.isEmpty), Self.postrouting(networks)]
    }

    // MARK: Published ports

    private static func portMaps(_ ports: [Ruleset.PublishedPort], _ families: [AddressFamily]) -> [Map] {
        let entries = ports.map { port in
            Map.Entry(
                key: PublishedKey(address: port.hostAddress, port: port.hostPort), verdict: .goto(chainName(of: port)))
        }
        return families.map { family in
            let own = entries.filter { $0.key.address?.family == family }
            return Map(name: byAddressAndPort(family), kind: .ports(own, family))
        } + [Map(name: byPort, kind: .ports(entries.filter { $0.key.address == nil }, nil))]
    }

    /// `tcp-8080`, with the address behind it if there is one; identifiers have no colons.
    private static func chainName(of port: Ruleset.PublishedPort) -> String {
        let on = port.hostAddress.map { "-on-\($0)".replacing(":", with: "_") } ?? ""
        return "\(port.hostPort.transport)-\(port.hostPort.number)\(on)"
    }

    private static func chain(of port: Ruleset.PublishedPort, _ families: [AddressFamily]) -> Chain {
        let transport = port.hostPort.transport
        let rules = AddressFamily.allCases.compactMap { family -> Rule? in
            let targets = port.targets.filter { $0.address.family == family }
            return targets.isEmpty ? nil : Rule(.transport(transport), then: .translate(family, targets))
        }
        // Who sends a datagram to nobody is to hear of it; who connects tries again by itself.
        let waiting = transport == .udp ? [] : [Rule(then: .verdict(.drop))]
        let patience = transport == .tcp ? families.map { Rule(.family($0), then: .setTimeout(brief($0))) } : []
        return Chain(name: chainName(of: port), rules: port.targets.isEmpty ? waiting : patience + rules)
    }

    private static func brief(_ family: AddressFamily) -> String { "brief-\(family)" }
    private static func refusals(_ family: AddressFamily) -> String { "refusals-\(family)" }

    /// A replica that has just ended, and of which the rules don't know yet, refuses, or isn't found. The client is kept
    /// from hearing of it: its kernel sends the first packet again after a second, by when the connection is forgotten
    /// (``brief(_:)``) and is led anew. Only where it is refused twice there really is nobody who listens.
    private static func guards(_ families: [AddressFamily]) -> [Rule] {
        guard !families.isEmpty else { return [] }
        return [Rule(.wasTranslated, .isRefusal, then: .verdict(.goto("refused")))]
            + families.map { Rule(.wasTranslated, .isUndeliverable($0), then: .verdict(.drop)) }
    }

    private static func refused(_ families: [AddressFamily]) -> Chain {
        Chain(
            name: "refused",
            rules: families.map { Rule(.wasNoted(set: refusals($0), $0), then: .verdict(.accept)) }
                + families.map { Rule(then: .noteAndDrop(set: refusals($0), $0)) })
    }

    private static func publish(_ families: [AddressFamily]) -> Chain {
        Chain(
            name: "publish",
            rules: families.map { Rule(then: .verdictOfPort(map: byAddressAndPort($0), $0)) }
                + [Rule(then: .verdictOfPort(map: byPort, nil))])
    }

    private static func translation(_ place: Hook.Place) -> Chain {
        // nft knows the name dstnat only in prerouting.
        let name = place == .prerouting ? "dstnat" : "-100"
        return Chain(
            name: "\(place)", hook: Hook(kind: .nat, place: place, priority: -100, priorityText: name),
            rules: [Rule(.destinationIsLocal, then: .verdict(.goto("publish")))])
    }

    // MARK: Networks

    private static func linkMaps(_ networks: [Ruleset.Network], opened links: [String]) -> [Map] {
        func map(_ name: String, _ networks: [Ruleset.Network], to chain: (String) -> String) -> Map {
            Map(name: name, kind: .links(networks.map { Map.Entry(key: $0.bridge, verdict: .goto(chain($0.bridge))) }))
        }
        let internals = networks.filter(\.isInternal)
        var maps = [
            map(fromNetworks, internals) { "from-\($0)" }, map(intoNetworks, networks) { "into-\($0)" },
            map(masqueradeInto, networks) { "masquerade-into-\($0)" },
        ]
        if !internals.isEmpty { maps.append(map(isolated, internals) { _ in "isolation" }) }
        if !links.isEmpty {
            maps.append(
                Map(name: opened, kind: .links(links.map { Map.Entry(key: $0, verdict: .goto(foreign)) })))
        }
        return maps
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

    private static func forward(_ guards: [Rule], opened hasOpened: Bool) -> Chain {
        Chain(
            name: "forward", hook: Hook(kind: .filter, place: .forward, priority: 0, priorityText: "filter"),
            rules: guards + [
                Rule(.isKnownConnection, then: .verdict(.accept)),
                Rule(then: .verdictOfInput(map: fromNetworks)),
                Rule(then: .verdictOfOutput(map: intoNetworks)),
            ] + (hasOpened ? [Rule(then: .verdictOfInput(map: opened))] : []))
    }

    private static func postrouting(_ networks: [Ruleset.Network]) -> Chain {
        Chain(
            name: "postrouting",
            hook: Hook(kind: .nat, place: .postrouting, priority: 100, priorityText: "srcnat"),
            rules: [Rule(then: .verdictOfOutput(map: masqueradeInto))]
                + networks.filter { !$0.isInternal }.flatMap(\.subnets)
                .map { Rule(.source($0), then: .masquerade) })
    }

    // MARK: The host

    /// With route_localnet, needed for ports published on 127.0.0.1, a container could reach what listens on the
    /// host's loopback (CVE-2020-8558), and a neighbour of the host what is published there: translation comes before the
    /// kernel's own check. No honest packet from a link has such an address (RFC 1122, 3.2.1.3).
    private static let guardLoopback = Chain(
        name: "guard-loopback",
        hook: Hook(kind: .filter, place: .prerouting, priority: -300, priorityText: "raw"),
        rules: [
            Rule(.notEnteredThrough("lo"), .destination(loopback), then: .verdict(.drop)),
            Rule(.notEnteredThrough("lo"), .source(loopback), then: .verdict(.drop)),
        ])

    /// An internal network ends at its bridge: no service of the host, on whichever of its addresses. The host itself
    /// may connect to the containers.
    private static let isolation = Chain(
        name: "isolation",
        rules: [Rule(.isKnownOrUntracked, then: .verdict(.accept)), Rule(then: .verdict(.drop))])

    private static func input(_ guards: [Rule], isolates: Bool) -> Chain {
        Chain(
            name: "input", hook: Hook(kind: .filter, place: .input, priority: 0, priorityText: "filter"),
            rules: guards + (isolates ? [Rule(then: .verdictOfInput(map: isolated))] : []))
    }

    /// What came through a link that is open only for containers goes to them, or was led elsewhere by whoever
    /// publishes something too; the host is no router for anybody else.
    private static let passingOn = Chain(
        name: foreign,
        rules: [
            Rule(.leavesThroughAny(prefix: LinkNames.bridgePrefix), then: .verdict(.accept)),
            Rule(.wasTranslated, then: .verdict(.accept)), Rule(then: .verdict(.drop)),
        ])
}

extension FilterTable {
    private static let guarded = "guarded"
    private static let own = "own"
    private static func senders(_ family: AddressFamily) -> String { "senders-\(family)" }

    /// What containers may send: frames with the hardware address and the addresses that they were given. Nobody can
    /// pass for a neighbour, nor make a bridge look for a neighbour behind another port.
    ///
    /// - Parameters:
    ///   - links: the links that are guarded; none make no table.
    ///   - name: the table's name.
    init(guarding links: [Ruleset.Link], name: String) {
        self.init(family: .bridge, name: name)
        guard !links.isEmpty else { return }
        let senders = links.flatMap { link in
            link.addresses.map { Sender(link: link.name, mac: link.mac, address: $0) }
        }
        let families = Set(senders.map(\.address.family)).sorted()
        maps = families.map { family in
            Map(name: Self.senders(family), kind: .senders(senders.filter { $0.address.family == family }, family))
        }
        maps.append(
            Map(name: Self.guarded, kind: .links(links.map { Map.Entry(key: $0.name, verdict: .goto(Self.own)) })))
        chains = [
            Chain(
                name: Self.own,
                rules: families.flatMap(\.etherTypes).map { type in
                    let set = Self.senders(type == .ip6 ? .v6 : .v4)
                    return Rule(.etherType(type), .senderIsIn(set: set, type), then: .verdict(.accept))
                } + [Rule(then: .verdict(.drop))]),
            Chain(
                name: "prerouting",
                hook: Hook(kind: .filter, place: .prerouting, priority: -300, priorityText: "-300"),
                rules: [Rule(then: .verdictOfInput(map: Self.guarded))]),
        ]
    }
}

extension AddressFamily {
    /// What carries an address of the family as a sender's.
    fileprivate var etherTypes: [FilterTable.EtherType] { self == .v4 ? [.ip, .arp] : [.ip6] }
}
