import Addressing

/// The ledger's file says which version of its form it has; each earlier one is read.
extension AddressLedger: Codable {
    /// 1 had leases by the containers' names, of IPv4 only, and no number; 2 has them by the containers' ids.
    static let version = 2

    private enum CodingKeys: CodingKey {
        case version, pools, networks
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        pools = try container.decode([Prefix].self, forKey: .pools)
        switch try container.decodeIfPresent(Int.self, forKey: .version) ?? 1 {
        case 1:
            networks = try container.decode([String: FirstVersion].self, forKey: .networks).mapValues(\.current)
        case Self.version:
            networks = try container.decode([String: NetworkLeases].self, forKey: .networks)
        case let other:
            throw DecodingError.dataCorruptedError(
                forKey: .version, in: container,
                debugDescription: "version \(other) was written by a later Roost than this; use that one")
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(Self.version, forKey: .version)
        try container.encode(pools, forKey: .pools)
        try container.encode(networks, forKey: .networks)
    }

    /// A network of version 1.
    private struct FirstVersion: Decodable {
        struct Retired: Decodable {
            var endpoint: String
            var address: IPAddress
        }

        var subnet: Prefix
        var gateway: IPAddress
        var range: Prefix
        /// By the container's name.
        var leases: [String: IPAddress]
        var retired: [Retired]

        var current: NetworkLeases {
            NetworkLeases(subnets: [
                SubnetLeases(
                    subnet: subnet, gateway: gateway, range: range,
                    leases: leases.sorted { $0.key < $1.key }
                        .map { Lease(container: nil, name: $0.key, address: $0.value) },
                    retired: retired.map { RetiredLease(name: $0.endpoint, address: $0.address) })
            ])
        }
    }
}
