import CLinux
import Glibc

/// A network device as the kernel lists it.
public struct LinkListing: Sendable, Equatable {
    /// Its number in this namespace, from 1.
    public var index: Int32
    /// Its name.
    public var name: String
    /// Whether it is administratively up (IFF_UP).
    public var isUp: Bool
    /// The index of the bridge whose port it is.
    public var bridge: Int32?
    /// Its driver's kind: "bridge", "veth"…; nil for hardware.
    public var kind: String?
    /// Its hardware address; empty for devices without one.
    public var mac: [UInt8]
    /// Largest packet in bytes.
    public var mtu: UInt32
}

extension LinkListing {
    init?(_ reply: NetlinkReply) {
        guard reply.type == UInt16(RTM_NEWLINK), let header = reply.structure(ifinfomsg.self) else { return nil }
        index = header.ifi_index
        isUp = header.ifi_flags & UInt32(IFF_UP) != 0
        (name, bridge, kind, mac, mtu) = ("", nil, nil, [], 0)
        for attribute in reply.attributes(after: ifinfomsg.self) {
            switch attribute.type {
            case Int(IFLA_IFNAME): name = attribute.text
            case Int(IFLA_MASTER): bridge = attribute.number(Int32.self)
            case Int(IFLA_ADDRESS): mac = Array(attribute.value)
            case Int(IFLA_MTU): mtu = attribute.number(UInt32.self) ?? 0
            case Int(IFLA_LINKINFO): kind = attribute.nested.first(Int(IFLA_INFO_KIND))?.text
            default: break
            }
        }
    }
}

/// An address on a link.
public struct AddressListing: Sendable, Equatable {
    /// The link's index.
    public var link: Int32
    /// 4 bytes for IPv4, 16 for IPv6.
    public var address: [UInt8]
    /// Bits of the network part.
    public var prefixLength: UInt8
}

extension AddressListing {
    init?(_ reply: NetlinkReply) {
        guard reply.type == UInt16(RTM_NEWADDR), let header = reply.structure(ifaddrmsg.self) else { return nil }
        let attributes = reply.attributes(after: ifaddrmsg.self)
        // On a point-to-point link IFA_ADDRESS is the other side; IFA_LOCAL is ours. IPv6 has only IFA_ADDRESS.
        guard let own = attributes.first(Int(IFA_LOCAL)) ?? attributes.first(Int(IFA_ADDRESS)) else { return nil }
        link = Int32(bitPattern: header.ifa_index)
        address = Array(own.value)
        prefixLength = header.ifa_prefixlen
    }
}

/// A unicast route of any table.
public struct RouteListing: Sendable, Equatable {
    /// 4 bytes for IPv4, 16 for IPv6; all zero for the default route.
    public var destination: [UInt8]
    /// Bits of the network part; 0 for the default route.
    public var prefixLength: UInt8
    /// The next hop, if it isn't on the link itself.
    public var gateway: [UInt8]?
    /// The index of the link that packets leave through; nil for routes with several ways.
    public var link: Int32?
}

extension RouteListing {
    init?(_ reply: NetlinkReply) {
        guard reply.type == UInt16(RTM_NEWROUTE), let header = reply.structure(rtmsg.self),
            header.rtm_type == UInt8(RTN_UNICAST),
            Int32(header.rtm_family) == AF_INET
                || Int32(header.rtm_family) == AF_INET6
        else { return nil }
        destination = [UInt8](repeating: 0, count: Int32(header.rtm_family) == AF_INET6 ? 16 : 4)
        prefixLength = header.rtm_dst_len
        (gateway, link) = (nil, nil)
        for attribute in reply.attributes(after: rtmsg.self) {
            switch attribute.type {
            case Int(RTA_DST.rawValue): destination = Array(attribute.value)
            case Int(RTA_GATEWAY.rawValue): gateway = Array(attribute.value)
            case Int(RTA_OIF.rawValue): link = attribute.number(Int32.self)
            default: break
            }
        }
    }
}
