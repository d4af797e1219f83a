import Addressing

extension FilterTable {
    /// nft's syntax. The first two lines make the rest replace the table, whether or not there is one.
    var text: String {
        """
        table inet \(name) {}
        delete table inet \(name)
        table inet \(name) {
        \((maps.map(\.text) + chains.map(\.text)).joined(separator: "\n"))
        }

        """
    }
}

extension AddressFamily {
    /// nft's name of the header.
    fileprivate var nftHeader: String { self == .v4 ? "ip" : "ip6" }
    /// nft's name of the type of address.
    fileprivate var nftType: String { self == .v4 ? "ipv4_addr" : "ipv6_addr" }
}

extension FilterTable.Map {
    fileprivate var text: String {
        let lines: [String] = [
            "\tmap \(name) {",
            "\t\ttype \(type)",
            elements.isEmpty ? nil : "\t\telements = { \(elements.joined(separator: ", ")) }",
            "\t}",
        ].compactMap { $0 }
        return lines.joined(separator: "\n")
    }

    private var type: String {
        switch kind {
        case .links: "ifname : verdict"
        case .ports(_, let family, let withAddress):
            (withAddress ? "\(family.nftType) . " : "") + "inet_proto . inet_service : \(family.nftType) . inet_service"
        }
    }

    private var elements: [String] {
        switch kind {
        case .links(let links): links.map { "\"\($0.link)\" : \($0.verdict)" }
        case .ports(let ports, _, _):
            ports.map { entry in
                let address = entry.address.map { "\($0) . " } ?? ""
                return "\(address)\(entry.port.transport) . \(entry.port.number) : \(entry.toAddress) . \(entry.toPort)"
            }
        }
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
        case .leavesThrough(let link): "oifname \"\(link)\""
        case .source(let prefix): "\(prefix.family.nftHeader) saddr \(prefix)"
        case .destination(let prefix): "\(prefix.family.nftHeader) daddr \(prefix)"
        case .destinationIsLocal: "fib daddr type local"
        case .wasTranslated: "ct status dnat"
        case .isKnownConnection: "ct state established,related"
        }
    }
}

extension FilterTable.Action: CustomStringConvertible {
    var description: String {
        switch self {
        case .verdict(let verdict): verdict.description
        case .verdictOfInput(let map): "iifname vmap @\(map)"
        case .verdictOfOutput(let map): "oifname vmap @\(map)"
        case .masquerade: "masquerade"
        case .translate(let family, let map, let withAddress):
            "dnat \(family.nftHeader) to \(withAddress ? "\(family.nftHeader) daddr . " : "")"
                + "meta l4proto . th dport map @\(map)"
        }
    }
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
