public import Addressing

/// What a container asks of its networks when it starts.
public struct EndpointRequest: Hashable, Sendable {
    /// What it asks of one network.
    public struct Attachment: Hashable, Sendable {
        /// The network's name.
        public var network: String
        /// Further names.
        public var aliases: [String]
        /// Fixed addresses, at most one of each family.
        public var addresses: [IPAddress]
        /// A fixed hardware address; nil for one that follows from the address.
        public var mac: MACAddress?
        /// Higher first: the first link has the default route.
        public var priority: Int

        /// Describes an attachment.
        public init(
            network: String, aliases: [String] = [], addresses: [IPAddress] = [], mac: MACAddress? = nil,
            priority: Int = 0
        ) {
            self.network = network
            self.aliases = aliases
            self.addresses = addresses
            self.mac = mac
            self.priority = priority
        }
    }

    /// Who asks.
    public var endpoint: EndpointTable.Endpoint
    /// What it asks, the first link first.
    public var attachments: [Attachment]

    /// Describes a request. Attachments of the same priority keep their order.
    public init(_ endpoint: EndpointTable.Endpoint, attachments: [Attachment]) {
        self.endpoint = endpoint
        self.attachments = attachments.enumerated()
            .sorted { ($1.element.priority, $0.offset) < ($0.element.priority, $1.offset) }
            .map(\.element)
    }

    var holder: LeaseHolder { LeaseHolder(container: endpoint.container, name: endpoint.name) }

    /// The container with its places. New addresses are given out where it has none yet.
    public func places(
        from ledger: inout AddressLedger, serving: Set<String>
    ) throws(LeaseError) -> EndpointTable.Endpoint {
        var result = endpoint
        for attachment in attachments {
            let addresses = try ledger.lease(
                holder, on: attachment.network, asked: attachment.addresses, serving: serving)
            result.places.append(Self.place(attachment, addresses))
        }
        return result
    }

    /// The container with the places that it has already, of a container that runs.
    public func places(in ledger: inout AddressLedger) -> EndpointTable.Endpoint {
        ledger.claim(holder)
        var result = endpoint
        for attachment in attachments {
            let addresses = ledger.networks[attachment.network]?.addresses(of: endpoint.container) ?? []
            if !addresses.isEmpty { result.places.append(Self.place(attachment, addresses)) }
        }
        return result
    }

    private static func place(_ attachment: Attachment, _ addresses: [IPAddress]) -> EndpointTable.Place {
        EndpointTable.Place(
            network: attachment.network, addresses: addresses,
            mac: attachment.mac ?? addresses.first.map { MACAddress(of: $0) } ?? MACAddress(of: IPv4Address.any),
            aliases: attachment.aliases)
    }
}
