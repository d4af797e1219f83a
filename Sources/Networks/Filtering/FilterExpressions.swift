import Addressing
import CLinux
import Glibc
import Kernel

// The kernel's side of the rules: a small machine with registers. One register of 16 bytes (NFT_REG_1) holds what is
// compared; its four-byte parts have numbers of their own (NFT_REG32_00…), for keys of several fields.

let verdictRegister = UInt32(NFT_REG_VERDICT.rawValue)
let firstRegister = UInt32(NFT_REG_1.rawValue)

/// The register of a key's `index`th field of four bytes.
func register(_ index: Int) -> UInt32 {
    index == 0 ? firstRegister : UInt32(NFT_REG32_00.rawValue) + UInt32(index)
}

/// Where header fields stand, in bytes.
enum HeaderOffset {
    static func source(_ family: AddressFamily) -> UInt32 { family == .v4 ? 12 : 8 }
    static func destination(_ family: AddressFamily) -> UInt32 { family == .v4 ? 16 : 24 }
    /// Of a frame.
    static let sourceHardware: UInt32 = 6
    static let etherType: UInt32 = 12

    /// The sender's address, in the header of what the frame carries.
    static func sender(_ type: FilterTable.EtherType) -> UInt32 {
        switch type {
        case .ip: source(.v4)
        case .ip6: source(.v6)
        case .arp: 14
        }
    }
}

extension FilterTable.PortField {
    /// In every header of a transport protocol.
    fileprivate var offset: UInt32 { self == .source ? 0 : 2 }
}

extension AddressFamily {
    /// The kernel's number (NFPROTO_IPV4, NFPROTO_IPV6).
    var number: UInt8 { UInt8(self == .v4 ? AF_INET : AF_INET6) }
    var byteCount: Int { Int(bits / 8) }
}

extension NetlinkMessage {
    mutating func append(_ rule: FilterTable.Rule, choosingFrom map: MapReference?) {
        for match in rule.matches { append(match) }
        append(rule.action, choosingFrom: map)
    }

    private mutating func append(_ match: FilterTable.Match) {
        switch match {
        case .enteredThrough(let link):
            meta(NFT_META_IIFNAME, into: firstRegister)
            compare(linkName(link))
        case .notEnteredThrough(let link):
            meta(NFT_META_IIFNAME, into: firstRegister)
            compare(linkName(link), NFT_CMP_NEQ)
        case .leavesThrough(let link):
            meta(NFT_META_OIFNAME, into: firstRegister)
            compare(linkName(link))
        case .leavesThroughAny(let prefix):
            meta(NFT_META_OIFNAME, into: firstRegister)
            compare(Array(prefix.utf8))
        case .source(let prefix): address(at: HeaderOffset.source(prefix.family), in: prefix)
        case .destination(let prefix): address(at: HeaderOffset.destination(prefix.family), in: prefix)
        case .destinationIsLocal:
            expression("fib") {
                $0.attribute(Int(NFTA_FIB_DREG.rawValue), bigEndian: firstRegister)
                $0.attribute(Int(NFTA_FIB_RESULT.rawValue), bigEndian: UInt32(NFT_FIB_RESULT_ADDRTYPE.rawValue))
                $0.attribute(Int(NFTA_FIB_FLAGS.rawValue), bigEndian: UInt32(NFTA_FIB_F_DADDR.rawValue))
            }
            compare(hostOrder(UInt32(RTN_LOCAL)))
        case .wasTranslated: connection(NFT_CT_STATUS, hasAnyOf: ConnectionBits.destinationTranslated)
        case .isKnownConnection:
            connection(NFT_CT_STATE, hasAnyOf: ConnectionBits.established | ConnectionBits.related)
        case .isKnownOrUntracked:
            connection(
                NFT_CT_STATE,
                hasAnyOf: ConnectionBits.established | ConnectionBits.related | ConnectionBits.untracked)
        case .transport(let transport): isOf(transport)
        case .family(let family): isOf(family)
        case .port(let field, let port, let transport): self.port(field, port, transport)
        case .isRefusal: isRefusal()
        case .isUndeliverable(let family): isUndeliverable(family)
        case .wasNoted(let set, let family):
            attempt(family)
            lookUp(set)
        case .etherType(let type):
            payload(NFT_PAYLOAD_LL_HEADER, offset: HeaderOffset.etherType, length: 2, into: firstRegister)
            compare(networkOrder(type.rawValue))
        case .senderIsIn(let set, let type): sender(isIn: set, type)
        }
    }

    private mutating func sender(isIn set: String, _ type: FilterTable.EtherType) {
        meta(NFT_META_IIFNAME, into: firstRegister)
        payload(NFT_PAYLOAD_LL_HEADER, offset: HeaderOffset.sourceHardware, length: 6, into: register(4))
        payload(
            NFT_PAYLOAD_NETWORK_HEADER, offset: HeaderOffset.sender(type), length: type == .ip6 ? 16 : 4,
            into: register(6))
        lookUp(set)
    }

    private mutating func append(_ action: FilterTable.Action, choosingFrom map: MapReference?) {
        switch action {
        case .verdict(let verdict):
            expression("immediate") {
                $0.attribute(Int(NFTA_IMMEDIATE_DREG.rawValue), bigEndian: verdictRegister)
                $0.nest(Int(NFTA_IMMEDIATE_DATA.rawValue), flagged: true) { $0.append(verdict) }
            }
        case .verdictOfInput(let map):
            meta(NFT_META_IIFNAME, into: firstRegister)
            lookUp(map, into: verdictRegister)
        case .verdictOfOutput(let map):
            meta(NFT_META_OIFNAME, into: firstRegister)
            lookUp(map, into: verdictRegister)
        case .verdictOfPort(let map, let family): verdictOfPort(map, family)
        case .masquerade: expression("masq") { _ in }
        case .setTimeout(let name): setTimeout(name)
        case .setPort(let field, let port, let transport): setPort(field, port, transport)
        case .noteAndDrop(let set, let family):
            attempt(family)
            add(to: set)
            append(.verdict(.drop), choosingFrom: nil)
        case .translate(let family, let targets): translate(family, targets, choosingFrom: map)
        }
    }

    private mutating func verdictOfPort(_ map: String, _ family: AddressFamily?) {
        var field = 0
        if let family {
            isOf(family)
            payload(
                NFT_PAYLOAD_NETWORK_HEADER, offset: HeaderOffset.destination(family),
                length: UInt32(family.byteCount), into: register(field))
            field += family.byteCount / 4
        }
        meta(NFT_META_L4PROTO, into: register(field))
        payload(
            NFT_PAYLOAD_TRANSPORT_HEADER, offset: FilterTable.PortField.destination.offset, length: 2,
            into: register(field + 1))
        lookUp(map, into: verdictRegister)
    }

    private mutating func translate(
        _ family: AddressFamily, _ targets: [Ruleset.PublishedPort.Target], choosingFrom map: MapReference?
    ) {
        var port = register(family.byteCount / 4)
        if let map {
            expression("numgen") {
                $0.attribute(Int(NFTA_NG_DREG.rawValue), bigEndian: firstRegister)
                $0.attribute(Int(NFTA_NG_MODULUS.rawValue), bigEndian: UInt32(targets.count))
                $0.attribute(Int(NFTA_NG_TYPE.rawValue), bigEndian: NFT_NG_RANDOM.rawValue)
            }
            lookUp(map.name, id: map.id, into: firstRegister)
        } else if let target = targets.first {
            port = UInt32(NFT_REG_2.rawValue)
            load(target.address.bytes, into: firstRegister)
            load(networkOrder(target.port), into: port)
        }
        expression("nat") {
            $0.attribute(Int(NFTA_NAT_TYPE.rawValue), bigEndian: UInt32(NFT_NAT_DNAT.rawValue))
            $0.attribute(Int(NFTA_NAT_FAMILY.rawValue), bigEndian: UInt32(family.number))
            $0.attribute(Int(NFTA_NAT_REG_ADDR_MIN.rawValue), bigEndian: register(0))
            $0.attribute(Int(NFTA_NAT_REG_PROTO_MIN.rawValue), bigEndian: port)
            // NF_NAT_RANGE_PROTO_SPECIFIED, as nft says it of a port by itself.
            if map == nil { $0.attribute(Int(NFTA_NAT_FLAGS.rawValue), bigEndian: UInt32(2)) }
        }
    }

    private mutating func port(_ field: FilterTable.PortField, _ port: UInt16, _ transport: TransportProtocol) {
        isOf(transport)
        payload(NFT_PAYLOAD_TRANSPORT_HEADER, offset: field.offset, length: 2, into: firstRegister)
        compare(networkOrder(port))
    }

    private mutating func setPort(_ field: FilterTable.PortField, _ port: UInt16, _ transport: TransportProtocol) {
        load(networkOrder(port), into: firstRegister)
        expression("payload") {
            $0.attribute(Int(NFTA_PAYLOAD_SREG.rawValue), bigEndian: firstRegister)
            $0.attribute(Int(NFTA_PAYLOAD_BASE.rawValue), bigEndian: NFT_PAYLOAD_TRANSPORT_HEADER.rawValue)
            $0.attribute(Int(NFTA_PAYLOAD_OFFSET.rawValue), bigEndian: field.offset)
            $0.attribute(Int(NFTA_PAYLOAD_LEN.rawValue), bigEndian: UInt32(2))
            $0.attribute(Int(NFTA_PAYLOAD_CSUM_TYPE.rawValue), bigEndian: NFT_PAYLOAD_CSUM_INET.rawValue)
            $0.attribute(Int(NFTA_PAYLOAD_CSUM_OFFSET.rawValue), bigEndian: UInt32(transport == .tcp ? 16 : 6))
            $0.attribute(Int(NFTA_PAYLOAD_CSUM_FLAGS.rawValue), bigEndian: UInt32(0))
        }
    }

    private mutating func load(_ value: [UInt8], into register: UInt32) {
        expression("immediate") {
            $0.attribute(Int(NFTA_IMMEDIATE_DREG.rawValue), bigEndian: register)
            $0.nest(Int(NFTA_IMMEDIATE_DATA.rawValue), flagged: true) { $0.data(value) }
        }
    }

    /// What speaks of a header's bytes has to say whose header it means.
    mutating func isOf(_ family: AddressFamily) {
        meta(NFT_META_NFPROTO, into: firstRegister)
        compare([family.number])
    }

    mutating func isOf(_ transport: TransportProtocol) {
        meta(NFT_META_L4PROTO, into: firstRegister)
        compare([transport.number])
    }

    mutating func append(_ verdict: FilterTable.Verdict) {
        nest(Int(NFTA_DATA_VERDICT.rawValue), flagged: true) {
            switch verdict {
            case .drop: $0.attribute(Int(NFTA_VERDICT_CODE.rawValue), bigEndian: UInt32(0))
            case .accept: $0.attribute(Int(NFTA_VERDICT_CODE.rawValue), bigEndian: UInt32(1))
            case .goto(let chain):
                $0.attribute(Int(NFTA_VERDICT_CODE.rawValue), bigEndian: NFT_GOTO.rawValue)
                $0.attribute(Int(NFTA_VERDICT_CHAIN.rawValue), chain)
            }
        }
    }

    mutating func expression(_ name: String, _ content: (inout NetlinkMessage) -> Void) {
        nest(Int(NFTA_LIST_ELEM.rawValue), flagged: true) {
            $0.attribute(Int(NFTA_EXPR_NAME.rawValue), name)
            $0.nest(Int(NFTA_EXPR_DATA.rawValue), flagged: true, content)
        }
    }

    mutating func meta(_ key: nft_meta_keys, into register: UInt32) {
        expression("meta") {
            $0.attribute(Int(NFTA_META_KEY.rawValue), bigEndian: key.rawValue)
            $0.attribute(Int(NFTA_META_DREG.rawValue), bigEndian: register)
        }
    }

    mutating func payload(_ base: nft_payload_bases, offset: UInt32, length: UInt32, into register: UInt32) {
        expression("payload") {
            $0.attribute(Int(NFTA_PAYLOAD_DREG.rawValue), bigEndian: register)
            $0.attribute(Int(NFTA_PAYLOAD_BASE.rawValue), bigEndian: base.rawValue)
            $0.attribute(Int(NFTA_PAYLOAD_OFFSET.rawValue), bigEndian: offset)
            $0.attribute(Int(NFTA_PAYLOAD_LEN.rawValue), bigEndian: length)
        }
    }

    mutating func compare(_ value: [UInt8], _ operation: nft_cmp_ops = NFT_CMP_EQ) {
        expression("cmp") {
            $0.attribute(Int(NFTA_CMP_SREG.rawValue), bigEndian: firstRegister)
            $0.attribute(Int(NFTA_CMP_OP.rawValue), bigEndian: operation.rawValue)
            $0.nest(Int(NFTA_CMP_DATA.rawValue), flagged: true) { $0.data(value) }
        }
    }

    mutating func mask(_ bits: [UInt8]) {
        expression("bitwise") {
            $0.attribute(Int(NFTA_BITWISE_SREG.rawValue), bigEndian: firstRegister)
            $0.attribute(Int(NFTA_BITWISE_DREG.rawValue), bigEndian: firstRegister)
            $0.attribute(Int(NFTA_BITWISE_LEN.rawValue), bigEndian: UInt32(bits.count))
            $0.nest(Int(NFTA_BITWISE_MASK.rawValue), flagged: true) { $0.data(bits) }
            $0.nest(Int(NFTA_BITWISE_XOR.rawValue), flagged: true) { $0.data([UInt8](repeating: 0, count: bits.count)) }
        }
    }

    /// Looks for what the first registers hold: in a map for what follows, in a set for whether it is there.
    mutating func lookUp(_ map: String, id: UInt32? = nil, into register: UInt32? = nil) {
        expression("lookup") {
            $0.attribute(Int(NFTA_LOOKUP_SET.rawValue), map)
            $0.attribute(Int(NFTA_LOOKUP_SREG.rawValue), bigEndian: firstRegister)
            if let register { $0.attribute(Int(NFTA_LOOKUP_DREG.rawValue), bigEndian: register) }
            if let id { $0.attribute(Int(NFTA_LOOKUP_SET_ID.rawValue), bigEndian: id) }
        }
    }

    /// Whole bytes are compared as they are, other prefixes under a mask: as nft does.
    private mutating func address(at offset: UInt32, in prefix: Prefix) {
        let wholeBytes = prefix.length > 0 && prefix.length % 8 == 0
        let length = wholeBytes ? Int(prefix.length / 8) : prefix.family.byteCount
        isOf(prefix.family)
        payload(NFT_PAYLOAD_NETWORK_HEADER, offset: offset, length: UInt32(length), into: firstRegister)
        if !wholeBytes { mask(prefix.mask.bytes) }
        compare(Array(prefix.address.bytes.prefix(length)))
    }

    private mutating func connection(_ key: nft_ct_keys, hasAnyOf bits: UInt32) {
        expression("ct") {
            $0.attribute(Int(NFTA_CT_KEY.rawValue), bigEndian: key.rawValue)
            $0.attribute(Int(NFTA_CT_DREG.rawValue), bigEndian: firstRegister)
        }
        mask(hostOrder(bits))
        compare(hostOrder(UInt32(0)), NFT_CMP_NEQ)
    }

    mutating func data(_ value: [UInt8]) {
        attribute(Int(NFTA_DATA_VALUE.rawValue), bytes: value)
    }
}

/// Bits of the connection tracking (linux/netfilter/nf_conntrack_common.h, which clashes with Glibc's headers).
private enum ConnectionBits {
    /// 1 << (IP_CT_ESTABLISHED + 1).
    static let established: UInt32 = 2
    /// 1 << (IP_CT_RELATED + 1).
    static let related: UInt32 = 4
    /// NF_CT_STATE_UNTRACKED_BIT.
    static let untracked: UInt32 = 64
    /// IPS_DST_NAT.
    static let destinationTranslated: UInt32 = 32
}

private func networkOrder(_ number: UInt16) -> [UInt8] {
    withUnsafeBytes(of: number.bigEndian) { Array($0) }
}

/// A number in the host's byte order.
private func hostOrder(_ number: UInt32) -> [UInt8] {
    withUnsafeBytes(of: number) { Array($0) }
}

/// A link name as the kernel compares it: 16 bytes, padded with zeros.
func linkName(_ name: String) -> [UInt8] {
    let text = Array(name.utf8.prefix(15))
    return text + [UInt8](repeating: 0, count: 16 - text.count)
}
