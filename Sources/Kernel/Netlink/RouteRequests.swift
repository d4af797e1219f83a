import CLinux
import Glibc

// What rtnetlink is asked to change, as values (`man 7 rtnetlink`): messages can be tested without a kernel,
// and several of them sent in one call.

/// A pair of virtual Ethernet devices, of which one end is made directly in another network namespace.
public struct VethPair: Sendable {
    /// The name of the end in this namespace; at most 15 bytes.
    public var name: String
    /// The index of the bridge that this end becomes a port of.
    public var bridge: Int32?
    /// Whether this end is up from the start.
    public var hostUp: Bool
    /// The name of the other end.
    public var peerName: String
    /// The other end's hardware address, six bytes; nil for a random one.
    public var peerMAC: [UInt8]?
    /// A descriptor of the namespace in which the other end appears; nil for this one.
    public var peerNamespace: Int32?
    /// Largest packet in bytes, for both ends; nil for the kernel's default.
    public var mtu: UInt32?

    /// Describes a pair.
    public init(
        name: String, bridge: Int32? = nil, hostUp: Bool = true, peerName: String, peerMAC: [UInt8]? = nil,
        peerNamespace: Int32? = nil, mtu: UInt32? = nil
    ) {
        self.name = name
        self.bridge = bridge
        self.hostUp = hostUp
        self.peerName = peerName
        self.peerMAC = peerMAC
        self.peerNamespace = peerNamespace
        self.mtu = mtu
    }
}

extension NetlinkRequest {
    private static let creating = UInt16(NLM_F_CREATE | NLM_F_EXCL)

    /// Makes a bridge. A fixed `mac` (six bytes) keeps its address from changing with its ports.
    public static func createBridge(_ name: String, mac: [UInt8]? = nil, mtu: UInt32? = nil, up: Bool = true) -> Self {
        var message = NetlinkMessage(type: UInt16(RTM_NEWLINK), flags: creating)
        message.append(linkHeader(up: up))
        message.attribute(Int(IFLA_IFNAME), name)
        if let mtu { message.attribute(Int(IFLA_MTU), mtu) }
        if let mac { message.attribute(Int(IFLA_ADDRESS), bytes: mac) }
        message.nest(Int(IFLA_LINKINFO)) { $0.attribute(Int(IFLA_INFO_KIND), "bridge") }
        return Self(message, "create the bridge \(name)")
    }

    /// Makes both ends of a pair, in their namespaces and on the bridge, in one step.
    public static func createVeth(_ pair: VethPair) -> Self {
        var message = NetlinkMessage(type: UInt16(RTM_NEWLINK), flags: creating)
        message.append(linkHeader(up: pair.hostUp))
        message.attribute(Int(IFLA_IFNAME), pair.name)
        if let mtu = pair.mtu { message.attribute(Int(IFLA_MTU), mtu) }
        appendQueues(to: &message)
        if let bridge = pair.bridge { message.attribute(Int(IFLA_MASTER), bridge) }
        message.nest(Int(IFLA_LINKINFO)) { info in
            info.attribute(Int(IFLA_INFO_KIND), "veth")
            info.nest(Int(IFLA_INFO_DATA)) { data in
                data.nest(Int(VETH_INFO_PEER)) { appendPeer(of: pair, to: &$0) }
            }
        }
        return Self(message, "create the virtual Ethernet pair \(pair.name)–\(pair.peerName)")
    }

    /// One queue each: by default there is one per processor, each with entries in sysfs that have to be made. The
    /// device keeps no queue of packets anyway.
    private static func appendQueues(to message: inout NetlinkMessage) {
        message.attribute(Int(IFLA_NUM_TX_QUEUES), UInt32(1))
        message.attribute(Int(IFLA_NUM_RX_QUEUES), UInt32(1))
    }

    private static func appendPeer(of pair: VethPair, to message: inout NetlinkMessage) {
        // The kernel refuses (ENOTCONN) to bring this end up before the other is there.
        message.append(linkHeader())
        appendQueues(to: &message)
        message.attribute(Int(IFLA_IFNAME), pair.peerName)
        if let mtu = pair.mtu { message.attribute(Int(IFLA_MTU), mtu) }
        if let mac = pair.peerMAC { message.attribute(Int(IFLA_ADDRESS), bytes: mac) }
        if let namespace = pair.peerNamespace { message.attribute(Int(IFLA_NET_NS_FD), namespace) }
    }

    /// Lets a bridge send what comes from a port back through it. A container that uses its own published port needs
    /// this where the kernel filters bridged packets (br_netfilter), as it does for Docker and Kubernetes.
    public static func reflect(_ name: String) -> Self {
        var message = NetlinkMessage(type: UInt16(RTM_NEWLINK), flags: 0)
        message.append(linkHeader())
        message.attribute(Int(IFLA_IFNAME), name)
        message.nest(Int(IFLA_LINKINFO)) { info in
            info.attribute(Int(IFLA_INFO_SLAVE_KIND), "bridge")
            info.nest(Int(IFLA_INFO_SLAVE_DATA)) { $0.attribute(Int(IFLA_BRPORT_MODE), UInt8(1)) }
        }
        return Self(message, "set the hairpin mode of the bridge port \(name)")
    }

    /// Makes a link a port of a bridge.
    public static func setBridge(_ name: String, _ bridge: Int32) -> Self {
        var message = NetlinkMessage(type: UInt16(RTM_NEWLINK), flags: 0)
        message.append(linkHeader(up: true))
        message.attribute(Int(IFLA_IFNAME), name)
        message.attribute(Int(IFLA_MASTER), bridge)
        return Self(message, "put the link \(name) on its bridge")
    }

    /// Makes the default route of the gateway's family lead through it; by the link whose subnet it is in, if `index`
    /// says nothing.
    public static func replaceDefaultRoute(gateway: [UInt8], through index: Int32? = nil) -> Self {
        route(
            to: nil, gateway: gateway, through: index, flags: UInt16(NLM_F_CREATE | NLM_F_REPLACE),
            "make the default route lead through \(text(of: gateway))")
    }

    /// Removes a link by name; of a pair, both ends go.
    public static func deleteLink(_ name: String) -> Self {
        var message = NetlinkMessage(type: UInt16(RTM_DELLINK), flags: 0)
        message.append(linkHeader())
        message.attribute(Int(IFLA_IFNAME), name)
        return Self(message, "delete the link \(name)")
    }

    /// Brings a link up.
    public static func setUp(_ index: Int32) -> Self {
        var message = NetlinkMessage(type: UInt16(RTM_NEWLINK), flags: 0)
        message.append(linkHeader(index: index, up: true))
        return Self(message, "bring up link \(index)")
    }

    /// Brings a link up, by name.
    public static func setUp(_ name: String) -> Self {
        var message = NetlinkMessage(type: UInt16(RTM_NEWLINK), flags: 0)
        message.append(linkHeader(up: true))
        message.attribute(Int(IFLA_IFNAME), name)
        return Self(message, "bring up the link \(name)")
    }

    /// Gives a link an address: 4 bytes for IPv4, 16 for IPv6. Without `replacing`, one that is there already is an
    /// error (EEXIST). IPv6 addresses are usable at once: no duplicate can be on a bridge that only Roost fills.
    public static func addAddress(
        _ address: [UInt8], prefixLength: UInt8, to index: Int32, replacing: Bool = false
    ) -> Self {
        let flags = UInt16(NLM_F_CREATE | (replacing ? NLM_F_REPLACE : NLM_F_EXCL))
        var message = NetlinkMessage(type: UInt16(RTM_NEWADDR), flags: flags)
        let isIPv6 = address.count == 16
        message.append(
            ifaddrmsg(
                ifa_family: family(of: address), ifa_prefixlen: prefixLength,
                ifa_flags: isIPv6 ? UInt8(IFA_F_NODAD) : 0, ifa_scope: 0, ifa_index: UInt32(bitPattern: index)))
        message.attribute(Int(IFA_LOCAL), bytes: address)
        message.attribute(Int(IFA_ADDRESS), bytes: address)
        if !isIPv6 && prefixLength < 31 {
            message.attribute(Int(IFA_BROADCAST), bytes: broadcast(of: address, prefixLength: prefixLength))
        }
        return Self(message, "add the address \(text(of: address))/\(prefixLength) to link \(index)")
    }

    /// Adds a route to `destination` (everything, if nil) through `gateway` (directly, if nil) and `index`.
    public static func addRoute(
        to destination: (address: [UInt8], prefixLength: UInt8)? = nil, gateway: [UInt8]? = nil, through index: Int32?
    ) -> Self {
        let target = destination.map { "\(text(of: $0.address))/\($0.prefixLength)" } ?? "everywhere"
        return route(
            to: destination, gateway: gateway, through: index, flags: creating,
            "add the route to \(target)\(gateway.map { " through \(text(of: $0))" } ?? "")")
    }

    private static func route(
        to destination: (address: [UInt8], prefixLength: UInt8)?, gateway: [UInt8]?, through index: Int32?,
        flags: UInt16, _ operation: String
    ) -> Self {
        var message = NetlinkMessage(type: UInt16(RTM_NEWROUTE), flags: flags)
        var header = rtmsg()
        header.rtm_family = family(of: gateway ?? destination?.address ?? [])
        header.rtm_dst_len = destination?.prefixLength ?? 0
        header.rtm_table = UInt8(RT_TABLE_MAIN.rawValue)
        header.rtm_protocol = UInt8(RTPROT_BOOT)
        header.rtm_scope = gateway == nil ? UInt8(RT_SCOPE_LINK.rawValue) : UInt8(RT_SCOPE_UNIVERSE.rawValue)
        header.rtm_type = UInt8(RTN_UNICAST)
        message.append(header)
        if let destination { message.attribute(Int(RTA_DST.rawValue), bytes: destination.address) }
        if let gateway { message.attribute(Int(RTA_GATEWAY.rawValue), bytes: gateway) }
        if let index { message.attribute(Int(RTA_OIF.rawValue), index) }
        return Self(message, operation)
    }

    static func linkHeader(index: Int32 = 0, up: Bool = false) -> ifinfomsg {
        let flags = up ? UInt32(IFF_UP) : 0
        return ifinfomsg(
            ifi_family: UInt8(AF_UNSPEC), __ifi_pad: 0, ifi_type: 0, ifi_index: index, ifi_flags: flags,
            ifi_change: flags)
    }

    private static func family(of address: [UInt8]) -> UInt8 {
        UInt8(address.count == 16 ? AF_INET6 : AF_INET)
    }

    private static func broadcast(of address: [UInt8], prefixLength: UInt8) -> [UInt8] {
        let number = address.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        return bytes(of: number | UInt32.max >> UInt32(prefixLength))
    }

    private static func text(of address: [UInt8]) -> String {
        if address.count != 16 { return address.map { String($0) }.joined(separator: ".") }
        return stride(from: 0, to: 16, by: 2)
            .map { String(UInt16(address[$0]) << 8 | UInt16(address[$0 + 1]), radix: 16) }
            .joined(separator: ":")
    }

    static func bytes(of address: UInt32) -> [UInt8] {
        withUnsafeBytes(of: address.bigEndian) { Array($0) }
    }
}
