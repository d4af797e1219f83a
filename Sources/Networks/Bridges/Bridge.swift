public import Addressing
public import Kernel

/// A network's bridge, as it should be.
public struct Bridge: Hashable, Sendable {
    /// Its link name; see ``LinkNames/bridge(network:)``.
    public var name: String
    /// The host's addresses on it, each with the length of its subnet; at most one of each family.
    public var addresses: [Address]
    /// Largest packet in bytes; nil for the kernel's default.
    public var mtu: UInt32?

    /// The host's address in a subnet.
    public struct Address: Hashable, Sendable {
        /// The address.
        public var address: IPAddress
        /// Bits of the subnet.
        public var prefixLength: UInt8

        /// An address in a subnet of this length.
        public init(_ address: IPAddress, prefixLength: UInt8) {
            self.address = address
            self.prefixLength = prefixLength
        }
    }

    /// Describes a bridge.
    public init(name: String, addresses: [Address], mtu: UInt32? = nil) {
        self.name = name
        self.addresses = addresses
        self.mtu = mtu
    }

    /// The bridge of a network.
    public init(name: String, of leases: NetworkLeases, mtu: UInt32? = nil) {
        self.init(
            name: name, addresses: leases.subnets.map { Address($0.gateway, prefixLength: $0.subnet.length) }, mtu: mtu)
    }
}

extension RouteSocket {
    /// Makes the bridge be there, up, with its addresses; returns its index. Does nothing to one that is as it should be.
    @discardableResult
    public mutating func ensureBridge(_ bridge: Bridge) throws(NetlinkError) -> Int32 {
        do {
            // A hardware address of its own, or it would be that of its lowest port and change with the containers.
            let mac = bridge.addresses.first.map { MACAddress(of: $0.address).bytes }
            try createBridge(bridge.name, mac: mac, mtu: bridge.mtu)
        } catch  where error.alreadyExists {
            try setUp(named: bridge.name)
        }
        let index = try linkIndex(bridge.name)
        for address in bridge.addresses {
            try perform(
                .addAddress(
                    address.address.bytes, prefixLength: address.prefixLength, to: index, replacing: true))
        }
        return index
    }

    /// Whether there is a link of this name.
    public mutating func hasLink(_ name: String) throws(NetlinkError) -> Bool {
        do {
            _ = try linkIndex(name)
            return true
        } catch  where error.isMissing {
            return false
        }
    }

    /// Removes the bridge; one that isn't there is no error. Takes tens of milliseconds: the kernel waits until no
    /// processor can still be using it.
    public mutating func removeBridge(_ name: String) throws(NetlinkError) {
        do {
            try deleteLink(name)
        } catch  where error.isMissing {
            return
        }
    }

    /// The subnets that the host's routes lead to, for ``AddressLedger/addNetwork(_:_:hostRoutes:)``, of both families.
    public mutating func routedSubnets() throws(NetlinkError) -> [Prefix] {
        try routes().compactMap { route in
            IPAddress(bytes: route.destination).map { Prefix($0, length: route.prefixLength) }
        }
    }

    private mutating func setUp(named name: String) throws(NetlinkError) {
        try perform(.setUp(name))
    }
}
