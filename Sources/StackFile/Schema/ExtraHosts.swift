import OrderedCollections

/// `extra_hosts`: `HOST=IP`, `HOST:IP`, or a mapping with one address or several; printed as `HOST=IP`.
enum ExtraHosts {
    static let shape = Shape(merge: .unique { $0.scalarText ?? "" }) { node, path, findings in
        switch node.value {
        case .list(let items):
            var result: [Node] = []
            var seen: Set<String> = []
            for (index, item) in items.enumerated() {
                let itemPath = path.index(index)
                if let text = item.string, !seen.insert(text).inserted {
                    findings.error("\"\(text)\" is in the list already", at: item.mark, itemPath)
                }
                guard case .string(let text) = item.value else {
                    _ = findings.wrongType(item, itemPath, "HOST=IP")
                    continue
                }
                guard let cut = text.firstIndex(of: "=") ?? text.firstIndex(of: ":") else {
                    _ = findings.invalid(item, itemPath, "\"\(text)\" must be written HOST=IP")
                    continue
                }
                let address = String(text[text.index(after: cut)...])
                result += entry(String(text[..<cut]), address, item, itemPath, &findings)
            }
            return node.with(.list(result))
        case .map(let mapping):
            var result: [Node] = []
            for (host, value) in mapping.entries {
                for address in value.node.list ?? [value.node] {
                    guard case .string(let text) = address.value else {
                        _ = findings.wrongType(address, path.key(host), "an address")
                        continue
                    }
                    result += entry(host, text, address, path.key(host), &findings)
                }
            }
            return node.with(.list(result))
        default: return findings.wrongType(node, path, "a list or a mapping")
        }
    }

    private static func entry(
        _ host: String, _ text: String, _ node: Node, _ path: Path, _ findings: inout Findings
    ) -> [Node] {
        let isBracketed = text.hasPrefix("[") && text.hasSuffix("]")
        let address = isBracketed ? String(text.dropFirst().dropLast()) : text
        guard address == "host-gateway" || IPText.isAddress(address) else {
            _ = findings.invalid(node, path, "\"\(address)\" is not an IP address")
            return []
        }
        return [node.with(.string("\(host)=\(address)"))]
    }
}
