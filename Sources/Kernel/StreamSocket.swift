import Glibc

/// A TCP connection that waits for nothing longer than it is told: for a thread of its own. It belongs to the network
/// namespace that the thread is in when it is made (`man 7 network_namespaces`).
public struct StreamSocket: ~Copyable {
    /// What ends every wait.
    public struct Limits {
        public var deadline: ContinuousClock.Instant
        /// A descriptor that becomes readable when nobody is interested any more.
        public var cancellation: Int32

        public init(deadline: ContinuousClock.Instant, cancellation: Int32) {
            self.deadline = deadline
            self.cancellation = cancellation
        }
    }

    private let descriptor: OwnedDescriptor
    private let limits: Limits

    /// Connects.
    ///
    /// - Parameter address: four or sixteen bytes in network order.
    /// - Throws: `ETIMEDOUT` at the deadline, `ECANCELED`, and what the connection meets.
    public init(connectingTo address: [UInt8], port: UInt16, _ limits: Limits) throws(KernelError) {
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let family = address.count == 4 ? AF_INET : AF_INET6
        let opened = OwnedDescriptor(taking: try check("make a socket") { socket(family, kind, 0) })
        try Self.connect(opened.number, address, port, limits)
        descriptor = opened
        self.limits = limits
    }

    private static func connect(
        _ number: Int32, _ address: [UInt8], _ port: UInt16, _ limits: Limits
    ) throws(KernelError) {
        if connect(number, address, port) == 0 { return }
        guard lastError() == EINPROGRESS else { throw KernelError("connect to", "port \(port)", errno: lastError()) }
        try wait(number, POLLOUT, limits, "connect to", "port \(port)")
        var error: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        try check("connect") { getsockopt(number, SOL_SOCKET, SO_ERROR, &error, &size) }
        if error != 0 { throw KernelError("connect to", "port \(port)", errno: error) }
    }

    private static func connect(_ number: Int32, _ address: [UInt8], _ port: UInt16) -> Int32 {
        if address.count == 4 {
            var place = sockaddr_in()
            place.sin_family = sa_family_t(AF_INET)
            place.sin_port = port.bigEndian
            withUnsafeMutableBytes(of: &place.sin_addr) { $0.copyBytes(from: address) }
            return call(number, &place)
        }
        var place = sockaddr_in6()
        place.sin6_family = sa_family_t(AF_INET6)
        place.sin6_port = port.bigEndian
        withUnsafeMutableBytes(of: &place.sin6_addr) { $0.copyBytes(from: address.prefix(16)) }
        return call(number, &place)
    }

    private static func call<Address>(_ number: Int32, _ place: inout Address) -> Int32 {
        let size = socklen_t(MemoryLayout<Address>.size)
        return withUnsafePointer(to: &place) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.connect(number, $0, size) }
        }
    }

    public func send(_ bytes: [UInt8]) throws(KernelError) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(
                    descriptor.number, $0.baseAddress?.advanced(by: sent), $0.count - sent, Int32(MSG_NOSIGNAL))
            }
            if count >= 0 {
                sent += count
            } else if lastError() == EAGAIN {
                try Self.wait(descriptor.number, POLLOUT, limits, "send")
            } else if lastError() != EINTR {
                throw KernelError("send", "", errno: lastError())
            }
        }
    }

    /// The next bytes; none at the end.
    public func receive(atMost limit: Int) throws(KernelError) -> [UInt8] {
        while true {
            var count = 0
            let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, filled in
                count = recv(descriptor.number, buffer.baseAddress, buffer.count, 0)
                filled = max(0, count)
            }
            if count >= 0 { return bytes }
            if lastError() == EAGAIN {
                try Self.wait(descriptor.number, POLLIN, limits, "receive")
            } else if lastError() != EINTR {
                throw KernelError("receive", "", errno: lastError())
            }
        }
    }

    private static func wait(
        _ number: Int32, _ events: Int32, _ limits: Limits, _ operation: String, _ subject: String = ""
    ) throws(KernelError) {
        let rest = limits.deadline - .now
        guard rest > .zero else { throw KernelError(operation, subject, errno: ETIMEDOUT) }
        // A longer wait than an hour looks once more.
        let milliseconds = Int32(min(rest, .seconds(3600)) / .milliseconds(1)) + 1
        var entries = [
            pollfd(fd: number, events: Int16(events), revents: 0),
            pollfd(fd: limits.cancellation, events: Int16(POLLIN), revents: 0),
        ]
        try check("poll") { poll(&entries, 2, milliseconds) }
        if entries[1].revents != 0 { throw KernelError(operation, subject, errno: ECANCELED) }
        if entries[0].revents == 0 && limits.deadline <= .now {
            throw KernelError(operation, subject, errno: ETIMEDOUT)
        }
    }
}
