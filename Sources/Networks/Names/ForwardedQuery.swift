import Addressing
import NIOCore
import NIOPosix

/// A question that other servers are asked, one after the other. It goes out as it came, but for its identifier; each
/// attempt has a port and an identifier of its own, so that nobody can guess both and answer first.
struct ForwardedQuery: Sendable {
    var message: [UInt8]
    var query: NameQuery
    /// How the question came. An answer that is too large for a datagram is fetched over a stream only for an asker on
    /// a stream; any other is told so, and asks again over one.
    var transport: NameTransport

    /// How long one server has for its answer.
    static let timeout = TimeAmount.seconds(2)
    /// Servers beyond the third are not asked, as in resolv.conf (MAXNS).
    static let maximumServers = 3

    private enum Failure: Error {
        case silence
        case address
    }

    /// The first good answer; nil if no server gave any.
    func ask(_ servers: ArraySlice<UpstreamServer>, on loop: any EventLoop) -> EventLoopFuture<[UInt8]?> {
        ask(servers.prefix(Self.maximumServers), lastAnswer: nil, on: loop)
    }

    private func ask(
        _ servers: ArraySlice<UpstreamServer>, lastAnswer: [UInt8]?, on loop: any EventLoop
    ) -> EventLoopFuture<[UInt8]?> {
        guard let server = servers.first else { return loop.makeSucceededFuture(lastAnswer) }
        return attempt(server, over: .datagram, on: loop)
            .flatMap { answer in
                isTruncated(answer) && transport == .stream
                    ? attempt(server, over: .stream, on: loop) : loop.makeSucceededFuture(answer)
            }
            .map { Optional($0) }
            .flatMapErrorWithEventLoop { _, loop in loop.makeSucceededFuture(nil) }
            .flatMap { answer in
                if let answer, !isRefusal(answer) { return loop.makeSucceededFuture(answer) }
                return ask(servers.dropFirst(), lastAnswer: answer ?? lastAnswer, on: loop)
            }
    }

    /// Whether the server could not or would not answer (SERVFAIL, REFUSED), and another one may.
    private func isRefusal(_ answer: [UInt8]) -> Bool {
        var reader = NameReader(answer)
        return [2, 5].contains(reader.header()?.code)
    }

    private func isTruncated(_ answer: [UInt8]) -> Bool {
        var reader = NameReader(answer)
        return reader.header()?.isTruncated == true
    }

    private func attempt(
        _ server: UpstreamServer, over transport: NameTransport, on loop: any EventLoop
    ) -> EventLoopFuture<[UInt8]> {
        guard let address = try? SocketAddress(ipAddress: "\(server.address)", port: Int(server.port)) else {
            // `try?`: it can't happen, as an IPAddress' text is one.
            return loop.makeFailedFuture(Failure.address)
        }
        let id = UInt16.random(in: .min ... .max)
        let answer = loop.makePromise(of: [UInt8].self)
        let timer = loop.scheduleTask(in: Self.timeout) { answer.fail(Failure.silence) }
        let connected = connect(to: address, over: transport, on: loop) { ForwardedQueryHandler(query, id, answer) }
        connected.whenFailure { answer.fail($0) }
        connected.whenSuccess { channel in
            let question = bytes(id) + message.dropFirst(2)
            switch transport {
            case .datagram:
                let envelope = AddressedEnvelope(remoteAddress: address, data: ByteBuffer(bytes: question))
                channel.writeAndFlush(envelope).cascadeFailure(to: answer)
            case .stream: channel.writeAndFlush(NameFrameDecoder.frame(question)).cascadeFailure(to: answer)
            }
            answer.futureResult.whenComplete { _ in channel.close(promise: nil) }
        }
        answer.futureResult.whenComplete { _ in timer.cancel() }
        return answer.futureResult.map { bytes(query.id) + $0.dropFirst(2) }
    }

    private func connect(
        to address: SocketAddress, over transport: NameTransport, on loop: any EventLoop,
        handler: @escaping @Sendable () -> ForwardedQueryHandler
    ) -> EventLoopFuture<any Channel> {
        switch transport {
        case .datagram:
            let room = Int(max(query.datagramSize ?? 0, NameResponse.plainDatagramSize))
            return DatagramBootstrap(group: loop)
                .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: room))
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(EnvelopeOpener())
                        try channel.pipeline.syncOperations.addHandler(handler())
                    }
                }
                .connect(to: address)
        case .stream:
            return ClientBootstrap(group: loop).connectTimeout(Self.timeout)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(ByteToMessageHandler(NameFrameDecoder()))
                        try channel.pipeline.syncOperations.addHandler(handler())
                    }
                }
                .connect(to: address)
        }
    }
}

/// Takes datagrams out of their envelopes; the socket is connected, so they all come from one server.
private final class EnvelopeOpener: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>
    typealias InboundOut = ByteBuffer

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        context.fireChannelRead(wrapInboundOut(unwrapInboundIn(data).data))
    }
}

/// Waits for the answer to one question; what isn't one is passed over.
final class ForwardedQueryHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let query: NameQuery
    private let id: UInt16
    private let answer: EventLoopPromise<[UInt8]>

    init(_ query: NameQuery, _ id: UInt16, _ answer: EventLoopPromise<[UInt8]>) {
        self.query = query
        self.id = id
        self.answer = answer
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let message = Array(unwrapInboundIn(data).readableBytesView)
        if query.isAnswered(by: message, id: id) { answer.succeed(message) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        answer.fail(error)
    }

    func channelInactive(context: ChannelHandlerContext) {
        answer.fail(ChannelError.eof)
    }
}
