/// An IPv4 address.
public struct IPv4Address: Hashable, Sendable {
    /// The address as a number: 10.0.0.1 is 0x0a000001.
    public var number: UInt32

    /// The address with this number.
    public init(_ number: UInt32) {
        self.number = number
    }

    /// a.b.c.d.
    public init(_ a: UInt8, _ b: UInt8, _ c: UInt8, _ d: UInt8) {
        number = UInt32(a) << 24 | UInt32(b) << 16 | UInt32(c) << 8 | UInt32(d)
    }

    /// The address with these four bytes, in network order; nil for another count.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 4 else { return nil }
        number = bytes.reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// The four bytes in network order.
    public var bytes: [UInt8] {
        stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: number >> UInt32($0)) }
    }

    /// 127.0.0.0/8.
    public var isLoopback: Bool { number >> 24 == 127 }

    /// 0.0.0.0, which stands for any address of the host.
    public var isUnspecified: Bool { number == 0 }

    /// 0.0.0.0.
    public static let any = IPv4Address(0)
    /// 127.0.0.1.
    public static let loopback = IPv4Address(127, 0, 0, 1)
}

extension IPv4Address: LosslessStringConvertible {
    /// Four decimal numbers with dots, without leading zeros (which some read as octal).
    public init?(_ description: String) {
        let parts = description.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var number: UInt32 = 0
        for part in parts {
            guard let byte = decimal(part, max: 255) else { return nil }
            number = number << 8 | UInt32(byte)
        }
        self.number = number
    }

    public var description: String {
        bytes.map { String($0) }.joined(separator: ".")
    }
}

extension IPv4Address: Comparable {
    public static func < (left: Self, right: Self) -> Bool {
        left.number < right.number
    }
}

extension IPv4Address: TextCodable {}

/// A number in plain decimal: digits only, no sign, no leading zero.
func decimal(_ text: Substring, max: Int) -> Int? {
    guard !text.isEmpty, text.utf8.count <= 5, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
        text.utf8.count == 1 || text.utf8.first != 0x30, let number = Int(text), number <= max
    else { return nil }
    return number
}
