/// What carries a port: TCP, UDP or SCTP.
public enum TransportProtocol: String, Hashable, Sendable, Codable, CaseIterable, LosslessStringConvertible {
    /// TCP.
    case tcp
    /// UDP.
    case udp
    /// SCTP.
    case sctp

    /// The lower-case name.
    public init?(_ description: String) {
        self.init(rawValue: description)
    }

    public var description: String { rawValue }

    /// The number in the IP header.
    public var number: UInt8 {
        switch self {
        case .tcp: 6
        case .udp: 17
        case .sctp: 132
        }
    }
}

/// A port number of a transport protocol; `80/tcp`.
public struct Port: Hashable, Sendable {
    /// 0…65535; 0 where any free one will do.
    public var number: UInt16
    /// What carries it.
    public var transport: TransportProtocol

    /// A port of a protocol.
    public init(_ number: UInt16, _ transport: TransportProtocol = .tcp) {
        self.number = number
        self.transport = transport
    }
}

extension Port: LosslessStringConvertible {
    /// `80/tcp`, or `80` for TCP.
    public init?(_ description: String) {
        let parts = description.split(separator: "/", omittingEmptySubsequences: false)
        guard let first = parts.first, parts.count <= 2, let number = decimal(first, max: 65_535) else { return nil }
        guard parts.count == 2 else {
            self.init(UInt16(number))
            return
        }
        guard let transport = TransportProtocol(String(parts[1])) else { return nil }
        self.init(UInt16(number), transport)
    }

    public var description: String { "\(number)/\(transport)" }

    /// Those that `80`, `80/udp` or `8000-8010/tcp` stands for; `nil` where it is none of these, or includes port 0.
    public static func all(in text: String) -> [Port]? {
        let halves = text.split(separator: "/", omittingEmptySubsequences: false)
        guard halves.count <= 2, let transport = TransportProtocol(halves.count == 2 ? String(halves[1]) : "tcp")
        else { return nil }
        let ends = halves[0].split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count <= 2, let low = decimal(ends[0], max: 65_535),
            let high = decimal(ends[ends.count - 1], max: 65_535), low >= 1, low <= high
        else { return nil }
        return (low...high).map { Port(UInt16($0), transport) }
    }
}

extension Port: Comparable {
    public static func < (left: Self, right: Self) -> Bool {
        (left.number, left.transport.rawValue) < (right.number, right.transport.rawValue)
    }
}

extension Port: TextCodable {}
