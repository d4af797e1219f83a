import NIOCore
import NIOHTTP1
import NIOPosix

/// An HTTP server on the loopback that answers as a test wants it to.
final class TestServer: Sendable {
    struct Request: Sendable {
        let method: HTTPMethod
        let uri: String
        let headers: HTTPHeaders
        let body: [UInt8]

        var range: String? { headers.first(name: "range") }
        var path: String { String(uri.prefix { $0 != "?" }) }
    }

    /// What becomes of an answer's body.
    enum Manner: Sendable {
        case whole
        /// The connection ends after so many bytes.
        case cut(Int)
        /// A byte now and then, without end.
        case trickle
        /// Nothing comes, and the connection stays.
        case silent
        /// The connection ends without an answer.
        case dropped
    }

    struct Answer: Sendable {
        var status = HTTPResponseStatus.ok
        var headers: [(String, String)] = []
        var body = ""
        var manner = Manner.whole
        /// Called when a connection that is cut has ended on this side.
        var whenCut: @Sendable () -> Void = {}
    }

    private let channel: any Channel
    let port: Int

    private init(_ channel: any Channel, port: Int) {
        self.channel = channel
        self.port = port
    }

    var address: String { "127.0.0.1:\(port)" }

    /// Starts a server, and stops it after `body`.
    static func with(
        _ answer: @escaping @Sendable (Request) -> Answer, _ body: (TestServer) async throws -> Void
    ) async throws {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Handler(answer))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let server = TestServer(channel, port: channel.localAddress?.port ?? 0)
        do {
            try await body(server)
        } catch {
            try await channel.close()
            throw error
        }
        try await channel.close()
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let answer: @Sendable (Request) -> Answer
        private var head: HTTPRequestHead?
        private var body: [UInt8] = []

        init(_ answer: @escaping @Sendable (Request) -> Answer) {
            self.answer = answer
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head):
                self.head = head
                body = []
            case .body(let piece): body += piece.readableBytesView
            case .end:
                guard let head else { return }
                let request = Request(method: head.method, uri: head.uri, headers: head.headers, body: body)
                respond(answer(request), to: head, context)
            }
        }

        private func respond(_ answer: Answer, to request: HTTPRequestHead, _ context: ChannelHandlerContext) {
            if case .silent = answer.manner { return }
            if case .dropped = answer.manner {
                context.close(promise: nil)
                return
            }
            var headers = HTTPHeaders(answer.headers)
            if !headers.contains(name: "content-length"), !headers.contains(name: "transfer-encoding") {
                headers.add(name: "content-length", value: "\(answer.body.utf8.count)")
            }
            context.write(
                wrapOutboundOut(.head(.init(version: .http1_1, status: answer.status, headers: headers))), promise: nil)
            switch answer.manner {
            case .cut(let count):
                let body = context.channel.allocator.buffer(string: String(answer.body.prefix(count)))
                let context = NIOLoopBound(context, eventLoop: context.eventLoop)
                context.value.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(body))))
                    .whenComplete { _ in context.value.close().whenComplete { _ in answer.whenCut() } }
            case .trickle:
                context.flush()
                trickle(context)
            case .whole, .silent, .dropped:
                if request.method != .HEAD {
                    let body = context.channel.allocator.buffer(string: answer.body)
                    context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
                }
                context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            }
        }

        private func trickle(_ context: ChannelHandlerContext) {
            guard context.channel.isActive else { return }
            context.writeAndFlush(
                wrapOutboundOut(.body(.byteBuffer(context.channel.allocator.buffer(string: "x")))), promise: nil)
            let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
            context.eventLoop.scheduleTask(in: .milliseconds(20)) { bound.value.0.trickle(bound.value.1) }
        }
    }
}
