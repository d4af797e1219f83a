public import Addressing

/// Why no subnet or address could be given.
public enum LeaseError: Error, Hashable, Sendable {
    /// The ledger has no such network.
    case unknownNetwork(String)
    /// Every subnet of these pools is in use by a network or a route of the host.
    case noSubnetLeft([Prefix])
    /// The subnet that a network asks for shares addresses with another network.
    case subnetTaken(Prefix, network: String, by: String, otherSubnet: Prefix)
    /// There is no room for a gateway and a container.
    case subnetTooSmall(Prefix, network: String)
    /// An address that was asked for is none of the subnet's hosts.
    case outside(IPAddress, Prefix, network: String)
    /// An address was asked for on a network without addresses of its family.
    case noSubnet(of: IPAddress, network: String)
    /// Somebody has this address already.
    case addressTaken(IPAddress, network: String, by: String)
    /// All addresses of this range are given out.
    case noAddressLeft(Prefix, network: String)
}

extension LeaseError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unknownNetwork(let network):
            "network \(network) has no subnet; bring the stack up again"
        case .noSubnetLeft(let pools):
            "no free subnet in \(pools.map(\.description).joined(separator: ", ")): "
                + "all are in use by networks or by routes of this host; give the network a subnet of its own (ipam)"
        case .subnetTaken(let subnet, let network, let other, let otherSubnet):
            "network \(network): subnet \(subnet) overlaps with \(otherSubnet) of network \(other); choose another one"
        case .subnetTooSmall(let subnet, let network):
            "network \(network): subnet \(subnet) has no room for a gateway and containers; use /\(subnet.family.bits - 2) or larger"
        case .outside(let address, let subnet, let network):
            "network \(network): \(address) is not a host address of its subnet \(subnet)"
        case .noSubnet(let address, let network):
            "network \(network): there is no \(address.family == .v4 ? "IPv4" : "IPv6") subnet for the address "
                + "\(address); give the network one (ipam)"
        case .addressTaken(let address, let network, let holder):
            "network \(network): address \(address) is already in use by \(holder)"
        case .noAddressLeft(let range, let network):
            "network \(network): all addresses of \(range) are in use; give the network a larger subnet"
        }
    }
}
