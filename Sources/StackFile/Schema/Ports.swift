import Addressing
import StackModel

/// `ports` (Compose specification, "Services", "ports"): `[[IP:]HOST[-END]:]CONTAINER[-END][/PROTOCOL]` or the long form.
enum Ports {
    static let form = Form<[PublishedPort]>(shape, items: port)

    private static let port = Form<PublishedPort>(fields, from: PublishedPort(published: nil, target: 0)) {
        port, _, _, _ in port.target == 0 ? nil : port
    }

    private static let shape = Shape.list(parts: long) { node, path, findings in
        switch node.value {
        case .string(let text): return short(text, node, path, &findings)
        case .integer(let number): return short(String(number), node, path, &findings)
        case .map: return long.read(node, path, &findings).map { [$0] } ?? []
        default:
            _ = findings.wrongType(node, path, "a port")
            return []
        }
    }.merged(by: .unique(by: identity))

    private static let long = Shape.object(fields)

    private static let fields = Fields<PublishedPort>(
        required: ["target"],
        [
            Field("app_protocol", .text, "What is spoken on it: http, …."),
            Field("host_ip", .address(address), "The host's address; all if none is named.", to: \.hostIP),
            Field("mode", .text, "host or ingress.", .always(.string("ingress")), doneBy: .nobody),
            Field("name", .text, "A name for people.", doneBy: .nobody),
            Field(
                "protocol", .written("is no protocol: use tcp or udp"), "tcp, udp or sctp.", .always(.string("tcp")),
                to: \.protocol),
            Field("published", hostPorts, "The host's port, or a range.", to: \.published),
            Field("target", target, "The container's port.", to: \.target),
        ])

    private static let address = Shape.text { IPAddress($0) == nil ? "is not an IP address" : nil }

    /// 0 is any port, as none is.
    private static let hostPorts = Form<ClosedRange<UInt16>?>(
        published,
        { text in
            if text.isEmpty { return .some(nil) }
            return range(Substring(text), from: 0).map { $0 == 0...0 ? nil : $0 }
        }, else: { _ in "is not a port or a range of ports" })

    private static let target = Form<UInt16>(.integer(1 ... .max)) { node, place, resolution in
        if let number = node.integer.flatMap({ UInt16(exactly: $0) }), number > 0 { return number }
        resolution.fault(
            "\(node.scalarText ?? "") is not a port: those are 1 to 65535", at: node.mark, place)
        return nil
    }

    /// A number stays one until the files are combined: Docker doesn't take `8080` and `"8080"` for the same.
    private static let published = Shape { node, path, findings in
        node.integer == nil ? Shape.text.read(node, path, &findings) : node
    }

    /// Two files mean the same port where host address, host port, container port and protocol are the same.
    private static func identity(_ port: Node) -> String {
        let published = port["published"].map { $0.string.map { "\"\($0)\"" } ?? $0.scalarText ?? "" } ?? ""
        return "\(port["host_ip"]?.string ?? "0.0.0.0"):\(published):\(port["target"]?.integer ?? 0)"
            + "/\(port["protocol"]?.string ?? "tcp")"
    }

    /// Reads one short form; a range becomes one port each.
    private static func short(_ text: String, _ node: Node, _ path: Path, _ findings: inout Findings) -> [Node] {
        do throws(Problem) {
            let parts = try parse(text)
            guard findings.allows(parts.count, at: node.mark, path) else { return [] }
            // Docker sorts the ports of a range as texts.
            return parts.sorted { "\($0.target)" < "\($1.target)" }.map { part in
                var entries: [(String, Node)] = [("mode", node.with(.string("ingress")))]
                if let ip = part.ip { entries.append(("host_ip", node.with(.string(ip)))) }
                entries.append(("target", node.with(.integer(Int64(part.target)))))
                if let published = part.published { entries.append(("published", node.with(.string(published)))) }
                entries.append(("protocol", node.with(.string(part.protocol))))
                return .map(entries, node.mark)
            }
        } catch {
            findings.error(
                "\"\(text)\" is not a port: \(error.reason)", at: node.mark, path,
                suggestion: "write it like \"8080:80\", \"127.0.0.1:8080:80/tcp\" or \"53:53/udp\"")
            return []
        }
    }

    private struct Problem: Error {
        var reason: String
    }

    private struct Part {
        var ip: String?
        var published: String?
        var target: UInt16
        var `protocol`: String
    }

    private static func parse(_ text: String) throws(Problem) -> [Part] {
        let halves = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let proto = halves.count > 1 ? halves[1].lowercased() : "tcp"
        guard TransportProtocol(proto) != nil else { throw Problem(reason: "the protocol is unknown") }
        let (ip, host, container) = try split(halves[0])
        guard let targets = range(container, from: 1) else {
            throw Problem(reason: "the container's port must be 1 to 65535")
        }
        guard !host.isEmpty else {
            return targets.map { Part(ip: ip, published: nil, target: $0, protocol: proto) }
        }
        guard let hosts = range(host, from: 0) else { throw Problem(reason: "the host's port must be 0 to 65535") }
        if targets.count == 1, hosts.count > 1 {
            return [Part(ip: ip, published: String(host), target: targets.lowerBound, protocol: proto)]
        }
        guard hosts.count == targets.count else { throw Problem(reason: "the two ranges differ in length") }
        return zip(hosts, targets).map { Part(ip: ip, published: String($0), target: $1, protocol: proto) }
    }

    /// `IP:HOST:CONTAINER`, with an IPv6 address in brackets.
    private static func split(_ text: Substring) throws(Problem) -> (ip: String?, host: Substring, target: Substring) {
        guard let last = text.lastIndex(of: ":") else { return (nil, "", text) }
        let target = text[text.index(after: last)...]
        let rest = text[..<last]
        guard let middle = rest.lastIndex(of: ":"), !rest.hasSuffix("]") else {
            return (nil, rest, target)
        }
        return (try address(rest[..<middle]), rest[rest.index(after: middle)...], target)
    }

    private static func address(_ text: Substring) throws(Problem) -> String? {
        if text.isEmpty { return nil }
        let bare = text.hasPrefix("[") && text.hasSuffix("]") ? text.dropFirst().dropLast() : text
        guard IPAddress(String(bare)) != nil else { throw Problem(reason: "\"\(text)\" is not an IP address") }
        return String(bare)
    }

    /// `80` or `80-90`.
    static func range(_ text: Substring, from lowest: UInt16) -> ClosedRange<UInt16>? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count <= 2, let low = UInt16(parts[0]), low >= lowest else { return nil }
        guard parts.count == 2 else { return low...low }
        guard let high = UInt16(parts[1]), high >= low else { return nil }
        return low...high
    }
}
