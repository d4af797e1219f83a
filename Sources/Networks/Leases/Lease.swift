public import Addressing

/// What a network asks for in one family of addresses; nil leaves the choice to the ledger.
public struct SubnetRequest: Hashable, Sendable, Codable {
    /// The family of all of it.
    public var family: AddressFamily
    /// The network's addresses.
    public var subnet: Prefix?
    /// The host's address on the bridge, the containers' way out.
    public var gateway: IPAddress?
    /// The part of the subnet from which containers get addresses that they didn't ask for.
    public var range: Prefix?
    /// Addresses that no container gets: somebody else has them.
    public var reserved: [IPAddress]

    /// Describes what is asked for; the subnet says the family, if there is one.
    public init(
        family: AddressFamily = .v4, subnet: Prefix? = nil, gateway: IPAddress? = nil, range: Prefix? = nil,
        reserved: [IPAddress] = []
    ) {
        self.family = subnet?.family ?? family
        self.subnet = subnet
        self.gateway = gateway
        self.range = range
        self.reserved = reserved
    }
}

/// Who gets addresses: a container, under a name that its replacement will have too.
public struct LeaseHolder: Hashable, Sendable {
    /// The container's id.
    public var container: String
    /// The container's name.
    public var name: String

    /// Describes a holder.
    public init(container: String, name: String) {
        self.container = container
        self.name = name
    }
}

/// An address that a container has.
public struct Lease: Hashable, Sendable, Codable {
    /// The container's id; nil where an earlier version of Roost wrote down its name only.
    public var container: String?
    /// The container's name.
    public var name: String
    /// The address.
    public var address: IPAddress
}

/// An address that was given back, and who had it: the next container of this name gets it again.
struct RetiredLease: Hashable, Codable {
    var name: String
    var address: IPAddress
}
