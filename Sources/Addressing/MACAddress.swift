/// An Ethernet hardware address of 48 bits.
public struct MACAddress: Hashable, Sendable {
    /// The address as a number, in its low 48 bits.
    public let number: UInt64

    /// The address with these six bytes; nil for another count.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 6 else { return nil }
        number = bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// The locally administered address 02:42 followed by an IPv4 address: unique wherever that one is, and the same
    /// after a restart, so that neighbours' ARP caches stay right.
    public init(of address: IPv4Address) {
        number = 0x0242_0000_0000 | UInt64(address.number)
    }

    /// The same of an IPv6 address, from its last 32 bits: unique among the hosts of a /64 that were numbered in order.
    public init(of address: IPv6Address) {
        number = 0x0242_0000_0000 | address.low & 0xffff_ffff
    }

    /// The same of an address of either family.
    public init(of address: IPAddress) {
        switch address {
        case .v4(let address): self.init(of: address)
        case .v6(let address): self.init(of: address)
        }
    }

    /// The six bytes.
    public var bytes: [UInt8] {
        stride(from: 40, through: 0, by: -8).map { UInt8(truncatingIfNeeded: number >> UInt64($0)) }
    }
}

extension MACAddress: LosslessStringConvertible {
    /// Six pairs of hexadecimal digits, with colons or dashes.
    public init?(_ description: String) {
        let separator: Character = description.contains("-") ? "-" : ":"
        let parts = description.split(separator: separator, omittingEmptySubsequences: false)
        let bytes = parts.compactMap { part in
            part.utf8.count == 2 && part.first?.isHexDigit == true ? UInt8(part, radix: 16) : nil
        }
        guard parts.count == 6, bytes.count == 6 else { return nil }
        self.init(bytes: bytes)
    }

    public var description: String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: ":")
    }
}

extension MACAddress: TextCodable {}
