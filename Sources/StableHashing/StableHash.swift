/// FNV-1a over 64 bits: the same in every process, for names that must be found again and for telling values apart.
///
/// Whoever chooses the input can make two inputs collide; it isn't for what a stranger gains by that.
public struct StableHash: Sendable {
    public let value: UInt64

    public init(_ bytes: some Sequence<UInt8>) {
        value = bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }

    public init(_ text: String) { self.init(text.utf8) }

    /// All sixteen hexadecimal digits.
    public var digits: String { hexadecimal(value, digits: 16) }
}

/// The lowest `digits` hexadecimal digits of a number, with leading zeros.
public func hexadecimal(_ number: UInt64, digits: Int) -> String {
    let text = String(number, radix: 16)
    return String(repeating: "0", count: max(0, digits - text.count)) + text.suffix(digits)
}
