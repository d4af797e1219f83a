public import Addressing

/// Everything that nftables does for one stack, as a value: published ports, egress, isolation, no false senders.
///
/// ``text`` shows it in nft's syntax; ``NetfilterSocket/apply(_:)`` puts it into the kernel in one transaction.
/// Both come from the same ``FilterTable`` values.
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

    /// A port of the host that leads to containers.
    public struct PublishedPort: Hashable, Sendable, Codable {
        /// Where a new connection may be led to.
        public struct Target: Hashable, Sendable, Codable {
            /// The container's address.
            public var address: IPAddress
            /// The container's port, of the host port's protocol.
            public var port: UInt16

            /// A port of an address.
            public init(_ address: IPAddress, _ port: UInt16) {
                self.address = address
                self.port = port
            }
        }

        /// The host's address that it is published on; nil for all, of every family that has a target.
        public var hostAddress: IPAddress?
        /// The host's port.
        public var hostPort: Port
        /// Who shares the new connections, each family among its own. Where there is nobody, a client waits: its first
        /// packet is dropped, and sent again by its kernel.
        public var targets: [Target]

        /// Describes a published port; 0.0.0.0 and :: mean the same as no host address.
        public init(hostAddress: IPAddress? = nil, hostPort: Port, targets: [Target]) {
            self.hostAddress = hostAddress?.isUnspecified == true ? nil : hostAddress
            self.hostPort = hostPort
            self.targets = targets
        }
    }

    /// The host's end of a container's link, and who may speak through it.
    public struct Link: Hashable, Sendable, Codable {
        /// The link's name.
        public var name: String
        /// The container's hardware address.
        public var mac: MACAddress
        /// The container's addresses.
        public var addresses: [IPAddress]

        /// Describes a link.
        public init(name: String, mac: MACAddress, addresses: [IPAddress]) {
            self.name = name
            self.mac = mac
            self.addresses = addresses
        }
    }

    /// The table's name; see ``tableName(instance:stack:)``.
    public var table: String
    /// The stack's networks.
    public var networks: [Network]
    /// The stack's published ports, each address and port once.
    public var ports: [PublishedPort]
    /// The links of the stack's containers that may send only what is theirs.
    public var links: [Link]
    /// Links of the host that pass packets on only because of Roost: nothing but what concerns its bridges may take that way.
    public var openedLinks: [String]

    /// The rules of a stack.
    public init(
        table: String, networks: [Network] = [], ports: [PublishedPort] = [], links: [Link] = [],
        openedLinks: [String] = []
    ) {
        self.table = table
        self.networks = networks
        self.ports = ports
        self.links = links
        self.openedLinks = openedLinks
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

    /// The ruleset in nft's syntax, as `nft -f -` takes it: it replaces the tables, in one transaction.
    public var text: String { tables.map(\.text).joined() }

    /// What packets between links meet, and what frames from containers meet before it. Both have the same name.
    var tables: [FilterTable] { [FilterTable(self), FilterTable(guarding: links, name: table)] }
}
