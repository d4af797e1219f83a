/// An IPv6 address, without a zone.
public struct IPv6Address: Hashable, Sendable {
    /// The first 64 bits as a number.
    public var high: UInt64
    /// The last 64 bits as a number.
    public var low: UInt64

    /// The address with these two halves.
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// The address with this number: ::1 is 1.
    public init(_ number: UInt128) {
        self.init(high: UInt64(truncatingIfNeeded: number >> 64), low: UInt64(truncatingIfNeeded: number))
    }

    /// The address as a number.
    public var number: UInt128 { UInt128(high) << 64 | UInt128(low) }

    /// The address with these sixteen bytes, in network order; nil for another count.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 16 else { return nil }
        high = bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
        low = bytes.suffix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// The sixteen bytes in network order.
    public var bytes: [UInt8] {
        [high, low].flatMap { half in
            stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: half >> UInt64($0)) }
        }
    }

    /// ::1.
    public var isLoopback: Bool { high == 0 && low == 1 }

    /// ::, which stands for any address of the host.
    public var isUnspecified: Bool { high == 0 && low == 0 }

    private var groups: [UInt16] {
        [high, low].flatMap { half in
            stride(from: 48, through: 0, by: -16).map { UInt16(truncatingIfNeeded: half >> UInt64($0)) }
        }
    }
}

extension IPv6Address: LosslessStringConvertible {
    /// The forms of RFC 4291, section 2.2, among them "::" and a trailing IPv4 address.
    public init?(_ description: String) {
        guard let groups = Self.parse(description) else { return nil }
        high = groups.prefix(4).reduce(0) { $0 << 16 | UInt64($1) }
        low = groups.suffix(4).reduce(0) { $0 << 16 | UInt64($1) }
    }

    private static func parse(_ text: String) -> [UInt16]? {
        guard let gap = gap(in: text) else {
            guard let groups = parseGroups(text[...]), groups.count == 8 else { return nil }
            return groups
        }
        guard let before = parseGroups(text[..<gap.lowerBound]), let after = parseGroups(text[gap.upperBound...]),
            before.count + after.count < 8
        else { return nil }
        return before + [UInt16](repeating: 0, count: 8 - before.count - after.count) + after
    }

    /// Where the first "::" stands.
    private static func gap(in text: String) -> Range<String.Index>? {
        var index = text.startIndex
        while let colon = text[index...].firstIndex(of: ":") {
            let next = text.index(after: colon)
            if next < text.endIndex, text[next] == ":" { return colon..<text.index(after: next) }
            index = next
        }
        return nil
    }

    private static func parseGroups(_ text: Substring) -> [UInt16]? {
        if text.isEmpty { return [] }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        var groups: [UInt16] = []
        for (position, part) in parts.enumerated() {
            if position == parts.count - 1, part.contains("."), let tail = IPv4Address(String(part)) {
                groups += [UInt16(tail.number >> 16), UInt16(truncatingIfNeeded: tail.number)]
                continue
            }
            guard (1...4).contains(part.utf8.count), part.first?.isHexDigit == true, let group = UInt16(part, radix: 16)
            else { return nil }
            groups.append(group)
        }
        return groups
    }

    /// The canonical form of RFC 5952: lower case, the longest run of zeros (the first, of two or more) as "::".
    public var description: String {
        let groups = groups
        let run = longestZeroRun(groups)
        let text = { (part: ArraySlice<UInt16>) in part.map { String($0, radix: 16) }.joined(separator: ":") }
        guard let run else { return text(groups[...]) }
        return "\(text(groups[..<run.lowerBound]))::\(text(groups[run.upperBound...]))"
    }

    private func longestZeroRun(_ groups: [UInt16]) -> Range<Int>? {
        var best: Range<Int>?
        var start = 0
        while start < groups.count {
            let end = groups[start...].firstIndex { $0 != 0 } ?? groups.count
            if end - start >= 2, end - start > best?.count ?? 0 { best = start..<end }
            start = max(end, start + 1)
        }
        return best
    }
}

extension IPv6Address: Comparable {
    public static func < (left: Self, right: Self) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }
}

extension IPv6Address: TextCodable {}
