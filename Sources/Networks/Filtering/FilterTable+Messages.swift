import Addressing
import CLinux
import Glibc
import Kernel

/// One message of an nftables transaction and the words for its error.
struct FilterMessage {
    var message: NetlinkMessage
    var operation: String

    /// A message that may create what it speaks of; tables of each family have names of their own.
    init(
        _ kind: Int, _ operation: String, family: Int32, flags: Int32 = NLM_F_CREATE,
        _ content: (inout NetlinkMessage) -> Void
    ) {
        message = NetlinkMessage(
            type: UInt16(NFNL_SUBSYS_NFTABLES) << 8 | UInt16(kind), flags: UInt16(NLM_F_REQUEST | flags))
        message.append(nfgenmsg(nfgen_family: UInt8(family), version: 0, res_id: 0))
        content(&message)
        self.operation = operation
    }

    /// A transaction of these messages: the `index`th has the sequence number `index + 1`, and the last is acknowledged.
    static func batch(_ messages: [FilterMessage]) -> [UInt8] {
        // Sequence 0 is the batch's begin and end; an error there is one of the transaction as a whole.
        var datagram = bracket(NFNL_MSG_BATCH_BEGIN)
        for (index, entry) in messages.enumerated() {
            datagram += entry.message.bytes(
                sequence: UInt32(index + 1), acknowledged: index == messages.count - 1)
        }
        return datagram + bracket(NFNL_MSG_BATCH_END)
    }

    private static func bracket(_ kind: Int32) -> [UInt8] {
        var message = NetlinkMessage(type: UInt16(kind), flags: UInt16(NLM_F_REQUEST))
        let subsystem = UInt16(NFNL_SUBSYS_NFTABLES).bigEndian
        message.append(nfgenmsg(nfgen_family: UInt8(AF_UNSPEC), version: 0, res_id: subsystem))
        return message.bytes
    }
}

extension FilterTable.Family {
    /// The kernel's number (NFPROTO_INET and NFPROTO_BRIDGE of linux/netfilter.h).
    var number: Int32 {
        switch self {
        case .inet: 1
        case .bridge: 7
        }
    }
}

extension FilterTable {
    /// What replaces the table, whether or not there is one: make it, remove it with all its content, make it anew.
    ///
    /// A table without chains is only removed.
    var messages: [FilterMessage] {
        Self.removal(of: name, family: family.number) + (chains.isEmpty ? [] : creation)
    }

    /// What makes the table where there is none.
    var creation: [FilterMessage] {
        [Self.newTable(name, family: family.number)] + timeouts.map { newTimeout($0) } + chains.map { newChain($0) }
            + maps.enumerated().flatMap { newMap($1, reference: .init(name: $1.name, id: UInt32($0 + 1))) }
            + rules
    }

    /// The rules, each after the map of its own, if it has one.
    private var rules: [FilterMessage] {
        var id = UInt32(maps.count)
        return chains.flatMap { chain in
            chain.rules.flatMap { rule in
                guard let choice = rule.choice else { return [newRule(rule, in: chain)] }
                id += 1
                let reference = MapReference.anonymous(id)
                return newMap(choice, reference: reference) + [newRule(rule, in: chain, choosingFrom: reference)]
            }
        }
    }

    /// What leaves no table of this name, whether or not there is one. A deletion by itself would fail where there is
    /// none, and the kernel takes a dozen milliseconds to take a transaction back.
    static func removal(of name: String, family: Int32) -> [FilterMessage] {
        let deletion = FilterMessage(
            Int(NFT_MSG_DELTABLE.rawValue), "delete the nftables table \(name)", family: family, flags: 0
        ) {
            $0.attribute(Int(NFTA_TABLE_NAME.rawValue), name)
        }
        return [newTable(name, family: family), deletion]
    }

    private static func newTable(_ name: String, family: Int32) -> FilterMessage {
        FilterMessage(Int(NFT_MSG_NEWTABLE.rawValue), "create the nftables table \(name)", family: family) {
            $0.attribute(Int(NFTA_TABLE_NAME.rawValue), name)
            $0.attribute(Int(NFTA_TABLE_FLAGS.rawValue), bigEndian: UInt32(0))
        }
    }

    private func message(
        _ kind: nf_tables_msg_types, _ operation: String, flags: Int32 = NLM_F_CREATE,
        _ content: (inout NetlinkMessage) -> Void
    ) -> FilterMessage {
        FilterMessage(Int(kind.rawValue), operation, family: family.number, flags: flags, content)
    }

    private func newTimeout(_ timeout: Timeout) -> FilterMessage {
        message(NFT_MSG_NEWOBJ, "create the ct timeout \(timeout.name) in the nftables table \(name)") {
            $0.attribute(Int(NFTA_OBJ_TABLE.rawValue), name)
            $0.attribute(Int(NFTA_OBJ_NAME.rawValue), timeout.name)
            $0.attribute(Int(NFTA_OBJ_TYPE.rawValue), bigEndian: FilterTable.timeoutObject)
            $0.nest(Int(NFTA_OBJ_DATA.rawValue), flagged: true) {
                $0.attribute(
                    Int(NFTA_CT_TIMEOUT_L3PROTO.rawValue), bigEndian: UInt16(timeout.family == .v4 ? AF_INET : AF_INET6)
                )
                $0.attribute(Int(NFTA_CT_TIMEOUT_L4PROTO.rawValue), bytes: [TransportProtocol.tcp.number])
                $0.nest(Int(NFTA_CT_TIMEOUT_DATA.rawValue), flagged: true) {
                    // CTA_TIMEOUT_TCP_SYN_SENT of linux/netfilter/nfnetlink_cttimeout.h.
                    $0.attribute(1, bigEndian: timeout.unanswered)
                }
            }
        }
    }

    /// NFT_OBJECT_CT_TIMEOUT (linux/netfilter/nf_tables.h).
    static let timeoutObject: UInt32 = 7

    private func newChain(_ chain: Chain) -> FilterMessage {
        message(NFT_MSG_NEWCHAIN, "create the chain \(chain.name) in the nftables table \(name)") {
            $0.attribute(Int(NFTA_CHAIN_TABLE.rawValue), name)
            $0.attribute(Int(NFTA_CHAIN_NAME.rawValue), chain.name)
            guard let hook = chain.hook else { return }
            $0.attribute(Int(NFTA_CHAIN_TYPE.rawValue), hook.kind.rawValue)
            $0.attribute(Int(NFTA_CHAIN_POLICY.rawValue), bigEndian: UInt32(1))
            $0.nest(Int(NFTA_CHAIN_HOOK.rawValue), flagged: true) {
                $0.attribute(Int(NFTA_HOOK_HOOKNUM.rawValue), bigEndian: hook.place.rawValue)
                $0.attribute(Int(NFTA_HOOK_PRIORITY.rawValue), bigEndian: hook.priority)
            }
        }
    }

    /// A map with its elements. An attribute's length has 16 bits, so many elements take several messages.
    private func newMap(_ map: some MapContent, reference: MapReference) -> [FilterMessage] {
        let layout = map.layout
        let creation = message(NFT_MSG_NEWSET, "create the map \(reference.name) in the nftables table \(name)") {
            $0.attribute(Int(NFTA_SET_TABLE.rawValue), name)
            $0.attribute(Int(NFTA_SET_NAME.rawValue), reference.name)
            $0.attribute(Int(NFTA_SET_FLAGS.rawValue), bigEndian: layout.flags | reference.flags)
            $0.attribute(Int(NFTA_SET_KEY_TYPE.rawValue), bigEndian: layout.keyType)
            $0.attribute(Int(NFTA_SET_KEY_LEN.rawValue), bigEndian: layout.keyLength)
            if layout.flags & NFT_SET_MAP.rawValue != 0 {
                $0.attribute(Int(NFTA_SET_DATA_TYPE.rawValue), bigEndian: layout.dataType)
                $0.attribute(Int(NFTA_SET_DATA_LEN.rawValue), bigEndian: layout.dataLength)
            }
            $0.attribute(Int(NFTA_SET_ID.rawValue), bigEndian: reference.id)
            if let memory = layout.memory { $0.attribute(Int(NFTA_SET_TIMEOUT.rawValue), bigEndian: memory) }
            if let size = layout.size {
                $0.nest(Int(NFTA_SET_DESC.rawValue), flagged: true) {
                    $0.attribute(Int(NFTA_SET_DESC_SIZE.rawValue), bigEndian: size)
                }
            }
            if let userData = layout.userData { $0.attribute(Int(NFTA_SET_USERDATA.rawValue), bytes: userData) }
        }
        let elements = map.elements
        let operation = "fill the map \(reference.name) of the nftables table \(name)"
        return [creation]
            + stride(from: 0, to: elements.count, by: 256).map { start in
                message(NFT_MSG_NEWSETELEM, operation) {
                    $0.attribute(Int(NFTA_SET_ELEM_LIST_TABLE.rawValue), name)
                    $0.attribute(Int(NFTA_SET_ELEM_LIST_SET.rawValue), reference.name)
                    $0.attribute(Int(NFTA_SET_ELEM_LIST_SET_ID.rawValue), bigEndian: reference.id)
                    $0.nest(Int(NFTA_SET_ELEM_LIST_ELEMENTS.rawValue), flagged: true) {
                        for element in elements[start..<min(start + 256, elements.count)] { $0.append(element) }
                    }
                }
            }
    }

    private func newRule(_ rule: Rule, in chain: Chain, choosingFrom map: MapReference? = nil) -> FilterMessage {
        let operation = "add a rule to the chain \(chain.name) of the nftables table \(name)"
        return message(NFT_MSG_NEWRULE, operation, flags: NLM_F_CREATE | NLM_F_APPEND) {
            $0.attribute(Int(NFTA_RULE_TABLE.rawValue), name)
            $0.attribute(Int(NFTA_RULE_CHAIN.rawValue), chain.name)
            $0.nest(Int(NFTA_RULE_EXPRESSIONS.rawValue), flagged: true) { $0.append(rule, choosingFrom: map) }
        }
    }
}
