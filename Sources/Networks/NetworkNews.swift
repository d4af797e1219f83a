import CLinux
import Glibc
public import Kernel

/// What the kernel tells of links and tables that somebody removes (netlink's multicast groups).
public final class NetworkNews: Sendable {
    private let links: NetlinkSocket
    private let tables: NetlinkSocket

    /// Of the calling thread's network namespace, from now on.
    public init() throws(NetlinkError) {
        let links = try NetlinkSocket(.route, groups: UInt32(RTMGRP_LINK))
        let tables = try NetlinkSocket(.netfilter, groups: 1 << (UInt32(NFNLGRP_NFTABLES.rawValue) - 1))
        self.links = links
        self.tables = tables
    }

    /// Readable when there is news.
    public var descriptors: (links: Int32, tables: Int32) { (links.descriptor, tables.descriptor) }

    /// Takes the news that are there: whether something of Roost's may be gone.
    public func isWorthALook() throws(NetlinkError) -> Bool {
        var isWorthIt = false
        while let replies = try Self.next(links) {
            isWorthIt = isWorthIt || replies.isEmpty || replies.contains(where: Self.isOwnLink)
        }
        while let replies = try Self.next(tables) {
            isWorthIt = isWorthIt || replies.isEmpty || replies.contains(where: Self.isOwnTable)
        }
        return isWorthIt
    }

    /// `nil`: there is nothing more; none: some were lost.
    private static func next(_ socket: borrowing NetlinkSocket) throws(NetlinkError) -> [NetlinkReply]? {
        do {
            return try socket.waitingEvents()
        } catch  where error.errno == ENOBUFS {
            return []
        }
    }

    /// A link that is gone, or was taken off its bridge.
    private static func isOwnLink(_ reply: NetlinkReply) -> Bool {
        guard reply.type == UInt16(RTM_DELLINK) else { return false }
        let name = reply.attributes(after: ifinfomsg.self).first(Int(IFLA_IFNAME))?.text ?? ""
        return name.hasPrefix(LinkNames.bridgePrefix) || name.hasPrefix(LinkNames.endpointPrefix)
    }

    private static func isOwnTable(_ reply: NetlinkReply) -> Bool {
        guard reply.type & 0xff == UInt16(NFT_MSG_DELTABLE.rawValue) else { return false }
        let name = reply.attributes(after: nfgenmsg.self).first(Int(NFTA_TABLE_NAME.rawValue))?.text ?? ""
        return name.hasPrefix(Ruleset.tablePrefix)
    }
}
