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
        try transact(
            [FilterTable.Family.inet, .bridge].flatMap { FilterTable.removal(of: name, family: $0.number) }
                + Self.earlier(name))
    }

    /// Removes the table of this name that a Roost of before 0.2 made: those were of the `ip` family.
    public mutating func deleteEarlierTable(_ name: String) throws(NetlinkError) {
        try transact(Self.earlier(name))
    }

    private static func earlier(_ name: String) -> [FilterMessage] {
        FilterTable.removal(of: name, family: AF_INET)
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

    mutating func dump(_ request: NetlinkMessage, _ operation: String) throws(NetlinkError) -> [NetlinkReply] {
        try socket.dump(request, operation)
    }

    mutating func perform(_ request: NetlinkMessage, _ operation: String) throws(NetlinkError) {
        try socket.perform([NetlinkRequest(request, operation)])
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
        let operation = messages.count == 1 ? messages[0].operation : "replace the nftables tables"
        let answers = try socket.transact(FilterMessage.batch(messages), operation)
        if let refusal = answers.first(where: { $0.errno != 0 }) {
            let index = Int(refusal.sequence) - 1
            let words = messages.indices.contains(index) ? messages[index].operation : operation
            throw NetlinkError(operation: words, errno: refusal.errno, message: refusal.message)
        }
        guard answers.contains(where: { $0.sequence == UInt32(messages.count) }) else {
            throw NetlinkError(operation: operation, errno: EBADMSG, message: "the kernel did not acknowledge")
        }
    }
}
