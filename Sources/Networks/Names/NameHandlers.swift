import NIOCore

/// Questions that come as datagrams.
final class NameDatagramHandler: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>
    typealias OutboundOut = AddressedEnvelope<ByteBuffer>

    private let endpoint: NameEndpoint

    init(_ endpoint: NameEndpoint) {
        self.endpoint = endpoint
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let envelope = unwrapInboundIn(data)
        let (channel, asker) = (context.channel, envelope.remoteAddress)
        endpoint.answer(Array(envelope.data.readableBytesView), over: .datagram, on: context.eventLoop)
            .whenSuccess { answer in
                guard let answer else { return }
                let data = ByteBuffer(bytes: answer)
                channel.writeAndFlush(AddressedEnvelope(remoteAddress: asker, data: data), promise: nil)
            }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // An asker that went away is reported here (ECONNREFUSED); the socket serves on.
    }
}

/// Messages on a stream, each after its length in two bytes (RFC 1035, section 4.2.2).
struct NameFrameDecoder: ByteToMessageDecoder {
    typealias InboundOut = ByteBuffer

    mutating func decode(context: ChannelHandlerContext, buffer: inout ByteBuffer) -> DecodingState {
        guard let message = buffer.readLengthPrefixedSlice(as: UInt16.self) else { return .needMoreData }
        context.fireChannelRead(wrapInboundOut(message))
        return .continue
    }

    mutating func decodeLast(
        context: ChannelHandlerContext, buffer: inout ByteBuffer, seenEOF: Bool
    ) -> DecodingState {
        decode(context: context, buffer: &buffer)
    }

    /// A message as it goes over a stream.
    static func frame(_ message: [UInt8]) -> ByteBuffer {
        ByteBuffer(bytes: bytes(UInt16(truncatingIfNeeded: message.count)) + message)
    }
}

/// Questions that come over a stream.
final class NameStreamHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// How long a stream may be silent.
    static let idleTime = TimeAmount.seconds(10)

    private let endpoint: NameEndpoint

    init(_ endpoint: NameEndpoint) {
        self.endpoint = endpoint
    }

    func channelActive(context: ChannelHandlerContext) {
        guard endpoint.accept(context.channel) else {
            context.close(promise: nil)
            return
        }
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        endpoint.dropped(context.channel)
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let channel = context.channel
        endpoint.answer(Array(unwrapInboundIn(data).readableBytesView), over: .stream, on: context.eventLoop)
            .whenSuccess { answer in
                guard let answer else { return channel.close(promise: nil) }
                channel.writeAndFlush(NameFrameDecoder.frame(answer), promise: nil)
            }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is IdleStateHandler.IdleStateEvent { context.close(promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
