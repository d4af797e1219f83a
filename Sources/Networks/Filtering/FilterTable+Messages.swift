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
        _ kind: Int, _ operation: String, family: Int32 = FilterTable.inetFamily, flags: Int32 = NLM_F_CREATE,
        _ content: (inout NetlinkMessage) -> Void
    ) {
        message = NetlinkMessage(
            type: UInt16(NFNL_SUBSYS_NFTABLES) << 8 | UInt16(kind), flags: UInt16(NLM_F_REQUEST | flags))
        message.append(nfgenmsg(nfgen_family: UInt8(family), version: 0, res_id: 0))
        content(&message)
        self.operation = operation
    }
}

extension FilterTable {
    /// What replaces the table, whether or not there is one: make it, remove it with all its content, make it anew.
    var messages: [FilterMessage] {
        [newTable, Self.deletion(of: name), newTable] + chains.map { newChain($0) }
            + maps.enumerated().flatMap { [newMap($1, id: $0 + 1)] + elements(of: $1) }
            + chains.flatMap { chain in chain.rules.map { newRule($0, in: chain) } }
    }

    /// NFPROTO_INET (linux/netfilter.h): both families of addresses.
    static let inetFamily: Int32 = 1

    static func deletion(of name: String, family: Int32 = inetFamily) -> FilterMessage {
        FilterMessage(Int(NFT_MSG_DELTABLE.rawValue), "delete the nftables table \(name)", family: family, flags: 0) {
            $0.attribute(Int(NFTA_TABLE_NAME.rawValue), name)
        }
    }

    private var newTable: FilterMessage {
        FilterMessage(Int(NFT_MSG_NEWTABLE.rawValue), "create the nftables table \(name)") {
            $0.attribute(Int(NFTA_TABLE_NAME.rawValue), name)
            $0.attribute(Int(NFTA_TABLE_FLAGS.rawValue), bigEndian: UInt32(0))
        }
    }

    private func newChain(_ chain: Chain) -> FilterMessage {
        FilterMessage(Int(NFT_MSG_NEWCHAIN.rawValue), "create the chain \(chain.name) in the nftables table \(name)") {
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

    private func newMap(_ map: Map, id: Int) -> FilterMessage {
        FilterMessage(Int(NFT_MSG_NEWSET.rawValue), "create the map \(map.name) in the nftables table \(name)") {
            let layout = map.layout
            $0.attribute(Int(NFTA_SET_TABLE.rawValue), name)
            $0.attribute(Int(NFTA_SET_NAME.rawValue), map.name)
            $0.attribute(Int(NFTA_SET_FLAGS.rawValue), bigEndian: UInt32(NFT_SET_MAP.rawValue))
            $0.attribute(Int(NFTA_SET_KEY_TYPE.rawValue), bigEndian: layout.keyType)
            $0.attribute(Int(NFTA_SET_KEY_LEN.rawValue), bigEndian: layout.keyLength)
            $0.attribute(Int(NFTA_SET_DATA_TYPE.rawValue), bigEndian: layout.dataType)
            $0.attribute(Int(NFTA_SET_DATA_LEN.rawValue), bigEndian: layout.dataLength)
            $0.attribute(Int(NFTA_SET_ID.rawValue), bigEndian: UInt32(id))
            if let userData = layout.userData { $0.attribute(Int(NFTA_SET_USERDATA.rawValue), bytes: userData) }
        }
    }

    /// An attribute's length has 16 bits, so many elements take several messages.
    private func elements(of map: Map) -> [FilterMessage] {
        let elements = map.elements
        let operation = "fill the map \(map.name) of the nftables table \(name)"
        return stride(from: 0, to: elements.count, by: 256).map { start in
            FilterMessage(Int(NFT_MSG_NEWSETELEM.rawValue), operation) {
                $0.attribute(Int(NFTA_SET_ELEM_LIST_TABLE.rawValue), name)
                $0.attribute(Int(NFTA_SET_ELEM_LIST_SET.rawValue), map.name)
                $0.nest(Int(NFTA_SET_ELEM_LIST_ELEMENTS.rawValue), flagged: true) {
                    for element in elements[start..<min(start + 256, elements.count)] { $0.append(element) }
                }
            }
        }
    }

    private func newRule(_ rule: Rule, in chain: Chain) -> FilterMessage {
        let operation = "add a rule to the chain \(chain.name) of the nftables table \(name)"
        return FilterMessage(Int(NFT_MSG_NEWRULE.rawValue), operation, flags: NLM_F_CREATE | NLM_F_APPEND) {
            $0.attribute(Int(NFTA_RULE_TABLE.rawValue), name)
            $0.attribute(Int(NFTA_RULE_CHAIN.rawValue), chain.name)
            $0.nest(Int(NFTA_RULE_EXPRESSIONS.rawValue), flagged: true) { $0.append(rule) }
        }
    }
}

/// A key and what it leads to.
private struct MapElement {
    enum Target {
        case verdict(FilterTable.Verdict)
        case data([UInt8])
    }

    var key: [UInt8]
    var target: Target
}

extension NetlinkMessage {
    fileprivate mutating func append(_ element: MapElement) {
        nest(Int(NFTA_LIST_ELEM.rawValue), flagged: true) {
            $0.nest(Int(NFTA_SET_ELEM_KEY.rawValue), flagged: true) { $0.data(element.key) }
            $0.nest(Int(NFTA_SET_ELEM_DATA.rawValue), flagged: true) {
                switch element.target {
                case .verdict(let verdict): $0.append(verdict)
                case .data(let data): $0.data(data)
                }
            }
        }
    }
}

extension FilterTable.Map {
    /// nft's numbers for types of data (`enum datatypes` of its datatype.h), six bits each when joined. The kernel only
    /// keeps them, so that `nft list` can show keys as what they are.
    private enum DataType {
        static func address(_ family: AddressFamily) -> UInt32 { family == .v4 ? 7 : 8 }
        static let transport: UInt32 = 12
        static let port: UInt32 = 13
        static let linkName: UInt32 = 41

        static func joined(_ types: UInt32...) -> UInt32 {
            types.reduce(0) { $0 << 6 | $1 }
        }
    }

    fileprivate struct Layout {
        var keyType: UInt32
        var keyLength: UInt32
        var dataType: UInt32
        var dataLength: UInt32
        /// nft's notes: attributes of one byte type, one byte length.
        var userData: [UInt8]?
    }

    fileprivate var layout: Layout {
        switch kind {
        case .links:
            // Note 0 is the key's byte order; 1 is the host's.
            return Layout(
                keyType: DataType.linkName, keyLength: 16, dataType: UInt32(NFT_DATA_VERDICT.rawValue), dataLength: 0,
                userData: [0, 4] + withUnsafeBytes(of: UInt32(1)) { Array($0) })
        case .ports(_, let family, let withAddress):
            let address = DataType.address(family)
            let size = UInt32(family.bits / 8)
            return Layout(
                keyType: withAddress
                    ? DataType.joined(address, DataType.transport, DataType.port)
                    : DataType.joined(DataType.transport, DataType.port),
                keyLength: withAddress ? size + 8 : 8, dataType: DataType.joined(address, DataType.port),
                dataLength: size + 4)
        }
    }

    /// Each field of a key takes a multiple of four bytes.
    fileprivate var elements: [MapElement] {
        switch kind {
        case .links(let links):
            links.map { MapElement(key: linkName($0.link), target: .verdict($0.verdict)) }
        case .ports(let ports, _, _):
            ports.map { entry in
                let key = (entry.address?.bytes ?? []) + [entry.port.transport.number, 0, 0, 0]
                return MapElement(
                    key: key + field(entry.port.number), target: .data(entry.toAddress.bytes + field(entry.toPort)))
            }
        }
    }

    private func field(_ port: UInt16) -> [UInt8] {
        [UInt8(port >> 8), UInt8(truncatingIfNeeded: port), 0, 0]
    }
}
