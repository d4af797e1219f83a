import CLinux
import Glibc

/// Links, addresses and routes of the network namespace in which it was made (`man 7 rtnetlink`).
///
/// Use it from one thread at a time. It stays in its namespace when the thread moves to another.
public struct RouteSocket: ~Copyable {
    private var socket: NetlinkSocket

    /// Opens a socket in the calling thread's network namespace.
    public init() throws(NetlinkError) {
        socket = try NetlinkSocket(.route)
    }

    /// Carries out several changes in one system call, in order. All are attempted; the first refusal is thrown.
    public mutating func perform(_ requests: NetlinkRequest...) throws(NetlinkError) {
        try socket.perform(requests)
    }

    /// Makes a bridge; `mac` is six bytes. Throws EEXIST if a link of this name is there.
    public mutating func createBridge(
        _ name: String, mac: [UInt8]? = nil, mtu: UInt32? = nil, up: Bool = true
    ) throws(NetlinkError) {
        try perform(.createBridge(name, mac: mac, mtu: mtu, up: up))
    }

    /// Makes both ends of a pair, each in its namespace, and puts this end on its bridge, as a port that reflects, in
    /// one system call.
    public mutating func createVeth(_ pair: VethPair) throws(NetlinkError) {
        if pair.bridge == nil {
            try perform(.createVeth(pair))
        } else {
            try perform(.createVeth(pair), .reflect(pair.name))
        }
    }

    /// Removes a link; of a pair, both ends. Throws ENODEV if there is none.
    public mutating func deleteLink(_ name: String) throws(NetlinkError) {
        try perform(.deleteLink(name))
    }

    /// Brings a link up.
    public mutating func setUp(_ index: Int32) throws(NetlinkError) {
        try perform(.setUp(index))
    }

    /// Gives a link an address: 4 bytes for IPv4, 16 for IPv6.
    public mutating func addAddress(_ address: [UInt8], prefixLength: UInt8, to index: Int32) throws(NetlinkError) {
        try perform(.addAddress(address, prefixLength: prefixLength, to: index))
    }

    /// Adds a route; see ``NetlinkRequest/addRoute(to:gateway:through:)``.
    public mutating func addRoute(
        to destination: (address: [UInt8], prefixLength: UInt8)? = nil, gateway: [UInt8]?, through index: Int32?
    ) throws(NetlinkError) {
        try perform(.addRoute(to: destination, gateway: gateway, through: index))
    }

    /// The index of the link of this name. Throws ENODEV if there is none.
    public mutating func linkIndex(_ name: String) throws(NetlinkError) -> Int32 {
        try link(name).index
    }

    /// The link of this name. Throws ENODEV if there is none.
    public mutating func link(_ name: String) throws(NetlinkError) -> LinkListing {
        var message = NetlinkMessage(type: UInt16(RTM_GETLINK), flags: 0)
        message.append(NetlinkRequest.linkHeader())
        message.attribute(Int(IFLA_IFNAME), name)
        let reply = try socket.get(message, "look up the link \(name)")
        guard let link = LinkListing(reply) else {
            throw NetlinkError(operation: "look up the link \(name)", errno: EBADMSG)
        }
        return link
    }

    /// Makes the kernel notice at once that a link's other end came up, where it otherwise takes its time (up to a
    /// second): until then a bridge drops what comes from this port, and the container's first connection waits a
    /// second for the next ARP request. Call it on the host's side, with the host's end
    /// and the bridge, once the container's end is up.
    ///
    /// Asking for one link is what brings its state up to date (`rtnl_getlink` of recent kernels); older ones only
    /// answer.
    public mutating func settle(_ names: String...) throws(NetlinkError) {
        for name in names { _ = try link(name) }
    }

    /// All links of the namespace.
    public mutating func links() throws(NetlinkError) -> [LinkListing] {
        var message = NetlinkMessage(type: UInt16(RTM_GETLINK), flags: 0)
        message.append(NetlinkRequest.linkHeader())
        return try socket.dump(message, "list links").compactMap { LinkListing($0) }
    }

    /// All addresses of the namespace, IPv4 and IPv6.
    public mutating func addresses() throws(NetlinkError) -> [AddressListing] {
        var message = NetlinkMessage(type: UInt16(RTM_GETADDR), flags: 0)
        message.append(ifaddrmsg())
        return try socket.dump(message, "list addresses").compactMap { AddressListing($0) }
    }

    /// The unicast routes of all tables, IPv4 and IPv6 (VPNs like to use tables of their own).
    public mutating func routes() throws(NetlinkError) -> [RouteListing] {
        var message = NetlinkMessage(type: UInt16(RTM_GETROUTE), flags: 0)
        message.append(rtmsg())
        return try socket.dump(message, "list routes").compactMap { RouteListing($0) }
    }

    /// Readies one end inside a container, in two system calls: loopback and the link go up, the link gets its address
    /// and, when there is a gateway, the default route. Call it in the container's namespace.
    public mutating func configureEndpoint(
        _ name: String, address: [UInt8], prefixLength: UInt8, gateway: [UInt8]?
    ) throws(NetlinkError) {
        let index = try linkIndex(name)
        var requests: [NetlinkRequest] = [
            .setUp(Self.loopback), .setUp(index), .addAddress(address, prefixLength: prefixLength, to: index),
        ]
        if let gateway { requests.append(.addRoute(gateway: gateway, through: index)) }
        try socket.perform(requests)
    }

    /// The loopback device is the first of each namespace.
    public static let loopback: Int32 = 1
}
