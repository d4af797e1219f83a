/// A network in CIDR notation: the bits of an address that all its hosts share. `10.0.0.0/24`, `fd00::/64`.
///
/// The bits after the prefix are always zero.
public struct Prefix: Hashable, Sendable {
    /// The first address, which names the network.
    public let address: IPAddress
    /// How many bits are shared: 0…32 for IPv4, 0…128 for IPv6.
    public let length: UInt8

    /// The network of `length` bits (at most the family's) that `address` lies in.
    public init(_ address: IPAddress, length: UInt8) {
        let family = address.family
        self.length = min(length, family.bits)
        self.address = IPAddress(family, address.number & ~Self.hostBits(family, self.length))
    }

    /// The network of `length` bits (at most 32) that `address` lies in.
    public init(_ address: IPv4Address, length: UInt8) {
        self.init(.v4(address), length: length)
    }

    /// The network of `length` bits (at most 128) that `address` lies in.
    public init(_ address: IPv6Address, length: UInt8) {
        self.init(.v6(address), length: length)
    }

    /// The family of its addresses.
    public var family: AddressFamily { address.family }

    /// The shared bits as ones.
    public var mask: IPAddress { IPAddress(family, ~Self.hostBits(family, length)) }

    /// The last address: with IPv4 the broadcast address of an Ethernet.
    public var last: IPAddress { IPAddress(family, address.number | Self.hostBits(family, length)) }

    /// The addresses that hosts can have. With IPv4 all but the first and the last, or all of them for /31 and /32
    /// (RFC 3021). With IPv6, which has no broadcast, all but the first, which is any router's (RFC 4291, section
    /// 2.6.1), or all of them for /127 (RFC 6164) and /128.
    public var hosts: ClosedRange<IPAddress> {
        if length >= family.bits - 1 { return address...last }
        let first = IPAddress(family, address.number + 1)
        return first...(family == .v4 ? IPAddress(family, last.number - 1) : last)
    }

    /// Whether `candidate` is one of its addresses.
    public func contains(_ candidate: IPAddress) -> Bool {
        candidate.family == family && candidate.number & ~Self.hostBits(family, length) == address.number
    }

    /// Whether `other` lies wholly within.
    public func contains(_ other: Prefix) -> Bool {
        other.length >= length && contains(other.address)
    }

    /// Whether some address is in both.
    public func overlaps(_ other: Prefix) -> Bool {
        contains(other.address) || other.contains(address)
    }

    /// The bits of an address after the prefix, as ones.
    private static func hostBits(_ family: AddressFamily, _ length: UInt8) -> UInt128 {
        let count = family.bits - length
        return count == 128 ? .max : (1 << UInt128(count)) - 1
    }
}

extension Prefix: LosslessStringConvertible {
    /// `a.b.c.d/n` or `a:b::/n`. Bits after the prefix are dropped, as Docker does: `10.1.2.3/24` is `10.1.2.0/24`.
    public init?(_ description: String) {
        let parts = description.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].first != "[", let address = IPAddress(String(parts[0])),
            let length = decimal(parts[1], max: Int(address.family.bits))
        else { return nil }
        self.init(address, length: UInt8(length))
    }

    public var description: String { "\(address)/\(length)" }
}

extension Prefix: Comparable {
    public static func < (left: Self, right: Self) -> Bool {
        (left.address, left.length) < (right.address, right.length)
    }
}

extension Prefix: TextCodable {}
