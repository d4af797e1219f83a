import NIOCore
import NIOHTTP1

/// Ends a connection whose answer has a status below 100.
///
/// NIO's decoder lets such a one pass as an answer with a body. async-http-client (1.37) takes it for an interim answer,
/// which has none, and ends the whole process at the body: one damaged bit makes `200` a `000`, and a hostile registry
/// needs no damage. So it has to be caught between the two.
final class StatusCheck: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias InboundOut = HTTPClientResponsePart

    /// Nothing that comes after a refused head is passed on.
    private var hasRefused = false

    /// Puts a check into the connection, behind the decoder. Called on its event loop, when the library's handlers are
    /// in place.
    static func add(to channel: any Channel) throws {
        let pipeline = channel.pipeline.syncOperations
        let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPResponseDecoder>.self)
        try pipeline.addHandler(StatusCheck(), position: .after(decoder))
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !hasRefused else { return }
        if case .head(let head) = unwrapInboundIn(data), head.status.code < 100 {
            hasRefused = true
            context.fireErrorCaught(HTTPParserError.invalidStatus)
            context.close(promise: nil)
        } else {
            context.fireChannelRead(data)
        }
    }
}
