import Addressing
import StackModel

/// What Compose's `config` accepts and no start can carry out: each returns the message, or `nil`.
enum Problems {
    static func text(
        _ problem: @escaping @Sendable (String) -> String?
    ) -> @Sendable (Node) -> String? {
        { node in node.string.flatMap { text in problem(text).map { "\"\(text)\" \($0)" } } }
    }

    @Sendable static func identifier(_ text: String) -> String? {
        NumericID(text) == nil ? "is not a numeric id" : nil
    }

    @Sendable static func negative(_ node: Node) -> String? {
        let number = node.number ?? node.string.flatMap { Double($0) } ?? 0
        return number < 0 ? "\(node.scalarText ?? "") is less than nothing" : nil
    }

    @Sendable static func negativeDuration(_ node: Node) -> String? {
        node.string?.hasPrefix("-") == true ? "\(node.string ?? "") is less than no time" : nil
    }

    @Sendable static func scale(_ node: Node) -> String? {
        (node.integer ?? 0) > 10_000
            ? "\(node.integer ?? 0) is more than the 10000 containers that a service can have" : nil
    }

    @Sendable static func networkMode(_ node: Node) -> String? { text(Names.networkModeProblem)(node) }

    @Sendable static func restartCondition(_ node: Node) -> String? {
        text { ["none", "on-failure", "any"].contains($0) ? nil : "must be one of none, on-failure, any" }(node)
    }

    @Sendable static func prefix(_ node: Node) -> String? {
        text { isPrefix($0) ? nil : "is not a subnet like 10.0.0.0/24" }(node)
    }

    /// Of either family.
    private static func isPrefix(_ text: String) -> Bool {
        if Prefix(text) != nil { return true }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let length = UInt8(parts[1]) else { return false }
        return IPv6Address(String(parts[0])) != nil && length <= 128
    }

    @Sendable static func address(_ node: Node) -> String? {
        text(address)(node)
    }

    @Sendable static func address(_ text: String) -> String? {
        IPAddress(text) == nil ? "is not an IP address" : nil
    }

    @Sendable static func ipv4Address(_ node: Node) -> String? {
        text { IPv4Address($0) == nil ? "is not an IPv4 address" : nil }(node)
    }

    @Sendable static func macAddress(_ node: Node) -> String? {
        text { MACAddress($0) == nil ? "is not a MAC address like 02:42:ac:11:00:02" : nil }(node)
    }

    @Sendable static func port(_ node: Node) -> String? {
        (1...65535).contains(node.integer ?? 0) ? nil : "\(node.scalarText ?? "") is not a port: those are 1 to 65535"
    }

    @Sendable static func ports(_ text: String) -> String? {
        Port.all(in: text) == nil ? "is not a port or a range of ports" : nil
    }

    @Sendable static func publishedPort(_ node: Node) -> String? {
        text { $0.isEmpty || Ports.range(Substring($0), from: 0) != nil ? nil : "is not a port or a range of ports" }(
            node)
    }

    @Sendable static func networkProtocol(_ node: Node) -> String? {
        text { TransportProtocol($0) == nil ? "is no protocol: use tcp or udp" : nil }(node)
    }
}
