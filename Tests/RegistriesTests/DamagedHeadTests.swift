import NIOCore
import NIOPosix
import OCI
import Synchronization
import Testing

@testable import Registries

/// The head of an answer in which something is wrong: an error, or the content, but never the end of the process.
struct DamagedHeadTests {
    private static let content = Array("the blob".utf8)
    private static let descriptor = Descriptor(
        mediaType: .layer, digest: Digest.sha256(of: content), size: Int64(content.count))

    /// What a status, and what the head says besides it, comes to.
    @Test(arguments: [
        ("200 OK", true), ("000 OK", false), ("004 OK", false), ("006 OK", false), ("099 OK", false),
        ("100 Continue", false), ("101 Switching Protocols", false), ("199 OK", false), ("201 Created", false),
        ("204 No Content", false), ("206 Partial Content", false), ("304 Not Modified", false), ("600 OK", false),
        ("999 OK", false), ("65536 OK", false), ("99999999999999999999 OK", false), ("-1 OK", false), ("", false),
    ])
    func aStatus(_ status: String, _ isRight: Bool) async throws {
        let head = "HTTP/1.1 \(status)\r\ncontent-length: \(Self.content.count)\r\n\r\n"
        #expect(try await Self.fetch([Array(head.utf8)]) == [isRight])
    }

    /// Every single bit of a head, as an unlucky connection turns them.
    @Test func aTurnedBit() async throws {
        let head = Array(
            """
            HTTP/1.1 200 OK\r
            content-length: \(Self.content.count)\r
            content-range: bytes 0-7/8\r
            connection: keep-alive\r
            \r

            """.utf8)
        let damaged = (0..<head.count * 8).map { bit in
            var copy = head
            copy[bit / 8] ^= 1 << (bit % 8)
            return copy
        }
        let right = try await Self.fetch(damaged).count { $0 }
        // Most headers don't matter; the status, the length and the line ends do.
        #expect(right > damaged.count / 4 && right < damaged.count)
    }

    /// A part that begins nowhere near, and lengths at the end of what numbers can say.
    @Test(arguments: [
        ("4-7/8", "9223372036854775807"), ("4-9223372036854775807/*", "9223372036854775807"),
        ("9223372036854775806-9223372036854775807/*", "2"), ("0-9223372036854775806/9223372036854775807", "4"),
        ("4-3/8", "4"), ("-4-7/8", "4"), ("/", "4"), ("", "4"),
    ])
    func aPart(_ range: String, _ length: String) async throws {
        let head = "HTTP/1.1 206 OK\r\ncontent-length: \(length)\r\ncontent-range: bytes \(range)\r\n\r\n"
        #expect(try await Self.fetch([Array(head.utf8)], from: 4) == [false])
    }

    /// For each head, whether the blob comes after it.
    private static func fetch(_ heads: [[UInt8]], from offset: Int64 = 0) async throws -> [Bool] {
        var pacing = Pacing()
        pacing.policy.attempts = 1
        var limits = RegistryClient.Limits()
        limits.answerSeconds = 10
        let client = RegistryClient(configuration: RegistryConfiguration(), limits: limits, pacing: pacing)
        let answer = Answer()
        var results: [Bool] = []
        let server = try await answer.serve()
        do {
            let reference = try Reference(parsing: "127.0.0.1:\(server.localAddress?.port ?? 0)/app:1")
            for head in heads {
                answer.bytes.withLock { $0 = head + content[Int(offset)...] }
                var bytes: [UInt8] = []
                do {
                    try await client.blob(descriptor, of: reference, from: offset) { bytes += $0 }
                    #expect(bytes == Array(content[Int(offset)...]))
                    results.append(true)
                } catch is RegistryError {
                    results.append(false)
                }
            }
        } catch {
            try await server.close()
            try await client.shutdown()
            throw error
        }
        try await server.close()
        try await client.shutdown()
        return results
    }
}

/// Answers each request with the same bytes, whatever they are, and ends the connection.
private final class Answer: Sendable {
    let bytes = Mutex<[UInt8]>([])

    func serve() async throws -> any Channel {
        try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { [self] channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Handler(self))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let answer: Answer
        private var request: [UInt8] = []

        init(_ answer: Answer) {
            self.answer = answer
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            request += unwrapInboundIn(data).readableBytesView
            // Whoever speaks TLS here, to see whether that is what is wanted, gets no answer.
            guard request.first == UInt8(ascii: "G") else { return context.close(promise: nil) }
            guard request.suffix(4) == Array("\r\n\r\n".utf8)[...] else { return }
            let bytes = answer.bytes.withLock { $0 }
            let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)))
                .whenComplete { _ in bound.value.close(promise: nil) }
        }
    }
}
