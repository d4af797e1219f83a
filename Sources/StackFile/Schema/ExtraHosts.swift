import OrderedCollections
import StackModel

/// `extra_hosts`: `HOST=IP[,IP…]`, `HOST:IP`, or a mapping with one address or several.
///
/// A list stays as it is written until the files are combined, for the comparison of items is one of texts;
/// ``canonical(_:)`` is the form that `config` prints.
enum ExtraHosts {
    static let form = Form<[ExtraHost]>(shape, items: host)

    /// In its canonical form.
    private static let host = Form<ExtraHost>(.text) { node, place, resolution in
        guard let text = node.string, let cut = text.firstIndex(of: "=") else { return nil }
        let address = String(text[text.index(after: cut)...])
        if let address = ExtraHost.Address(address) { return ExtraHost(name: String(text[..<cut]), address: address) }
        resolution.fault("\"\(address)\" is not an IP address", at: node.mark, place)
        return nil
    }

    private static let shape = Shape(merge: .append) { node, path, findings in
        switch node.value {
        case .list(let items): return list(items, node, path, &findings)
        case .map(let mapping):
            var result: [Node] = []
            for (host, value) in mapping.entries {
                for address in value.node.list ?? [value.node] {
                    guard case .string(let text) = address.value else {
                        _ = findings.wrongType(address, path.key(host), "an address")
                        continue
                    }
                    result.append(address.with(.string("\(host)=\(text)")))
                }
                check(host, value.node, path, &findings)
            }
            return node.with(.list(result.sorted { ($0.string ?? "") < ($1.string ?? "") }))
        default: return findings.wrongType(node, path, "a list or a mapping")
        }
    }

    private static func list(_ items: [Node], _ node: Node, _ path: Path, _ findings: inout Findings) -> Node? {
        var seen: Set<String> = []
        for (index, item) in items.enumerated() {
            let place = path.index(index)
            guard case .string(let text) = item.value else {
                _ = findings.wrongType(item, place, "HOST=IP")
                continue
            }
            if !seen.insert(text).inserted {
                findings.error("\"\(text)\" is in the list already", at: item.mark, place)
            }
            guard let cut = cut(text) else {
                _ = findings.invalid(item, place, "\"\(text)\" must be written HOST=IP")
                continue
            }
            check(cut.host, item, place, &findings)
        }
        return node
    }

    private static func check(_ host: String, _ node: Node, _ path: Path, _ findings: inout Findings) {
        guard host.isEmpty || host.contains(where: { $0 == ":" || $0 == "=" }) else { return }
        findings.error("\"\(host)\" is not a host's name", at: node.mark, path)
    }

    private static func cut(_ text: String) -> (host: String, addresses: Substring)? {
        guard let cut = text.firstIndex(of: "=") ?? text.firstIndex(of: ":") else { return nil }
        return (String(text[..<cut]), text[text.index(after: cut)...])
    }

    /// One `HOST=IP` each, sorted.
    static func canonical(_ node: Node) -> Node {
        var result: [Node] = []
        for item in node.list ?? [] {
            guard let (host, addresses) = cut(item.string ?? "") else { continue }
            for address in addresses.split(separator: ",", omittingEmptySubsequences: false) {
                let isBracketed = address.count > 2 && address.hasPrefix("[") && address.hasSuffix("]")
                result.append(item.with(.string("\(host)=\(isBracketed ? address.dropFirst().dropLast() : address)")))
            }
        }
        return node.with(.list(result.sorted { ($0.string ?? "") < ($1.string ?? "") }))
    }
}
