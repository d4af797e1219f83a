public import Addressing

/// A user's or a group's number (`man 7 credentials`).
public struct NumericID: Hashable, Sendable, ExpressibleByIntegerLiteral {
    public var number: UInt32

    public init(_ number: UInt32) { self.number = number }
    public init(integerLiteral value: UInt32) { number = value }
}

extension NumericID: TextCodable {
    /// Decimal digits. The largest number stands for "no change" in system calls, and is nobody's.
    public init?(_ description: String) {
        guard description.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = UInt32(description),
            number != .max
        else { return nil }
        self.number = number
    }

    public var description: String { String(number) }
}
