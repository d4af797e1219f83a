public import Addressing

/// A domain name as a list of labels. Equal names may differ in the case of ASCII letters (RFC 4343).
public struct DomainName: Hashable, Sendable {
    /// The labels as they came, 1…63 bytes each; none for the root.
    public let labels: [[UInt8]]
    private let folded: [[UInt8]]

    /// The longest name in its wire form, in bytes (RFC 1035, section 2.3.4).
    static let maximumLength = 255

    /// The name with these labels; nil if one is empty or too long, or the whole is.
    public init?(labels: [[UInt8]]) {
        let length = labels.reduce(1) { $0 + $1.count + 1 }
        guard length <= Self.maximumLength, labels.allSatisfy({ (1...63).contains($0.count) }) else { return nil }
        self.labels = labels
        folded = labels.map { $0.map { (0x41...0x5a).contains($0) ? $0 | 0x20 : $0 } }
    }

    /// The name written with dots; a dot at the end is allowed.
    public init?(_ text: String) {
        var parts = text.split(separator: ".", omittingEmptySubsequences: false).map { Array($0.utf8) }
        if parts.last?.isEmpty == true { parts.removeLast() }
        // A lone dot is the root, which has no labels.
        if parts == [[]] { parts = [] }
        self.init(labels: parts)
    }

    public static func == (left: Self, right: Self) -> Bool {
        left.folded == right.folded
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(folded)
    }

    /// The name under which an address's names are found: `2.0.210.10.in-addr.arpa`, or a digit a label with `ip6.arpa`
    /// (RFC 3596, section 2.5).
    public static func reverse(_ address: IPAddress) -> DomainName? {
        switch address {
        case .v4(let address):
            return DomainName(address.bytes.reversed().map { String($0) }.joined(separator: ".") + ".in-addr.arpa")
        case .v6(let address):
            let digits = address.bytes.reversed().flatMap { [$0 & 15, $0 >> 4] }
            return DomainName(digits.map { String($0, radix: 16) }.joined(separator: ".") + ".ip6.arpa")
        }
    }

    /// The address that this is the reverse name of.
    public var reversedAddress: IPAddress? {
        guard folded.last == Array("arpa".utf8), let kind = folded.dropLast().last else { return nil }
        let parts = folded.dropLast(2).reversed().map { String(decoding: $0, as: UTF8.self) }
        if kind == Array("in-addr".utf8) && parts.count == 4 {
            return IPv4Address(parts.joined(separator: ".")).map(IPAddress.v4)
        }
        let isDigit = { (part: String) in part.utf8.count == 1 && part.first?.isHexDigit == true }
        guard kind == Array("ip6".utf8), parts.count == 32, parts.allSatisfy(isDigit) else { return nil }
        return UInt128(parts.joined(), radix: 16).map { .v6(IPv6Address($0)) }
    }

    /// The port and the name behind it that `_80._tcp.web` asks for (RFC 2782, with the port's number for the service's
    /// name); nil for a name that isn't of this form.
    var askedPort: (port: Port, name: DomainName)? {
        guard folded.count > 2, folded.prefix(2).allSatisfy({ $0.first == UInt8(ascii: "_") }) else { return nil }
        let parts = folded.prefix(2).map { String(decoding: $0.dropFirst(), as: UTF8.self) }
        guard let port = Port(parts.joined(separator: "/")),
            let name = DomainName(labels: Array(labels.dropFirst(2)))
        else { return nil }
        return (port, name)
    }

    /// The name in its wire form, uncompressed.
    var wire: [UInt8] {
        labels.flatMap { [UInt8($0.count)] + $0 } + [0]
    }
}

extension DomainName: CustomStringConvertible {
    /// The labels with dots, without one at the end.
    public var description: String {
        labels.map { String(decoding: $0, as: UTF8.self) }.joined(separator: ".")
    }
}
