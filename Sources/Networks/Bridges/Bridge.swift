public import Addressing
public import Kernel

/// A network's bridge, as it should be.
public struct Bridge: Hashable, Sendable {
    /// Its link name; see ``LinkNames/bridge(network:)``.
    public var name: String
    /// The host's address on it.
    public var gateway: IPv4Address
    /// The network's addresses.
    public var subnet: Prefix
    /// Largest packet in bytes; nil for the kernel's default.
    public var mtu: UInt32?

    /// Describes a bridge.
    public init(name: String, gateway: IPv4Address, subnet: Prefix, mtu: UInt32? = nil) {
        self.name = name
        self.gateway = gateway
        self.subnet = subnet
        self.mtu = mtu
    }
}

extension RouteSocket {
    /// Makes the bridge be there, up, with its address; returns its index. Does nothing to one that is as it should be.
    @discardableResult
    public mutating func ensureBridge(_ bridge: Bridge) throws(NetlinkError) -> Int32 {
        do {
            // A hardware address of its own, or it would be that of its lowest port and change with the containers.
            try createBridge(bridge.name, mac: MACAddress(of: bridge.gateway).bytes, mtu: bridge.mtu)
        } catch  where error.alreadyExists {
            try setUp(named: bridge.name)
        }
        let index = try linkIndex(bridge.name)
        try perform(
            .addAddress(
                bridge.gateway.bytes, prefixLength: bridge.subnet.length, to: index, replacing: true))
        return index
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

    /// The subnets that the host's routes lead to, for ``AddressLedger/addNetwork(_:_:hostRoutes:)``.
    public mutating func routedSubnets() throws(NetlinkError) -> [Prefix] {
        try routes().compactMap { route in
            IPv4Address(bytes: route.destination).map { Prefix($0, length: route.prefixLength) }
        }
    }

    private mutating func setUp(named name: String) throws(NetlinkError) {
        try perform(.setUp(name))
    }
}
