import CLinux
import Glibc

/// One message as received: the reply and what its header says.
struct NetlinkAnswer {
    let sequence: UInt32
    let flags: UInt16
    let reply: NetlinkReply

    /// For an acknowledgement or the end of a dump: the error number, 0 for yes. Nil for a message with content.
    var errorCode: Int32? {
        switch Int32(reply.type) {
        case NLMSG_ERROR: -(reply.structure(Int32.self) ?? -EBADMSG)
        case NLMSG_DONE: -(reply.structure(Int32.self) ?? 0)
        default: nil
        }
    }

    /// The kernel's words about a refusal (NETLINK_EXT_ACK), which follow the echoed header.
    var words: String? {
        guard flags & UInt16(NLM_F_ACK_TLVS) != 0, Int32(reply.type) == NLMSG_ERROR,
            let error = reply.structure(nlmsgerr.self)
        else { return nil }
        // With NLM_F_CAPPED only the header of the request is echoed, else all of it.
        let echoed = flags & UInt16(NLM_F_CAPPED) != 0 ? MemoryLayout<nlmsghdr>.size : Int(error.msg.nlmsg_len)
        let attributes = NetlinkAttributes(reply.payload.dropFirst(MemoryLayout<Int32>.size + ((echoed + 3) & ~3)))
        return attributes.first(Int(NLMSGERR_ATTR_MSG.rawValue))?.text
    }

    /// The messages in one datagram; a malformed tail is dropped.
    static func parse(_ datagram: ArraySlice<UInt8>) -> [NetlinkAnswer] {
        var answers: [NetlinkAnswer] = []
        var rest = datagram
        let headerSize = MemoryLayout<nlmsghdr>.size
        while let header = load(nlmsghdr.self, from: rest) {
            let length = Int(header.nlmsg_len)
            guard length >= headerSize, length <= rest.count else { break }
            let reply = NetlinkReply(type: header.nlmsg_type, payload: rest.prefix(length).dropFirst(headerSize))
            answers.append(NetlinkAnswer(sequence: header.nlmsg_seq, flags: header.nlmsg_flags, reply: reply))
            rest = rest.dropFirst((length + 3) & ~3)
        }
        return answers
    }
}

extension NetlinkSocket {
    func send(_ datagram: [UInt8], _ operation: @autoclosure () -> String) throws(NetlinkError) {
        while true {
            let sent = datagram.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, 0) }
            if sent == datagram.count { return }
            if sent < 0 && errno == EINTR { continue }
            throw NetlinkError(operation: operation(), errno: sent < 0 ? errno : EMSGSIZE)
        }
    }

    func receive(_ operation: @autoclosure () -> String) throws(NetlinkError) -> [NetlinkAnswer] {
        guard let answers = try receive(flags: 0, operation()) else {
            throw NetlinkError(operation: operation(), errno: ETIMEDOUT)
        }
        return answers
    }

    func receiveWithoutWaiting(_ operation: @autoclosure () -> String) throws(NetlinkError) -> [NetlinkAnswer]? {
        try receive(flags: Int32(MSG_DONTWAIT), operation())
    }

    /// One datagram's messages; nil if none came.
    private func receive(
        flags: Int32, _ operation: @autoclosure () -> String
    )
        throws(NetlinkError) -> [NetlinkAnswer]?
    {
        while true {
            var count = 0
            let datagram = [UInt8](unsafeUninitializedCapacity: Self.bufferSize) { buffer, initialized in
                count = recv(descriptor, buffer.baseAddress, buffer.count, flags | Int32(MSG_TRUNC))
                initialized = min(max(count, 0), buffer.count)
            }
            if count > Self.bufferSize { throw NetlinkError(operation: operation(), errno: EMSGSIZE) }
            if count >= 0 { return NetlinkAnswer.parse(datagram[...]) }
            if errno == EINTR { continue }
            if errno == EAGAIN { return nil }
            throw NetlinkError(operation: operation(), errno: errno)
        }
    }

    /// Makes room for a large transaction. Without CAP_NET_ADMIN over the host the plain limit has to do.
    func growSendBuffer(to size: Int) {
        var wanted = Int32(clamping: size + 4096)
        let length = socklen_t(MemoryLayout<Int32>.size)
        if setsockopt(descriptor, SOL_SOCKET, SO_SNDBUFFORCE, &wanted, length) != 0 {
            setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &wanted, length)
        }
    }
}
