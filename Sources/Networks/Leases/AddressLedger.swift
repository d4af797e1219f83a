public import Addressing

/// What a network asks for; nil leaves the choice to the ledger.
public struct SubnetRequest: Hashable, Sendable, Codable {
    /// The network's addresses.
    public var subnet: Prefix?
    /// The host's address on the bridge, the containers' way out.
    public var gateway: IPv4Address?
    /// The part of the subnet from which containers get addresses that they didn't ask for.
    public var range: Prefix?

    /// Describes what is asked for.
    public init(subnet: Prefix? = nil, gateway: IPv4Address? = nil, range: Prefix? = nil) {
        self.subnet = subnet
        self.gateway = gateway
        self.range = range
    }
}

/// The subnets and addresses that one instance of Roost has given out: a pure value, written to disk by its owner.
///
/// The same questions in the same order get the same answers.
public struct AddressLedger: Hashable, Sendable, Codable {
    /// Where subnets are taken from, in this order.
    public private(set) var pools: [Prefix]
    /// The networks by identifier.
    public private(set) var networks: [String: NetworkLeases] = [:]

    /// Private ranges that VPNs, offices and homes rarely use, and Docker (172.17.0.0/12 and 192.168.0.0/16 from below)
    /// reaches last: 576 networks of 254 hosts.
    public static let defaultPools = [
        Prefix(IPv4Address(10, 210, 0, 0), length: 16), Prefix(IPv4Address(10, 211, 0, 0), length: 16),
        Prefix(IPv4Address(192, 168, 192, 0), length: 18),
    ]

    /// Bits of the subnets that are taken from the pools.
    public static let subnetLength: UInt8 = 24

    /// Routes for more than this are ways to the world (VPNs halve the default route), not networks to stay clear of.
    static let shortestLocalRoute: UInt8 = 8

    /// An empty ledger.
    public init(pools: [Prefix] = Self.defaultPools) {
        self.pools = pools
    }

    /// Gives a network its subnet, clear of all others and, unless it is asked for, of the host's routes. A network
    /// that is there already keeps what it has.
    @discardableResult
    public mutating func addNetwork(
        _ id: String, _ request: SubnetRequest = SubnetRequest(), hostRoutes: [Prefix]
    ) throws(LeaseError) -> NetworkLeases {
        if let existing = networks[id] { return existing }
        let subnet: Prefix
        if let asked = request.subnet {
            try check(asked, for: id)
            subnet = asked
        } else {
            subnet = try freeSubnet(hostRoutes: hostRoutes)
        }
        let network = try NetworkLeases(network: id, subnet: subnet, request: request)
        networks[id] = network
        return network
    }

    /// Forgets a network and all its leases.
    public mutating func removeNetwork(_ id: String) {
        networks[id] = nil
    }

    /// Gives an endpoint an address, or the one that it has already. An endpoint that comes back gets its old address
    /// while nobody else has it.
    public mutating func lease(
        _ endpoint: String, on network: String, address: IPv4Address? = nil
    ) throws(LeaseError) -> IPv4Address {
        guard var leases = networks[network] else { throw .unknownNetwork(network) }
        let given = try leases.lease(endpoint, address: address)
        networks[network] = leases
        return given
    }

    /// Takes an endpoint's address back; it is given to others only when no fresh one is left.
    public mutating func release(_ endpoint: String, on network: String) {
        networks[network]?.release(endpoint)
    }

    private func check(_ subnet: Prefix, for id: String) throws(LeaseError) {
        let clash = networks.sorted { $0.key < $1.key }.first { $0.value.subnet.overlaps(subnet) }
        if let clash {
            throw .subnetTaken(subnet, network: id, by: clash.key, otherSubnet: clash.value.subnet)
        }
    }

    private func freeSubnet(hostRoutes: [Prefix]) throws(LeaseError) -> Prefix {
        let taken = networks.values.map(\.subnet) + hostRoutes.filter { $0.length >= Self.shortestLocalRoute }
        for pool in pools {
            // A pool smaller than a subnet is given out whole.
            let length = max(pool.length, Self.subnetLength)
            let step = UInt64(1) << UInt64(32 - length)
            for offset in stride(from: 0, to: pool.size, by: UInt64.Stride(step)) {
                let address = IPv4Address(pool.address.number + UInt32(truncatingIfNeeded: offset))
                let candidate = Prefix(address, length: length)
                if !taken.contains(where: { $0.overlaps(candidate) }) { return candidate }
            }
        }
        throw .noSubnetLeft(pools)
    }
}
