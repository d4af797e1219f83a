import CLinux
import Glibc

/// A netlink socket in the network namespace of the thread that made it (`man 7 netlink`).
///
/// Requests are answered inside the send call, so no conversation waits for anything but the kernel itself;
/// a receive time-out guards against the impossible.
public struct NetlinkSocket: ~Copyable, Sendable {
    /// What is at the kernel's end.
    public enum Family: Int32, Sendable {
        /// Links, addresses, routes (`man 7 rtnetlink`).
        case route = 0
        /// Packet filters and connection tracking.
        case netfilter = 12
    }

    /// The descriptor, for waiting on multicast messages; it stays this socket's property.
    public let descriptor: Int32
    private var sequence: UInt32 = 0

    /// Seconds to wait for an answer before ETIMEDOUT.
    static let timeout = 10
    /// The kernel sizes its dump messages by the reader's buffer, up to 32 KiB.
    static let bufferSize = 32 * 1024
    /// How often an interrupted dump (the tables changed under it) is asked for again.
    static let dumpAttempts = 8

    /// Opens a socket; `groups` is a mask of the first 32 multicast groups (RTMGRP_*).
    public init(_ family: Family, groups: UInt32 = 0) throws(NetlinkError) {
        descriptor = try Self.open(family, groups: groups)
    }

    deinit {
        close(descriptor)
    }

    private static func open(_ family: Family, groups: UInt32) throws(NetlinkError) -> Int32 {
        let kind = Int32(SOCK_RAW.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(AF_NETLINK, kind, family.rawValue)
        guard descriptor >= 0 else {
            throw NetlinkError(operation: "open a netlink socket", errno: errno)
        }
        let failure = configure(descriptor, groups: groups)
        guard failure == 0 else {
            close(descriptor)
            throw NetlinkError(operation: "bind a netlink socket", errno: failure)
        }
        return descriptor
    }

    private static func configure(_ descriptor: Int32, groups: UInt32) -> Int32 {
        var wait = timeval(tv_sec: timeout, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &wait, socklen_t(MemoryLayout<timeval>.size))
        // Older kernels lack these two and answer without words; nothing depends on them.
        var on: Int32 = 1
        for option in [NETLINK_EXT_ACK, NETLINK_CAP_ACK] {
            setsockopt(descriptor, SOL_NETLINK, Int32(option), &on, socklen_t(MemoryLayout<Int32>.size))
        }
        var address = sockaddr_nl()
        address.nl_family = sa_family_t(AF_NETLINK)
        address.nl_groups = groups
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_nl>.size))
            }
        }
        return bound == 0 ? 0 : errno
    }

    /// Sends requests in one call and waits for all answers. They are carried out in order; the first refusal is thrown
    /// after all have been answered, so later requests may have been carried out.
    public mutating func perform(_ requests: [NetlinkRequest]) throws(NetlinkError) {
        guard let last = requests.last else { return }
        let first = sequence &+ 1
        var datagram: [UInt8] = []
        for request in requests {
            sequence &+= 1
            datagram += request.message.numbered(sequence, flags: UInt16(NLM_F_REQUEST | NLM_F_ACK))
        }
        try send(datagram, requests.count == 1 ? last.operation : "\(requests[0].operation) … \(last.operation)")
        var refusal: NetlinkError?
        var outstanding = requests.count
        while outstanding > 0 {
            for answer in try receive(last.operation) {
                let index = Int(answer.sequence &- first)
                guard index < requests.count, let code = answer.errorCode else { continue }
                outstanding -= 1
                guard code != 0, refusal == nil else { continue }
                refusal = NetlinkError(operation: requests[index].operation, errno: code, message: answer.words)
            }
        }
        if let refusal { throw refusal }
    }

    /// Sends a request for a list (NLM_F_DUMP) and returns all its parts.
    public mutating func dump(
        _ message: NetlinkMessage, _ operation: @autoclosure () -> String
    )
        throws(NetlinkError) -> [NetlinkReply]
    {
        for _ in 0..<Self.dumpAttempts {
            if let replies = try dumpOnce(message, operation()) {
                return replies
            }
        }
        throw NetlinkError(operation: operation(), errno: EAGAIN, message: "the list kept changing while it was read")
    }

    /// Sends a request for one thing and returns the answer.
    public mutating func get(
        _ message: NetlinkMessage, _ operation: @autoclosure () -> String
    )
        throws(NetlinkError) -> NetlinkReply
    {
        sequence &+= 1
        try send(message.numbered(sequence, flags: UInt16(NLM_F_REQUEST)), operation())
        while true {
            for answer in try receive(operation()) where answer.sequence == sequence {
                guard let code = answer.errorCode else { return answer.reply }
                throw NetlinkError(operation: operation(), errno: code == 0 ? ENOENT : code, message: answer.words)
            }
        }
    }

    /// Sends a transaction (an nfnetlink batch, already numbered by the caller) and collects what the kernel says.
    ///
    /// The kernel carries the whole batch out inside the send call and answers only for refused messages and for those
    /// with NLM_F_ACK, so one read without waiting sees everything.
    public mutating func transact(
        _ datagram: [UInt8], _ operation: @autoclosure () -> String
    )
        throws(NetlinkError) -> [(sequence: UInt32, errno: Int32, message: String?)]
    {
        growSendBuffer(to: datagram.count)
        try send(datagram, operation())
        var answers: [(sequence: UInt32, errno: Int32, message: String?)] = []
        while let received = try receiveWithoutWaiting(operation()) {
            for answer in received {
                guard let code = answer.errorCode else { continue }
                answers.append((answer.sequence, code, answer.words))
            }
        }
        return answers
    }

    /// The messages of one datagram from a multicast group; waits at most the socket's time-out.
    public mutating func nextEvents() throws(NetlinkError) -> [NetlinkReply] {
        try receive("read netlink events").map(\.reply)
    }

    /// The messages of the next datagram from a multicast group, without waiting; `nil`: none is there. ENOBUFS: some came
    /// that nobody took.
    public func waitingEvents() throws(NetlinkError) -> [NetlinkReply]? {
        try receiveWithoutWaiting("read netlink events")?.map(\.reply)
    }

    private mutating func dumpOnce(
        _ message: NetlinkMessage, _ operation: @autoclosure () -> String
    )
        throws(NetlinkError) -> [NetlinkReply]?
    {
        sequence &+= 1
        try send(message.numbered(sequence, flags: UInt16(NLM_F_REQUEST | NLM_F_DUMP)), operation())
        var replies: [NetlinkReply] = []
        var interrupted = false
        while true {
            for answer in try receive(operation()) where answer.sequence == sequence {
                interrupted = interrupted || answer.flags & UInt16(NLM_F_DUMP_INTR) != 0
                if let code = answer.errorCode, code != 0 {
                    throw NetlinkError(operation: operation(), errno: code, message: answer.words)
                }
                if answer.reply.type == UInt16(NLMSG_DONE) { return interrupted ? nil : replies }
                replies.append(answer.reply)
            }
        }
    }
}
