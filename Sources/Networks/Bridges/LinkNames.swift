import StableHashing

/// The names of Roost's links. They follow from identifiers alone, so that what a crash left behind can be found and
/// removed. A link name has at most 15 bytes (IFNAMSIZ less the zero).
public enum LinkNames {
    /// What all bridges begin with.
    public static let bridgePrefix = "rst"
    /// What all host ends of virtual Ethernet pairs begin with.
    public static let endpointPrefix = "rv"

    /// The bridge of a network: `rst` and eleven hexadecimal digits.
    public static func bridge(network: String) -> String {
        bridgePrefix + StableHash(network).digits.prefix(11)
    }

    /// The host's end of a container's place on a network: `rv` and twelve hexadecimal digits.
    public static func endpoint(container: String, network: String) -> String {
        endpointPrefix + StableHash("\(container)/\(network)").digits.prefix(12)
    }
}

/// 64 hexadecimal digits by which something is known that has no random id; they follow from what the text says of it.
public func stableIdentifier(_ text: String) -> String {
    (0..<4).map { StableHash("\($0)/\(text)").digits }.joined()
}
