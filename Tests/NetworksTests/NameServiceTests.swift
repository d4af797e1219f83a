import Addressing
import Glibc
import Kernel
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import Networks

/// The service on real sockets of the loopback device.
@Suite struct NameServiceTests {
    /// Runs `body` with a service on sockets of the loopback device.
    private func serving(
        _ table: @escaping @Sendable () -> NameTable, servers: [UpstreamServer] = [],
        _ body: (UInt16) async throws -> Void
    ) async throws {
        let sockets = try BoundSockets()
        try await serving(sockets, table, servers: servers) { try await body(sockets.port) }
    }

    private func serving(
        _ sockets: BoundSockets, _ table: @escaping @Sendable () -> NameTable, servers: [UpstreamServer] = [],
        _ body: () async throws -> Void
    ) async throws {
        let service = try await NameService(
            datagram: sockets.datagram, stream: sockets.stream, servers: servers,
            group: MultiThreadedEventLoopGroup.singleton, table: table)
        do {
            try await body()
        } catch {
            await service.stop()
            throw error
        }
        await service.stop()
    }

    @Test func answersOverBothTransportsAndFollowsChanges() async throws {
        let table = Mutex(NameTests.table)
        try await serving({ table.withLock { $0 } }) { port in
            let known = try question("www")
            for ask in [askByDatagram, askByStream] {
                #expect(Array(try ask(known, port).suffix(4)) == [10, 210, 0, 2])
                #expect(try ask(try question("nobody"), port)[3] & 15 == ResponseCode.nameError.rawValue)
            }
            table.withLock { $0 = NameTable() }
            #expect(try askByDatagram(known, port)[3] & 15 == ResponseCode.nameError.rawValue)
        }
    }

    @Test func asksOthersForUnknownNames() async throws {
        let world = NameTable(
            [.init(network: "org", addresses: [.v4(IPv4Address(192, 0, 2, 1))], names: ["example"])]
                + (0..<60).map { .init(network: "org", addresses: [.v4(IPv4Address(192, 0, 2, $0))], names: ["many"]) },
            networks: ["org"])
        try await serving({ world }) { upper in
            // Nobody listens at the first one: the second is asked.
            let servers = [UpstreamServer(.v4(.loopback), port: 1), UpstreamServer(.v4(.loopback), port: upper)]
            try await serving({ NameTests.table }, servers: servers) { lower in
                let answer = try askByDatagram(try question("example.org", id: 99), lower)
                #expect(Array(answer.prefix(2)) == [0, 99])
                #expect(Array(answer.suffix(4)) == [192, 0, 2, 1])
                #expect(try askByDatagram(try question("nobody.org"), lower)[3] & 15 == 3)
                #expect(try askByDatagram(try question("many.org"), lower)[2] & 2 == 2)
                let whole = try askByStream(try question("many.org"), lower)
                #expect(whole[2] & 2 == 0)
                #expect(whole[7] == 60)
            }
        }
    }

    @Test func failsWhenNoOtherServerAnswers() async throws {
        try await serving({ NameTable() }, servers: [UpstreamServer(.v4(.loopback), port: 1)]) { port in
            let answer = try askByDatagram(try question("example.org"), port)
            #expect(answer[3] & 15 == ResponseCode.serverFailure.rawValue)
        }
    }

    @Test(.enabled(if: isRoot && access("/usr/bin/busybox", X_OK) == 0, "needs root and busybox"))
    func aContainersResolverFindsItsNeighbours() async throws {
        let (network, sockets) = try inNewNetwork {
            var route = try RouteSocket()
            try route.setUp(RouteSocket.loopback)
            var filter = try NetlinkSocket(.netfilter)
            let answers = try filter.transact(NameRedirection.batch, "redirect names")
            #expect(answers.allSatisfy { $0.errno == 0 }, "\(answers)")
            return (try currentNetwork(), try BoundSockets(ResolvConf.nameService, port: NameRedirection.port))
        }
        defer { close(network) }
        try await serving(sockets, { NameTests.table }) {
            let lookup = { (name: String) in
                try inNetwork(network) { try run(["/usr/bin/busybox", "nslookup", name, "127.0.0.11"]) }
            }
            let found = try lookup("web")
            #expect(found.output.contains("10.210.0.2") && found.output.contains("10.210.0.3"), "\(found.output)")
            #expect(try lookup("10.210.0.2").output.contains("shop-web-1.front"))
            #expect(try lookup("db").output.contains("NXDOMAIN"))
            // By TCP, and with the container's own name server beside it.
            try inNetwork(network) {
                let own = try BoundSockets(.any, port: 53)
                defer { for socket in [own.datagram, own.stream] { close(socket) } }
                #expect(try lookup("web").output.contains("10.210.0.2"))
                let www = try question("www")
                let answer = try ask(
                    Int32(SOCK_STREAM.rawValue), bytes(UInt16(www.count)) + www, 53, at: ResolvConf.nameService)
                #expect(Array(answer.suffix(4)) == [10, 210, 0, 2])
                #expect(withAddress(ResolvConf.nameService, 54) { bind(own.datagram, $0, $1) } != 0)
            }
        }
    }
}

/// A UDP and a TCP socket on the same port; whoever gets the descriptors closes them.
private struct BoundSockets {
    let datagram: Int32
    let stream: Int32
    let port: UInt16

    init(_ address: IPv4Address = .loopback, port: UInt16 = 0) throws {
        let stream = try BoundSockets.bind(Int32(SOCK_STREAM.rawValue), address, port)
        try #require(listen(stream.descriptor, 16) == 0)
        let datagram = try BoundSockets.bind(Int32(SOCK_DGRAM.rawValue), address, stream.port)
        (self.datagram, self.stream, self.port) = (datagram.descriptor, stream.descriptor, stream.port)
    }

    private static func bind(
        _ kind: Int32, _ address: IPv4Address, _ port: UInt16
    ) throws -> (descriptor: Int32, port: UInt16) {
        let descriptor = socket(AF_INET, kind, 0)
        try #require(descriptor >= 0)
        try #require(withAddress(address, port) { Glibc.bind(descriptor, $0, $1) } == 0)
        var name = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &name) {
            _ = $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        return (descriptor, UInt16(bigEndian: name.sin_port))
    }
}

/// A socket's name of either family.
func withAddress<Result>(
    _ address: IPAddress, _ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) throws -> Result
) rethrows -> Result {
    guard let long = address.v6 else { return try withAddress(address.v4 ?? .any, port, body) }
    var name = sockaddr_in6()
    name.sin6_family = sa_family_t(AF_INET6)
    name.sin6_port = port.bigEndian
    withUnsafeMutableBytes(of: &name.sin6_addr) { $0.copyBytes(from: long.bytes) }
    return try withUnsafePointer(to: &name) {
        try $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            try body($0, socklen_t(MemoryLayout<sockaddr_in6>.size))
        }
    }
}

func withAddress<Result>(
    _ address: IPv4Address, _ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) throws -> Result
) rethrows -> Result {
    var name = sockaddr_in()
    name.sin_family = sa_family_t(AF_INET)
    name.sin_port = port.bigEndian
    name.sin_addr.s_addr = address.number.bigEndian
    return try withUnsafePointer(to: &name) {
        try $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            try body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
    }
}

private func ask(
    _ kind: Int32, _ message: [UInt8], _ port: UInt16, at address: IPv4Address = .loopback
) throws -> [UInt8] {
    let client = socket(AF_INET, kind, 0)
    defer { close(client) }
    var wait = timeval(tv_sec: 10, tv_usec: 0)
    setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &wait, socklen_t(MemoryLayout<timeval>.size))
    try #require(withAddress(address, port) { connect(client, $0, $1) } == 0)
    try #require(send(client, message, message.count, 0) == message.count)
    var buffer = [UInt8](repeating: 0, count: 65_536)
    var count = 0
    // A stream's answer may come in pieces: it is whole when its length says so.
    repeat {
        let more = buffer.withUnsafeMutableBytes { recv(client, $0.baseAddress.map { $0 + count }, 65_536 - count, 0) }
        try #require(more > 0)
        count += more
    } while kind == Int32(SOCK_STREAM.rawValue) && count < 2 + (Int(buffer[0]) << 8 | Int(buffer[1]))
    return Array(buffer.prefix(count))
}

private let askByDatagram: @Sendable ([UInt8], UInt16) throws -> [UInt8] = {
    try ask(Int32(SOCK_DGRAM.rawValue), $0, $1)
}

private let askByStream: @Sendable ([UInt8], UInt16) throws -> [UInt8] = {
    Array(try ask(Int32(SOCK_STREAM.rawValue), bytes(UInt16($0.count)) + $0, $1).dropFirst(2))
}
