import ControlAPI

/// Ports as `ps` shows them: `0.0.0.0:8080->80/tcp, 443/tcp`, neighbours drawn together into ranges.
struct PortText {
    /// Ports that differ in nothing but their number.
    private struct Group: Hashable {
        var url: String
        var transport: String
        var published: Bool
    }

    let text: String

    init(_ ports: [PortSummary]) {
        var order: [Group] = []
        var ranges: [Group: [ClosedRange<UInt16>]] = [:]
        var mapped: [String] = []
        let sorted = ports.sorted {
            ($0.targetPort, $0.url, $0.publishedPort, $0.protocol) < (
                $1.targetPort, $1.url, $1.publishedPort, $1.protocol
            )
        }
        for port in sorted {
            let published = port.publishedPort != 0
            if published, port.publishedPort != port.targetPort {
                mapped.append("\(Self.host(port.url)):\(port.publishedPort)->\(port.targetPort)/\(port.protocol)")
                continue
            }
            let group = Group(url: published ? port.url : "", transport: port.protocol, published: published)
            if ranges[group] == nil { order.append(group) }
            ranges[group, default: []].extend(with: port.targetPort)
        }
        text = (order.flatMap { group in (ranges[group] ?? []).map { Self.text(group, $0) } } + mapped)
            .joined(separator: ", ")
    }

    private static func text(_ group: Group, _ range: ClosedRange<UInt16>) -> String {
        let numbers = range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound)-\(range.upperBound)"
        let target = "\(numbers)/\(group.transport)"
        return group.published ? "\(host(group.url)):\(numbers)->\(target)" : target
    }

    private static func host(_ address: String) -> String { address.contains(":") ? "[\(address)]" : address }
}

extension [ClosedRange<UInt16>] {
    /// Adds a port, which is not less than those before it.
    fileprivate mutating func extend(with port: UInt16) {
        if let last, last.contains(port) { return }
        if let last, Int(last.upperBound) + 1 == Int(port) {
            self[count - 1] = last.lowerBound...port
        } else {
            append(port...port)
        }
    }
}
