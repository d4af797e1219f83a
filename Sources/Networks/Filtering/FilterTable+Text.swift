import Addressing

extension FilterTable {
    /// nft's syntax. The first two lines make the rest replace the table, whether or not there is one; where there are no
    /// chains, nothing follows.
    var text: String {
        let removal = "table \(family) \(name) {}\ndelete table \(family) \(name)\n"
        guard !chains.isEmpty else { return removal }
        return removal + """
            table \(family) \(name) {
            \((timeouts.map(\.text) + maps.map(\.text) + chains.map(\.text)).joined(separator: "\n"))
            }

            """
    }
}

extension AddressFamily {
    /// nft's name of the header.
    fileprivate var nftHeader: String { self == .v4 ? "ip" : "ip6" }
    /// An attempt to connect, as its answer tells of it.
    fileprivate var nftAttempt: String { "\(nftHeader) saddr . tcp sport . tcp dport" }
    /// nft's name of the type of address.
    fileprivate var nftType: String { self == .v4 ? "ipv4_addr" : "ipv6_addr" }
}

extension FilterTable.Map {
    fileprivate var text: String {
        let lines: [String] = [
            "\t\(isSet ? "set" : "map") \(name) {",
            "\t\ttype \(type)",
            isDynamic ? "\t\tsize 65535\n\t\tflags dynamic,timeout\n\t\ttimeout \(Self.memory / 1000)s" : nil,
            entries.isEmpty ? nil : "\t\telements = { \(entries.joined(separator: ", ")) }",
            "\t}",
        ].compactMap { $0 }
        return lines.joined(separator: "\n")
    }

    private var isSet: Bool {
        switch kind {
        case .senders, .refusals: true
        case .links, .ports: false
        }
    }

    private var type: String {
        switch kind {
        case .links: "ifname : verdict"
        case .ports(_, let family):
            (family.map { "\($0.nftType) . " } ?? "") + "inet_proto . inet_service : verdict"
        case .senders(_, let family): "ifname . ether_addr . \(family.nftType)"
        case .refusals(let family): "\(family.nftType) . inet_service . inet_service"
        }
    }

    private var entries: [String] {
        switch kind {
        case .links(let links): links.map { "\"\($0.key)\" : \($0.verdict)" }
        case .ports(let ports, _):
            ports.map { entry in
                let address = entry.key.address.map { "\($0) . " } ?? ""
                return "\(address)\(entry.key.port.transport) . \(entry.key.port.number) : \(entry.verdict)"
            }
        case .senders(let senders, _): senders.map { "\"\($0.link)\" . \($0.mac) . \($0.address)" }
        case .refusals: []
        }
    }
}

extension FilterTable.PortField: CustomStringConvertible {
    var description: String { self == .source ? "sport" : "dport" }
}

extension FilterTable.Timeout {
    fileprivate var text: String {
        """
        \tct timeout \(name) {
        \t\tprotocol tcp
        \t\tl3proto \(family.nftHeader)
        \t\tpolicy = { syn_sent : \(unanswered) }
        \t}
        """
    }
}

extension FilterTable.Chain {
    fileprivate var text: String {
        var lines = ["\tchain \(name) {"]
        if let hook {
            lines.append(
                "\t\ttype \(hook.kind.rawValue) hook \(hook.place) priority \(hook.priorityText); policy accept;")
        }
        lines += rules.map { "\t\t\($0.text)" }
        lines.append("\t}")
        return lines.joined(separator: "\n")
    }
}

extension FilterTable.Rule {
    fileprivate var text: String {
        (matches.map(\.description) + [action.description]).joined(separator: " ")
    }
}

extension FilterTable.Match: CustomStringConvertible {
    var description: String {
        switch self {
        case .enteredThrough(let link): "iifname \"\(link)\""
        case .notEnteredThrough(let link): "iifname != \"\(link)\""
        case .leavesThrough(let link): "oifname \"\(link)\""
        case .leavesThroughAny(let prefix): "oifname \"\(prefix)*\""
        case .source(let prefix): "\(prefix.family.nftHeader) saddr \(prefix)"
        case .destination(let prefix): "\(prefix.family.nftHeader) daddr \(prefix)"
        case .destinationIsLocal: "fib daddr type local"
        case .wasTranslated: "ct status dnat"
        case .isKnownConnection: "ct state established,related"
        case .isKnownOrUntracked: "ct state established,related,untracked"
        case .family(let family): "meta nfproto \(family == .v4 ? "ipv4" : "ipv6")"
        case .port(let field, let port, let transport): "\(transport) \(field) \(port)"
        case .isRefusal: "tcp flags & (syn | rst | ack) == rst | ack tcp sequence 0"
        // The header of the packet that it speaks of comes after eight bytes; there is the protocol's number, TCP's.
        case .isUndeliverable(.v4): "icmp type destination-unreachable icmp code != frag-needed @th,136,8 6"
        case .isUndeliverable(.v6): "icmpv6 type destination-unreachable @th,112,8 6"
        case .wasNoted(let set, let family): "\(family.nftAttempt) @\(set)"
        case .transport(let transport): "meta l4proto \(transport)"
        case .etherType(let type): "ether type \(type)"
        case .senderIsIn(let set, let type): "iifname . ether saddr . \(type.sender) @\(set)"
        }
    }
}

extension FilterTable.Action: CustomStringConvertible {
    var description: String {
        switch self {
        case .verdict(let verdict): verdict.description
        case .verdictOfInput(let map): "iifname vmap @\(map)"
        case .verdictOfOutput(let map): "oifname vmap @\(map)"
        case .verdictOfPort(let map, let family):
            (family.map { "\($0.nftHeader) daddr . " } ?? "") + "meta l4proto . th dport vmap @\(map)"
        case .masquerade: "masquerade"
        case .setTimeout(let name): "ct timeout set \"\(name)\""
        case .setPort(let field, let port, let transport): "\(transport) \(field) set \(port)"
        case .noteAndDrop(let set, let family): "add @\(set) { \(family.nftAttempt) } drop"
        case .translate(let family, let targets):
            "dnat \(family.nftHeader) to " + Self.choice(of: targets)
        }
    }

    private static func choice(of targets: [Ruleset.PublishedPort.Target]) -> String {
        if let target = targets.first, targets.count == 1 {
            return "\(target.address.family == .v4 ? "\(target.address)" : "[\(target.address)]"):\(target.port)"
        }
        let elements = targets.enumerated().map { "\($0.offset) : \($0.element.address) . \($0.element.port)" }
        return "numgen random mod \(targets.count) map { \(elements.joined(separator: ", ")) }"
    }
}

extension FilterTable.EtherType {
    /// nft's name of the field with the sender's address.
    fileprivate var sender: String { self == .arp ? "arp saddr ip" : "\(self) saddr" }
}

extension FilterTable.Verdict: CustomStringConvertible {
    var description: String {
        switch self {
        case .accept: "accept"
        case .drop: "drop"
        case .goto(let chain): "goto \(chain)"
        }
    }
}
