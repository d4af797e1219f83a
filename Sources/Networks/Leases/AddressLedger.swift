public import Addressing
import StableHashing

/// The subnets and addresses that one instance of Roost has given out: a pure value, written to disk by its owner.
///
/// The same questions in the same order get the same answers.
public struct AddressLedger: Hashable, Sendable {
    /// Where subnets are taken from, in this order.
    public internal(set) var pools: [Prefix]
    /// The networks by name.
    public internal(set) var networks: [String: NetworkLeases] = [:]

    /// Private ranges that VPNs, offices and homes rarely use, and Docker (172.17.0.0/12 and 192.168.0.0/16 from below)
    /// reaches last: 576 networks of 254 hosts.
    public static let defaultPools = [
        Prefix(IPv4Address(10, 210, 0, 0), length: 16), Prefix(IPv4Address(10, 211, 0, 0), length: 16),
        Prefix(IPv4Address(192, 168, 192, 0), length: 18),
    ]

    /// A unique-local prefix (RFC 4193) of an instance: the same text gives the same one, another text most likely
    /// another one.
    public static func uniqueLocalPool(of instance: String) -> Prefix {
        let global = StableHash(instance).value >> 24
        return Prefix(IPv6Address(high: 0xfd << 56 | global << 16, low: 0), length: 48)
    }

    /// Bits of the subnets that are taken from the pools.
    public static func subnetLength(_ family: AddressFamily) -> UInt8 { family == .v4 ? 24 : 64 }

    /// Routes for more than this are ways to the world (VPNs halve the default route), not networks to stay clear of.
    static let shortestLocalRoute: UInt8 = 8

    /// An empty ledger.
    public init(pools: [Prefix] = Self.defaultPools) {
        self.pools = pools
    }

    /// Adds a pool, unless there is one of its family: a ledger that an earlier version wrote has none for IPv6.
    public mutating func offer(_ pool: Prefix) {
        if !pools.contains(where: { $0.family == pool.family }) { pools.append(pool) }
    }

    /// Gives a network its subnets, clear of all others and, unless they are asked for, of the host's routes. A network
    /// that is there already keeps what it has.
    @discardableResult
    public mutating func addNetwork(
        _ name: String, _ requests: [SubnetRequest] = [SubnetRequest()], hostRoutes: [Prefix]
    ) throws(LeaseError) -> NetworkLeases {
        if let existing = networks[name] { return existing }
        var subnets: [SubnetLeases] = []
        for request in requests.sorted(by: { $0.family < $1.family }) {
            let subnet: Prefix
            if let asked = request.subnet {
                try check(asked, for: name)
                subnet = asked
            } else {
                subnet = try freeSubnet(request.family, hostRoutes: hostRoutes)
            }
            subnets.append(try SubnetLeases(network: name, subnet: subnet, request: request))
        }
        let network = NetworkLeases(subnets: subnets)
        networks[name] = network
        return network
    }

    /// Forgets a network and all its leases.
    public mutating func removeNetwork(_ name: String) {
        networks[name] = nil
    }

    /// Gives a container an address of each of the network's families, or those that it has already.
    ///
    /// A container that comes back, or one that takes the place of another of its name, gets the old address while
    /// nobody else has it. A fixed address is handed over in the same way.
    /// - Parameters:
    ///   - asked: fixed addresses, at most one a family.
    ///   - serving: the containers that use their addresses now: nothing is taken from these.
    public mutating func lease(
        _ holder: LeaseHolder, on network: String, asked: [IPAddress] = [], serving: Set<String> = []
    ) throws(LeaseError) -> [IPAddress] {
        guard var leases = networks[network] else { throw .unknownNetwork(network) }
        let given = try leases.lease(holder, asked: asked, serving: serving, network: network)
        networks[network] = leases
        return given
    }

    /// Makes a container the holder of the leases that an earlier version of Roost wrote down under its name only.
    public mutating func claim(_ holder: LeaseHolder) {
        for name in networks.keys { networks[name]?.claim(holder) }
    }

    /// Takes a container's addresses back; they are given to others only when no fresh ones are left.
    public mutating func release(_ container: String) {
        for name in networks.keys { networks[name]?.releaseAll { $0.container == container } }
    }

    /// Takes a container's addresses on one network back.
    public mutating func release(_ container: String, on network: String) {
        networks[network]?.releaseAll { $0.container == container }
    }

    /// Takes back what belongs to none of these containers.
    public mutating func releaseAll(except holders: [LeaseHolder]) {
        let containers = Set(holders.map(\.container))
        let names = Set(holders.map(\.name))
        for name in networks.keys {
            networks[name]?.releaseAll { lease in
                lease.container.map { !containers.contains($0) } ?? !names.contains(lease.name)
            }
        }
    }

    private func check(_ subnet: Prefix, for name: String) throws(LeaseError) {
        for (other, leases) in networks.sorted(by: { $0.key < $1.key }) {
            guard let taken = leases.subnets.first(where: { $0.subnet.overlaps(subnet) })?.subnet else { continue }
            throw .subnetTaken(subnet, network: name, by: other, otherSubnet: taken)
        }
    }

    private func freeSubnet(_ family: AddressFamily, hostRoutes: [Prefix]) throws(LeaseError) -> Prefix {
        let taken =
            networks.values.flatMap(\.subnets).map(\.subnet)
            + hostRoutes.filter { $0.length >= Self.shortestLocalRoute }
        let pools = pools.filter { $0.family == family }
        for pool in pools {
            // A pool smaller than a subnet is given out whole.
            let length = max(pool.length, Self.subnetLength(family))
            let step = UInt128(1) << UInt128(family.bits - length)
            for index in 0..<(UInt128(1) << UInt128(length - pool.length)) {
                let candidate = Prefix(IPAddress(family, pool.address.number + index * step), length: length)
                if !taken.contains(where: { $0.overlaps(candidate) }) { return candidate }
            }
        }
        throw .noSubnetLeft(pools)
    }
}
