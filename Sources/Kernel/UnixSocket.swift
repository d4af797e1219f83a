import CLinux
import Glibc

/// A stream socket with a name in the file system (`man 7 unix`).
public struct UnixSocket: ~Copyable, Sendable {
    /// The name has to fit `sockaddr_un`, with its zero.
    public static let longestPath = 107
    /// Descriptors that go with one message.
    public static let mostDescriptors = 16

    public let descriptor: OwnedDescriptor

    /// Takes over a socket.
    public init(taking descriptor: consuming OwnedDescriptor) { self.descriptor = descriptor }

    /// Gives the socket away.
    public consuming func intoDescriptor() -> OwnedDescriptor { descriptor }

    /// Connects to a name. `ENOENT` and `ECONNREFUSED`: nobody listens.
    ///
    /// - Parameter timeoutSeconds: connecting and sending end with `EAGAIN` when they have blocked for so long.
    /// - Parameter keepsMessages: the socket listens for connections of such (`SOCK_SEQPACKET`).
    public init(
        connectingTo path: String, timeoutSeconds: Int = 10, keepsMessages: Bool = false
    ) throws(KernelError) {
        let made = try Self.make(nonBlocking: false, keepsMessages)
        var time = timeval(tv_sec: timeoutSeconds, tv_usec: 0)
        try check("set up", "a socket") {
            setsockopt(made.number, SOL_SOCKET, SO_SNDTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
        }
        try Self.withAddress(path, "connect to") { Glibc.connect(made.number, $0, $1) }
        descriptor = made
    }

    /// Whether somebody listens under a name.
    public static func isAnswered(at path: String) -> Bool {
        // Whatever the reason, a connection can't be had.
        (try? UnixSocket(connectingTo: path)) != nil
    }

    /// Listens under a name, for the owner alone. Whoever finds the name finds a socket that listens: it has another one
    /// until then. Accepting doesn't block.
    public init(listeningAt path: String, backlog: Int32 = 256, keepsMessages: Bool = false) throws(KernelError) {
        let made = try Self.make(nonBlocking: true, keepsMessages)
        // As short as it can be: names of sockets have little room.
        let temporary = path + "~"
        unlink(temporary)
        do throws(KernelError) {
            try Self.withAddress(temporary, "listen at") { Glibc.bind(made.number, $0, $1) }
            try check("protect", temporary) { chmod(temporary, 0o600) }
            try check("listen at", path) { Glibc.listen(made.number, backlog) }
            try check("rename", temporary) { rename(temporary, path) }
        } catch {
            unlink(temporary)
            throw error
        }
        descriptor = made
    }

    /// The process that was at the other end when the connection was made: the one that listened.
    public var peer: Int32? {
        let pid = clinux_peer(descriptor.number)
        return pid > 0 ? pid : nil
    }

    /// The next connection; `nil` if none is waiting. It doesn't block.
    public func accept() throws(KernelError) -> OwnedDescriptor? {
        let accepted = clinux_accept(descriptor.number)
        if accepted >= 0 { return OwnedDescriptor(taking: accepted) }
        // ECONNABORTED: whoever connected has gone already.
        if [EAGAIN, EINTR, ECONNABORTED].contains(lastError()) { return nil }
        throw KernelError("accept", "a connection", errno: lastError())
    }

    /// Sends bytes, and descriptors with the first of them: the count of bytes.
    public func send(_ bytes: ArraySlice<UInt8>, descriptors: [Int32] = []) throws(KernelError) -> Int {
        try Self.send(bytes, descriptors: descriptors, over: descriptor.number)
    }

    /// The same over a borrowed socket.
    @discardableResult
    public static func send(
        _ bytes: ArraySlice<UInt8>, descriptors: [Int32], over socket: Int32
    ) throws(KernelError) -> Int {
        try check("send") {
            bytes.withUnsafeBytes {
                clinux_send_with_descriptors(
                    socket, $0.baseAddress, UInt($0.count), descriptors, Int32(descriptors.count))
            }
        }
    }

    /// Duplicates of the descriptors that come with the next byte, which stays where it is; `nil` if nothing has come yet.
    /// The caller closes them.
    public static func peekDescriptors(_ socket: borrowing OwnedDescriptor) throws(KernelError) -> [Int32]? {
        var numbers = [Int32](repeating: -1, count: mostDescriptors)
        let count = clinux_peek_descriptors(socket.number, &numbers, Int32(mostDescriptors))
        if count >= 0 { return Array(numbers.prefix(Int(count))) }
        guard [EAGAIN, EINTR].contains(lastError()) else {
            throw KernelError("receive", "descriptors", errno: lastError())
        }
        return nil
    }

    private static func make(
        nonBlocking: Bool, _ keepsMessages: Bool
    ) throws(KernelError) -> OwnedDescriptor {
        let type = keepsMessages ? SOCK_SEQPACKET : SOCK_STREAM
        let kind = type.rawValue | SOCK_CLOEXEC.rawValue | (nonBlocking ? SOCK_NONBLOCK.rawValue : 0)
        return OwnedDescriptor(taking: try check("make a socket") { socket(AF_UNIX, Int32(kind), 0) })
    }

    private static func withAddress(
        _ path: String, _ operation: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) throws(KernelError) {
        let bytes = Array(path.utf8)
        guard bytes.count <= longestPath else { throw KernelError(operation, path, errno: ENAMETOOLONG) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        try check(operation, path) {
            withUnsafeBytes(of: &address) { raw in
                raw.assumingMemoryBound(to: sockaddr.self).baseAddress.map { body($0, socklen_t(raw.count)) } ?? -1
            }
        }
    }
}
