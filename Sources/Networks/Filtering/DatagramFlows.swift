public import Addressing
import CLinux
import Glibc
public import Kernel

/// A flow of datagrams that the kernel follows: until half a minute after its last packet all of them go where the first
/// one went, whatever the rules say by then.
struct DatagramFlow: Equatable {
    /// Where the client sends to.
    var destination: IPAddress
    var port: UInt16
    /// Who answers: somebody else than the destination, where that was translated.
    var answersFrom: IPAddress
    /// The kernel's name of the flow, for its removal: the client's tuple as attribute.
    var tuple: [UInt8]

    /// Whether the flow goes on to somebody whom its port doesn't lead to any more, or to nobody, since nobody was there
    /// when it began.
    ///
    /// - Parameters:
    ///   - targets: where the published ports of UDP lead to now.
    ///   - hostAddresses: the host's own.
    func isStale(_ targets: [UInt16: Set<IPAddress>], hostAddresses: Set<IPAddress>) -> Bool {
        guard let targets = targets[port] else { return false }
        if answersFrom == destination { return !targets.isEmpty && hostAddresses.contains(destination) }
        return !targets.contains(answersFrom)
    }
}

extension NetfilterSocket {
    /// Lets go of flows of datagrams that don't go where the rules lead to: the next datagram of each is led anew.
    ///
    /// - Parameters:
    ///   - ruleset: the rules as they are now.
    ///   - earlier: those of before; the ports of both are looked at.
    ///   - hostAddresses: tells the host's own addresses; asked only where there are ports of UDP.
    public mutating func forgetStaleFlows(
        _ ruleset: Ruleset, earlier: Ruleset?, hostAddresses: () throws(NetlinkError) -> Set<IPAddress>
    ) throws(NetlinkError) {
        var targets: [UInt16: Set<IPAddress>] = [:]
        for port in (earlier?.ports ?? []) where port.hostPort.transport == .udp { targets[port.hostPort.number] = [] }
        for port in ruleset.ports where port.hostPort.transport == .udp {
            targets[port.hostPort.number, default: []].formUnion(port.targets.map(\.address))
        }
        guard !targets.isEmpty else { return }
        let hostAddresses = try hostAddresses()
        for family in AddressFamily.allCases {
            for flow in try datagramFlows(family) where flow.isStale(targets, hostAddresses: hostAddresses) {
                try forget(flow, family)
            }
        }
    }

    private mutating func datagramFlows(_ family: AddressFamily) throws(NetlinkError) -> [DatagramFlow] {
        let request = FlowMessage.new(FlowMessage.get, family)
        return try dump(request, "list the connections that the kernel follows").compactMap { DatagramFlow($0) }
    }

    private mutating func forget(_ flow: DatagramFlow, _ family: AddressFamily) throws(NetlinkError) {
        var message = FlowMessage.new(FlowMessage.delete, family)
        message.attribute(FlowMessage.originalTuple | Int(NLA_F_NESTED), bytes: flow.tuple)
        do {
            try perform(message, "forget a connection")
        } catch  where error.errno == ENOENT {
            // It has ended by itself.
        }
    }
}

extension DatagramFlow {
    /// `nil` for what isn't UDP, or can't be read.
    init?(_ reply: NetlinkReply) {
        let attributes = reply.attributes(after: nfgenmsg.self)
        guard let original = attributes.first(FlowMessage.originalTuple),
            let answer = attributes.first(FlowMessage.replyTuple)?.nested.first(FlowMessage.addresses)?.nested,
            let addresses = original.nested.first(FlowMessage.addresses)?.nested,
            let ports = original.nested.first(FlowMessage.ports)?.nested,
            ports.first(FlowMessage.transport)?.number(UInt8.self) == TransportProtocol.udp.number,
            let port = ports.first(FlowMessage.destinationPort)?.number(UInt16.self),
            let destination = Self.address(FlowMessage.destinations, addresses),
            let source = Self.address(FlowMessage.sources, answer)
        else { return nil }
        self.init(
            destination: destination, port: UInt16(bigEndian: port), answersFrom: source, tuple: Array(original.value))
    }

    private static func address(_ types: [Int], _ attributes: NetlinkAttributes) -> IPAddress? {
        types.lazy.compactMap { attributes.first($0) }.first.flatMap { IPAddress(bytes: $0.value) }
    }
}

/// Messages and attributes of connection tracking (linux/netfilter/nfnetlink_conntrack.h).
private enum FlowMessage {
    /// NFNL_SUBSYS_CTNETLINK.
    static let subsystem: UInt16 = 1
    static let get: UInt16 = 1
    static let delete: UInt16 = 2

    // CTA_TUPLE_ORIG, CTA_TUPLE_REPLY; in them CTA_TUPLE_IP and CTA_TUPLE_PROTO.
    static let (originalTuple, replyTuple) = (1, 2)
    static let (addresses, ports) = (1, 2)
    // CTA_IP_V4_SRC and CTA_IP_V6_SRC, CTA_IP_V4_DST and CTA_IP_V6_DST.
    static let (sources, destinations) = ([1, 3], [2, 4])
    // CTA_PROTO_NUM, CTA_PROTO_DST_PORT.
    static let (transport, destinationPort) = (1, 3)

    static func new(_ kind: UInt16, _ family: AddressFamily) -> NetlinkMessage {
        var message = NetlinkMessage(type: subsystem << 8 | kind, flags: UInt16(NLM_F_REQUEST))
        message.append(nfgenmsg(nfgen_family: family.number, version: 0, res_id: 0))
        return message
    }
}
