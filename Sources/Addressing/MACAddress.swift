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
