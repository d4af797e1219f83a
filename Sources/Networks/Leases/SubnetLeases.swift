public import Addressing

/// One subnet of a network and the addresses given out of it.
public struct SubnetLeases: Hashable, Sendable, Codable {
    /// All its addresses.
    public let subnet: Prefix
    /// The host's address on the bridge.
    public let gateway: IPAddress
    /// Where addresses are taken from.
    public let range: Prefix
    /// Addresses that no container gets; nil where there are none.
    public let reserved: [IPAddress]?
    /// The addresses that are given out, in the order in which that happened.
    public private(set) var leases: [Lease]
    /// Addresses that were given back, the longest unused first.
    private var retired: [RetiredLease]

    /// How many former holders are remembered.
    static let memory = 1024

    init(network: String, subnet: Prefix, request: SubnetRequest) throws(LeaseError) {
        guard subnet.length <= subnet.family.bits - 2 else { throw .subnetTooSmall(subnet, network: network) }
        let gateway = request.gateway ?? subnet.hosts.lowerBound
        guard subnet.hosts.contains(gateway) else { throw .outside(gateway, subnet, network: network) }
        if let range = request.range, !subnet.contains(range) {
            throw .outside(range.address, subnet, network: network)
        }
        if let odd = request.reserved.first(where: { !subnet.hosts.contains($0) }) {
            throw .outside(odd, subnet, network: network)
        }
        self.init(
            subnet: subnet, gateway: gateway, range: request.range ?? subnet,
            reserved: request.reserved.isEmpty ? nil : request.reserved, leases: [], retired: [])
    }

    init(
        subnet: Prefix, gateway: IPAddress, range: Prefix, reserved: [IPAddress]? = nil, leases: [Lease],
        retired: [RetiredLease]
    ) {
        self.reserved = reserved
        self.subnet = subnet
        self.gateway = gateway
        self.range = range
        self.leases = leases
        self.retired = retired
    }

    /// The container's address.
    public func address(of container: String) -> IPAddress? {
        leases.first { $0.container == container }?.address
    }

    /// A lease that an earlier version wrote down by name belongs to the first container of this name that asks.
    mutating func claim(_ holder: LeaseHolder) {
        guard address(of: holder.container) == nil,
            let index = leases.firstIndex(where: { $0.container == nil && $0.name == holder.name })
        else { return }
        leases[index].container = holder.container
    }

    /// - Parameter serving: the containers that use their addresses; of others, a replacement takes them over.
    mutating func lease(
        _ holder: LeaseHolder, asked: IPAddress?, serving: Set<String>, network: String
    ) throws(LeaseError) -> IPAddress {
        claim(holder)
        let current = address(of: holder.container)
        if let current, asked == nil || asked == current { return current }
        let inherited = leases.first { lease in
            lease.name == holder.name && lease.container != holder.container
                && lease.container.map { !serving.contains($0) } != false
        }
        let given: IPAddress
        if let asked {
            try check(asked, for: holder, heir: inherited, network: network)
            given = asked
        } else if let inherited {
            given = inherited.address
        } else {
            given = try freeAddress(for: holder, network: network)
        }
        release(holder.container)
        leases.removeAll { $0 == inherited && $0.address == given }
        retired.removeAll { $0.address == given || $0.name == holder.name }
        leases.append(Lease(container: holder.container, name: holder.name, address: given))
        return given
    }

    mutating func release(_ container: String) {
        releaseAll { $0.container == container }
    }

    mutating func releaseAll(where isOver: (Lease) -> Bool) {
        retired += leases.filter(isOver).map { RetiredLease(name: $0.name, address: $0.address) }
        retired.removeFirst(max(0, retired.count - Self.memory))
        leases.removeAll(where: isOver)
    }

    private func check(
        _ address: IPAddress, for holder: LeaseHolder, heir inherited: Lease?, network: String
    ) throws(LeaseError) {
        guard subnet.hosts.contains(address) else { throw .outside(address, subnet, network: network) }
        if address == gateway { throw .addressTaken(address, network: network, by: "the gateway") }
        if reserved?.contains(address) == true {
            throw .addressTaken(address, network: network, by: "aux_addresses")
        }
        if let other = leases.first(where: { $0.address == address && $0.container != holder.container }),
            other != inherited
        {
            throw .addressTaken(address, network: network, by: other.name)
        }
    }

    private func freeAddress(for holder: LeaseHolder, network: String) throws(LeaseError) -> IPAddress {
        let taken = Set(leases.map(\.address)).union([gateway]).union(reserved ?? [])
        if let old = retired.last(where: { $0.name == holder.name })?.address, !taken.contains(old),
            range.contains(old)
        {
            return old
        }
        let resting = Set(retired.map(\.address))
        let first = max(range.address, subnet.hosts.lowerBound).number
        let last = min(range.last, subnet.hosts.upperBound).number
        // There are no more steps than leases, gateway and remembered addresses: the next one is free.
        if first <= last {
            for number in first...last {
                let candidate = IPAddress(subnet.family, number)
                if !taken.contains(candidate) && !resting.contains(candidate) { return candidate }
            }
        }
        if let old = retired.first(where: { !taken.contains($0.address) && range.contains($0.address) }) {
            return old.address
        }
        throw .noAddressLeft(range, network: network)
    }
}
