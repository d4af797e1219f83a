import Addressing
import Glibc
import StackModel

/// Chooses the host's ports of a container: those that the file says, the first free ones of its ranges, or, where it
/// says none, what the kernel has to spare.
struct PortChoice {
    private let ports: [PublishedPort]
    /// By position: which of a range was tried last.
    private var positions: [Int: Int] = [:]
    private var attempts = 0

    init(_ ports: [PublishedPort]) {
        self.ports = ports
    }

    /// More attempts than that wouldn't be bad luck any more.
    private static let bound = 16

    /// Whether another call of `next` may give other ports.
    var hasAlternatives: Bool {
        attempts < Self.bound && ports.contains { $0.published.map { $0.count > 1 } ?? true }
    }

    /// - Parameter taken: what this instance's containers hold.
    mutating func next(taken: Set<ResolvedPort>) throws -> [ResolvedPort] {
        attempts += 1
        var result: [ResolvedPort] = []
        for (index, port) in ports.enumerated() {
            let used = taken.union(result)
            result.append(try resolve(port, at: index, used: used))
        }
        return result
    }

    private mutating func resolve(_ port: PublishedPort, at index: Int, used: Set<ResolvedPort>) throws -> ResolvedPort
    {
        var resolved = ResolvedPort(
            hostIP: port.hostIP, published: 0, target: port.target, protocol: port.protocol)
        guard let range = port.published else {
            resolved.published = try Self.sparePort(port.protocol)
            return resolved
        }
        resolved.published = range.lowerBound
        if range.count == 1 { return resolved }
        let start = positions[index].map { $0 + 1 } ?? 0
        for offset in start..<range.count {
            let number = range.lowerBound + UInt16(offset)
            let isUsed = used.contains { $0.published == number && $0.protocol == port.protocol }
            if isUsed || !Self.isFree(number, port.protocol) { continue }
            positions[index] = offset
            resolved.published = number
            return resolved
        }
        throw ContainerError(
            "no port of \(range.lowerBound)-\(range.upperBound)/\(port.protocol) is free; publish a wider range")
    }

    /// A port that nothing listens on at this moment, of the kernel's choice.
    private static func sparePort(_ transport: TransportProtocol) throws -> UInt16 {
        // Not every kernel has sockets of it to try with. Whether the port can be had is seen when it is held.
        if transport == .sctp { return UInt16.random(in: 49_152...65_535) }
        guard let port = bound(to: 0, transport) else { throw ContainerError("the host has no free \(transport) port") }
        return port
    }

    private static func isFree(_ port: UInt16, _ transport: TransportProtocol) -> Bool {
        transport == .sctp || bound(to: port, transport) != nil
    }

    /// Binds and lets go again; the port that it was.
    private static func bound(to port: UInt16, _ transport: TransportProtocol) -> UInt16? {
        let type = transport == .udp ? SOCK_DGRAM : SOCK_STREAM
        let descriptor = socket(AF_INET, Int32(type.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        return withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                guard bind(descriptor, generic, size) == 0, getsockname(descriptor, generic, &size) == 0 else {
                    return nil
                }
                return generic.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { $0.pointee.sin_port.bigEndian }
            }
        }
    }
}
