public import Addressing

/// Everything that nftables does for one stack, as a value: published ports, egress, isolation.
///
/// ``text`` shows it in nft's syntax; ``NetfilterSocket/apply(_:)`` puts it into the kernel in one transaction.
/// Both come from the same ``FilterTable``.
public struct Ruleset: Hashable, Sendable, Codable {
    /// A network as the ruleset sees it.
    public struct Network: Hashable, Sendable, Codable {
        /// The bridge's link name.
        public var bridge: String
        /// The addresses of its endpoints, at most one prefix of each family.
        public var subnets: [Prefix]
        /// Whether its containers are cut off from everything but each other (Compose's `internal: true`).
        public var isInternal: Bool

        /// Describes a network.
        public init(bridge: String, subnets: [Prefix], isInternal: Bool = false) {
            self.bridge = bridge
            self.subnets = subnets
            self.isInternal = isInternal
        }
    }

    /// A port of the host that leads to a container.
    public struct PublishedPort: Hashable, Sendable, Codable {
        /// The host's address that it is published on, of the family of the container's; nil for all of that family.
        public var hostAddress: IPAddress?
        /// The host's port.
        public var hostPort: Port
        /// The container's address.
        public var address: IPAddress
        /// The container's port, of the same protocol.
        public var containerPort: UInt16

        /// Describes a published port; 0.0.0.0 and :: mean the same as no host address.
        public init(hostAddress: IPAddress? = nil, hostPort: Port, address: IPAddress, containerPort: UInt16) {
            self.hostAddress = hostAddress?.isUnspecified == true ? nil : hostAddress
            self.hostPort = hostPort
            self.address = address
            self.containerPort = containerPort
        }
    }

    /// The table's name; see ``tableName(instance:stack:)``.
    public var table: String
    /// The stack's networks.
    public var networks: [Network]
    /// The stack's published ports. Of two for the same host address and port, the first counts.
    public var ports: [PublishedPort]

    /// The rules of a stack.
    public init(table: String, networks: [Network] = [], ports: [PublishedPort] = []) {
        self.table = table
        self.networks = networks
        self.ports = ports
    }

    /// What all of Roost's tables begin with.
    public static let tablePrefix = "roost-"

    /// The table of a stack of one instance of Roost (`instance` tells state directories apart: a few hexadecimal
    /// digits). Characters that nft has no room for in an identifier become underscores.
    public static func tableName(instance: String, stack: String) -> String {
        let legal = "\(instance)-\(stack)".unicodeScalars.map { scalar in
            scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || scalar == "-")
                ? Character(scalar) : "_"
        }
        return tablePrefix + String(legal.prefix(200))
    }

    /// The ruleset in nft's syntax, as `nft -f -` takes it: it replaces the table, in one transaction.
    public var text: String { FilterTable(self).text }
}
