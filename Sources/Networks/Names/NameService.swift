public import Addressing
import Glibc
public import NIOCore
import NIOPosix

/// A server that questions are forwarded to.
struct UpstreamServer: Hashable, Sendable {
    var address: IPAddress
    var port: UInt16

    init(_ address: IPAddress, port: UInt16 = 53) {
        self.address = address
        self.port = port
    }
}

/// Answers one container's questions for names, from the sockets in its network namespace.
///
/// It runs on an event loop of the group it is given and holds nothing but two sockets between questions.
public final class NameService: Sendable {
    private let endpoint: NameEndpoint

    /// Room for one question; containers ask in far fewer bytes.
    private static let receiveBuffer = 2048

    /// Starts to answer. Both descriptors are bound to port 53 of the container's resolver address
    /// (``ResolvConf/nameService``); they belong to the service from here on, also if it fails. `table` is asked at
    /// each question, so that changes count at once; `upstreams` are asked for names that aren't in it, in this order,
    /// and without any there are no other names.
    public convenience init(
        datagram: Int32, stream: Int32, upstreams: [IPAddress], group: any EventLoopGroup,
        table: @escaping @Sendable () -> NameTable
    ) async throws {
        try await self.init(
            datagram: datagram, stream: stream, servers: upstreams.map { UpstreamServer($0) }, group: group,
            table: table)
    }

    init(
        datagram: Int32, stream: Int32, servers: [UpstreamServer], group: any EventLoopGroup,
        table: @escaping @Sendable () -> NameTable
    ) async throws {
        endpoint = NameEndpoint(servers: servers, table: table)
        let loop = group.next()
        do {
            endpoint.adopt(try await Self.receive(datagram, for: endpoint, on: loop))
        } catch {
            close(stream)
            throw error
        }
        do {
            endpoint.adopt(try await Self.listen(stream, for: endpoint, on: loop))
        } catch {
            await endpoint.close()
            throw error
        }
    }

    /// Stops to answer and closes both sockets and all open streams.
    public func stop() async {
        await endpoint.close()
    }

    private static func receive(
        _ descriptor: Int32, for endpoint: NameEndpoint, on loop: any EventLoop
    ) async throws -> any Channel {
        try await DatagramBootstrap(group: loop)
            .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: receiveBuffer))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(NameDatagramHandler(endpoint))
                }
            }
            .withBoundSocket(descriptor).get()
    }

    private static func listen(
        _ descriptor: Int32, for endpoint: NameEndpoint, on loop: any EventLoop
    ) async throws -> any Channel {
        try await ServerBootstrap(group: loop)
            .childChannelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: receiveBuffer))
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(IdleStateHandler(readTimeout: NameStreamHandler.idleTime))
                    try pipeline.addHandler(ByteToMessageHandler(NameFrameDecoder()))
                    try pipeline.addHandler(NameStreamHandler(endpoint))
                }
            }
            .withBoundSocket(descriptor).get()
    }
}
