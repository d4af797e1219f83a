/// A network in CIDR notation: the bits of an address that all its hosts share. IPv4 only: `10.0.0.0/24`.
///
/// The bits after the prefix are always zero.
public struct Prefix: Hashable, Sendable {
    /// The first address, which names the network.
    public let address: IPv4Address
    /// How many bits are shared: 0…32.
    public let length: UInt8

    /// The network of `length` bits (at most 32) that `address` lies in.
    public init(_ address: IPv4Address, length: UInt8) {
        self.length = min(length, 32)
        self.address = IPv4Address(address.number & Self.mask(min(length, 32)))
    }

    /// The shared bits as ones.
    public var mask: IPv4Address { IPv4Address(Self.mask(length)) }

    /// The last address: the broadcast address of an Ethernet.
    public var last: IPv4Address { IPv4Address(address.number | ~mask.number) }

    /// How many addresses there are.
    public var size: UInt64 { 1 << UInt64(32 - length) }

    /// The addresses that hosts can have: all but the first and the last, or all of them for /31 and /32 (RFC 3021).
    public var hosts: ClosedRange<IPv4Address> {
        length >= 31 ? address...last : IPv4Address(address.number + 1)...IPv4Address(last.number - 1)
    }

    /// Whether `candidate` is one of its addresses.
    public func contains(_ candidate: IPv4Address) -> Bool {
        candidate.number & mask.number == address.number
    }

    /// Whether `other` lies wholly within.
    public func contains(_ other: Prefix) -> Bool {
        other.length >= length && contains(other.address)
    }

    /// Whether some address is in both.
    public func overlaps(_ other: Prefix) -> Bool {
        contains(other.address) || other.contains(address)
    }

    private static func mask(_ length: UInt8) -> UInt32 {
        length == 0 ? 0 : UInt32.max << UInt32(32 - length)
    }
}

extension Prefix: LosslessStringConvertible {
    /// `a.b.c.d/n`. Bits after the prefix are dropped, as Docker does: `10.1.2.3/24` is `10.1.2.0/24`.
    public init?(_ description: String) {
        let parts = description.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let address = IPv4Address(String(parts[0])), let length = decimal(parts[1], max: 32)
        else { return nil }
        self.init(address, length: UInt8(length))
    }

    public var description: String { "\(address)/\(length)" }
}

extension Prefix: Comparable {
    public static func < (left: Self, right: Self) -> Bool {
        (left.address.number, left.length) < (right.address.number, right.length)
    }
}

extension Prefix: TextCodable {}
