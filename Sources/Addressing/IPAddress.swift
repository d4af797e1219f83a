/// The two families of addresses.
public enum AddressFamily: String, Hashable, Sendable, Codable, CaseIterable {
    /// IPv4.
    case v4
    /// IPv6.
    case v6

    /// How many bits an address has.
    public var bits: UInt8 { self == .v4 ? 32 : 128 }
    /// The address that stands for any of the host's.
    public var any: IPAddress { IPAddress(self, 0) }
}

extension AddressFamily: Comparable {
    /// IPv4 comes first.
    public static func < (left: Self, right: Self) -> Bool { left.bits < right.bits }
}

/// An address of either family.
public enum IPAddress: Hashable, Sendable {
    /// An IPv4 address.
    case v4(IPv4Address)
    /// An IPv6 address.
    case v6(IPv6Address)

    /// The address with these four or sixteen bytes, in network order; nil for another count.
    public init?(bytes: some Collection<UInt8>) {
        if let address = IPv4Address(bytes: bytes) {
            self = .v4(address)
        } else if let address = IPv6Address(bytes: bytes) {
            self = .v6(address)
        } else {
            return nil
        }
    }

    /// The address of a family with this number, of which the family's bits count.
    public init(_ family: AddressFamily, _ number: UInt128) {
        switch family {
        case .v4: self = .v4(IPv4Address(UInt32(truncatingIfNeeded: number)))
        case .v6: self = .v6(IPv6Address(number))
        }
    }

    /// The family that it is of.
    public var family: AddressFamily {
        switch self {
        case .v4: .v4
        case .v6: .v6
        }
    }

    /// The address as a number, of its family's bits.
    public var number: UInt128 {
        switch self {
        case .v4(let address): UInt128(address.number)
        case .v6(let address): address.number
        }
    }

    /// Four or sixteen bytes in network order.
    public var bytes: [UInt8] {
        switch self {
        case .v4(let address): address.bytes
        case .v6(let address): address.bytes
        }
    }

    /// The address, if it is an IPv4 one.
    public var v4: IPv4Address? {
        if case .v4(let address) = self { address } else { nil }
    }

    /// The address, if it is an IPv6 one.
    public var v6: IPv6Address? {
        if case .v6(let address) = self { address } else { nil }
    }

    /// 127.0.0.0/8 or ::1.
    public var isLoopback: Bool {
        switch self {
        case .v4(let address): address.isLoopback
        case .v6(let address): address.isLoopback
        }
    }

    /// 0.0.0.0 or ::.
    public var isUnspecified: Bool {
        switch self {
        case .v4(let address): address.isUnspecified
        case .v6(let address): address.isUnspecified
        }
    }
}

extension IPAddress: LosslessStringConvertible {
    /// Either family's text; an IPv6 address may stand in brackets, as in URLs and port mappings.
    public init?(_ description: String) {
        if let address = IPv4Address(description) {
            self = .v4(address)
        } else if let address = IPv6Address(Self.unbracketed(description)) {
            self = .v6(address)
        } else {
            return nil
        }
    }

    private static func unbracketed(_ text: String) -> String {
        text.hasPrefix("[") && text.hasSuffix("]") ? String(text.dropFirst().dropLast()) : text
    }

    public var description: String {
        switch self {
        case .v4(let address): address.description
        case .v6(let address): address.description
        }
    }
}

extension IPAddress: Comparable {
    /// IPv4 addresses come first.
    public static func < (left: Self, right: Self) -> Bool {
        (left.family, left.number) < (right.family, right.number)
    }
}

extension IPAddress: TextCodable {}
