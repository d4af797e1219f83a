public import Addressing

/// One network's subnet and the addresses given out of it.
public struct NetworkLeases: Hashable, Sendable, Codable {
    /// The network's identifier, for messages.
    public let network: String
    /// All its addresses.
    public let subnet: Prefix
    /// The host's address on the bridge.
    public let gateway: IPv4Address
    /// Where addresses are taken from.
    public let range: Prefix
    /// Addresses by endpoint.
    public private(set) var leases: [String: IPv4Address] = [:]
    /// Addresses that were given back, the longest unused first.
    private var retired: [Retired] = []

    private struct Retired: Hashable, Codable {
        var endpoint: String
        var address: IPv4Address
    }

    /// How many former endpoints are remembered.
    static let memory = 1024

    init(network: String, subnet: Prefix, request: SubnetRequest) throws(LeaseError) {
        guard subnet.length <= 30 else { throw .subnetTooSmall(subnet, network: network) }
        let gateway = request.gateway ?? subnet.hosts.lowerBound
        guard subnet.hosts.contains(gateway) else { throw .outside(gateway, subnet, network: network) }
        if let range = request.range, !subnet.contains(range) {
            throw .outside(range.address, subnet, network: network)
        }
        self.network = network
        self.subnet = subnet
        self.gateway = gateway
        range = request.range ?? subnet
    }

    mutating func lease(_ endpoint: String, address: IPv4Address?) throws(LeaseError) -> IPv4Address {
        if let current = leases[endpoint], address == nil || address == current { return current }
        let given: IPv4Address
        if let address {
            try check(address, for: endpoint)
            given = address
        } else {
            given = try freeAddress(for: endpoint)
        }
        if leases[endpoint] != nil { release(endpoint) }
        retired.removeAll { $0.address == given || $0.endpoint == endpoint }
        leases[endpoint] = given
        return given
    }

    mutating func release(_ endpoint: String) {
        guard let address = leases.removeValue(forKey: endpoint) else { return }
        retired.append(Retired(endpoint: endpoint, address: address))
        if retired.count > Self.memory { retired.removeFirst() }
    }

    private func check(_ address: IPv4Address, for endpoint: String) throws(LeaseError) {
        guard subnet.hosts.contains(address) else { throw .outside(address, subnet, network: network) }
        if address == gateway { throw .addressTaken(address, network: network, by: "the gateway") }
        if let holder = leases.first(where: { $0.value == address && $0.key != endpoint })?.key {
            throw .addressTaken(address, network: network, by: holder)
        }
    }

    private func freeAddress(for endpoint: String) throws(LeaseError) -> IPv4Address {
        let taken = Set(leases.values).union([gateway])
        if let old = retired.last(where: { $0.endpoint == endpoint })?.address, !taken.contains(old),
            range.contains(old)
        {
            return old
        }
        let resting = Set(retired.map(\.address))
        let hosts = subnet.hosts
        let first = max(range.address, hosts.lowerBound).number
        let last = min(range.last, hosts.upperBound).number
        // There are no more steps than leases, gateway and remembered addresses: the next one is free.
        if first <= last {
            for number in first...last {
                let candidate = IPv4Address(number)
                if !taken.contains(candidate) && !resting.contains(candidate) { return candidate }
            }
        }
        if let old = retired.first(where: { !taken.contains($0.address) && range.contains($0.address) }) {
            return old.address
        }
        throw .noAddressLeft(range, network: network)
    }
}
