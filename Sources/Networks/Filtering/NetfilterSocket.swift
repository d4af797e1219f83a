import CLinux
import Glibc
public import Kernel

/// nftables of the network namespace in which it was made (`man 8 nft`), spoken to by netlink.
public struct NetfilterSocket: ~Copyable {
    private var socket: NetlinkSocket

    /// Opens a socket in the calling thread's network namespace.
    public init() throws(NetlinkError) {
        socket = try NetlinkSocket(.netfilter)
    }

    /// Makes the kernel's tables be this ruleset, in one transaction: packets see the old rules or the new ones.
    public mutating func apply(_ ruleset: Ruleset) throws(NetlinkError) {
        try transact(ruleset.tables.flatMap(\.messages))
    }

    /// Removes the tables of a ruleset and all that is in them; one that isn't there is no error.
    public mutating func deleteTable(_ name: String) throws(NetlinkError) {
        for family in [FilterTable.Family.inet, .bridge] {
            try delete(FilterTable.deletion(of: name, family: family.number))
        }
    }

    /// Removes the table of this name that a Roost of before 0.2 made: those were of the `ip` family.
    public mutating func deleteEarlierTable(_ name: String) throws(NetlinkError) {
        try delete(FilterTable.deletion(of: name, family: AF_INET))
    }

    private mutating func delete(_ deletion: FilterMessage) throws(NetlinkError) {
        do {
            try transact([deletion])
        } catch  where error.errno == ENOENT {
            return
        }
    }

    /// The names of the `inet` family's tables that begin with `prefix`.
    public mutating func tables(prefix: String = Ruleset.tablePrefix) throws(NetlinkError) -> [String] {
        let family = FilterTable.Family.inet.number
        let request = FilterMessage(
            Int(NFT_MSG_GETTABLE.rawValue), "list nftables tables", family: family, flags: 0
        ) { _ in }
        return try socket.dump(request.message, request.operation)
            .compactMap { $0.attributes(after: nfgenmsg.self).first(Int(NFTA_TABLE_NAME.rawValue))?.text }
            .filter { $0.hasPrefix(prefix) }
            .sorted()
    }

    /// How often a transaction that met another one (ERESTART, EAGAIN) is tried again.
    private static let attempts = 8

    private mutating func transact(_ messages: [FilterMessage]) throws(NetlinkError) {
        for attempt in 1...Self.attempts {
            do {
                return try transactOnce(messages)
            } catch  where error.errno == EAGAIN && attempt < Self.attempts {
                continue
            }
        }
    }

    private mutating func transactOnce(_ messages: [FilterMessage]) throws(NetlinkError) {
        // Sequence 0 is the batch's begin and end; an error there is one of the transaction as a whole.
        var datagram = Self.bracket(NFNL_MSG_BATCH_BEGIN)
        for (index, entry) in messages.enumerated() {
            datagram += entry.message.bytes(
                sequence: UInt32(index + 1), acknowledged: index == messages.count - 1)
        }
        datagram += Self.bracket(NFNL_MSG_BATCH_END)
        let operation = messages.count == 1 ? messages[0].operation : "replace the nftables tables"
        let answers = try socket.transact(datagram, operation)
        if let refusal = answers.first(where: { $0.errno != 0 }) {
            let index = Int(refusal.sequence) - 1
            let words = messages.indices.contains(index) ? messages[index].operation : operation
            throw NetlinkError(operation: words, errno: refusal.errno, message: refusal.message)
        }
        guard answers.contains(where: { $0.sequence == UInt32(messages.count) }) else {
            throw NetlinkError(operation: operation, errno: EBADMSG, message: "the kernel did not acknowledge")
        }
    }

    private static func bracket(_ kind: Int32) -> [UInt8] {
        var message = NetlinkMessage(type: UInt16(kind), flags: UInt16(NLM_F_REQUEST))
        let subsystem = UInt16(NFNL_SUBSYS_NFTABLES).bigEndian
        message.append(nfgenmsg(nfgen_family: UInt8(AF_UNSPEC), version: 0, res_id: subsystem))
        return message.bytes
    }
}
