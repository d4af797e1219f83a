public import Addressing

/// One network's subnets and the addresses given out of them.
public struct NetworkLeases: Hashable, Sendable, Codable {
    /// Its subnets, at most one of each family, IPv4 first.
    public internal(set) var subnets: [SubnetLeases]

    /// The subnet of a family.
    public subscript(_ family: AddressFamily) -> SubnetLeases? { subnets.first { $0.subnet.family == family } }

    /// The container's addresses, IPv4 first.
    public func addresses(of container: String) -> [IPAddress] { subnets.compactMap { $0.address(of: container) } }

    /// One address of each family.
    mutating func lease(
        _ holder: LeaseHolder, asked: [IPAddress], serving: Set<String>, network: String
    ) throws(LeaseError) -> [IPAddress] {
        if let odd = asked.first(where: { self[$0.family] == nil }) { throw .noSubnet(of: odd, network: network) }
        var given: [IPAddress] = []
        for index in subnets.indices {
            let asked = asked.first { $0.family == subnets[index].subnet.family }
            given.append(try subnets[index].lease(holder, asked: asked, serving: serving, network: network))
        }
        return given
    }

    mutating func claim(_ holder: LeaseHolder) {
        for index in subnets.indices { subnets[index].claim(holder) }
    }

    mutating func releaseAll(where isOver: (Lease) -> Bool) {
        for index in subnets.indices { subnets[index].releaseAll(where: isOver) }
    }
}
