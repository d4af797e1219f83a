import Addressing
import CLinux
import Glibc
import Kernel

/// The expressions of the guards that keep a client from hearing of a replica's end before it can be led to another.
extension NetlinkMessage {
    /// Reset and acknowledge, without a synchronisation, at sequence number 0: RFC 9293, 3.10.7.1.
    mutating func isRefusal() {
        isOf(TransportProtocol.tcp)
        payload(NFT_PAYLOAD_TRANSPORT_HEADER, offset: 13, length: 1, into: firstRegister)
        mask([TCPFlag.synchronise | TCPFlag.reset | TCPFlag.acknowledge])
        compare([TCPFlag.reset | TCPFlag.acknowledge])
        payload(NFT_PAYLOAD_TRANSPORT_HEADER, offset: 4, length: 4, into: firstRegister)
        compare([0, 0, 0, 0])
    }

    /// ICMP's type 3 without code 4, which tells the size that would do; ICMPv6's type 1. Eight bytes on, the header of
    /// the packet that could not be delivered begins.
    mutating func isUndeliverable(_ family: AddressFamily) {
        isOf(family)
        meta(NFT_META_L4PROTO, into: firstRegister)
        compare([UInt8(family == .v4 ? IPPROTO_ICMP : IPPROTO_ICMPV6)])
        payload(NFT_PAYLOAD_TRANSPORT_HEADER, offset: 0, length: 1, into: firstRegister)
        compare([family == .v4 ? 3 : 1])
        if family == .v4 {
            payload(NFT_PAYLOAD_TRANSPORT_HEADER, offset: 1, length: 1, into: firstRegister)
            compare([4], NFT_CMP_NEQ)
        }
        payload(NFT_PAYLOAD_TRANSPORT_HEADER, offset: family == .v4 ? 17 : 14, length: 1, into: firstRegister)
        compare([TransportProtocol.tcp.number])
    }

    /// Loads what tells an attempt to connect apart, from the answer to it.
    mutating func attempt(_ family: AddressFamily) {
        isOf(family)
        isOf(TransportProtocol.tcp)
        let address = family.byteCount / 4
        payload(
            NFT_PAYLOAD_NETWORK_HEADER, offset: HeaderOffset.source(family), length: UInt32(family.byteCount),
            into: firstRegister)
        payload(NFT_PAYLOAD_TRANSPORT_HEADER, offset: 0, length: 2, into: register(address))
        payload(NFT_PAYLOAD_TRANSPORT_HEADER, offset: 2, length: 2, into: register(address + 1))
    }

    /// Adds what the first registers hold.
    mutating func add(to set: String) {
        expression("dynset") {
            $0.attribute(Int(NFTA_DYNSET_SET_NAME.rawValue), set)
            $0.attribute(Int(NFTA_DYNSET_OP.rawValue), bigEndian: UInt32(NFT_DYNSET_OP_ADD.rawValue))
            $0.attribute(Int(NFTA_DYNSET_SREG_KEY.rawValue), bigEndian: firstRegister)
        }
    }

    mutating func setTimeout(_ name: String) {
        expression("objref") {
            $0.attribute(Int(NFTA_OBJREF_IMM_TYPE.rawValue), bigEndian: FilterTable.timeoutObject)
            $0.attribute(Int(NFTA_OBJREF_IMM_NAME.rawValue), name)
        }
    }
}

/// Bits of the flags in TCP's header.
private enum TCPFlag {
    static let synchronise: UInt8 = 2
    static let reset: UInt8 = 4
    static let acknowledge: UInt8 = 16
}
