/// The names of Roost's links. They follow from identifiers alone, so that what a crash left behind can be found and
/// removed. A link name has at most 15 bytes (IFNAMSIZ less the zero).
public enum LinkNames {
    /// What all bridges begin with.
    public static let bridgePrefix = "rst"
    /// What all host ends of virtual Ethernet pairs begin with.
    public static let endpointPrefix = "rv"

    /// The bridge of a network: `rst` and eleven hexadecimal digits.
    public static func bridge(network: String) -> String {
        bridgePrefix + stableDigits(network, 11)
    }

    /// The host's end of a container's place on a network: `rv` and twelve hexadecimal digits.
    public static func endpoint(container: String, network: String) -> String {
        endpointPrefix + stableDigits("\(container)/\(network)", 12)
    }
}

/// The first hexadecimal digits of a text's 64-bit FNV-1a hash: names need not be secret, only different.
func stableDigits(_ text: String, _ count: Int) -> String {
    let hash = text.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    let digits = String(hash, radix: 16)
    return String((String(repeating: "0", count: 16 - digits.count) + digits).prefix(count))
}
