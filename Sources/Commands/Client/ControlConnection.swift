import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix

typealias ResponseParts = NIOAsyncChannelInboundStream<HTTPClientResponsePart>

/// One connection to the supervisor's socket: one request, one answer.
struct ControlConnection {
    /// The socket's name has to fit `sockaddr_un` (man 7 unix), with its zero.
    static let longestSocketPath = 107

    private let channel: NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>

    /// `ClientError.nobodyListens` when there is no supervisor.
    static func open(_ socketPath: String, for request: String, on group: any EventLoopGroup) async throws -> Self {
        func failure(_ cause: ClientError.Cause) -> ClientError {
            ClientError(cause: cause, request: request, socketPath: socketPath)
        }
        guard socketPath.utf8.count <= longestSocketPath else {
            throw failure(.connecting("the path has more than \(longestSocketPath) bytes; choose a shorter --run-root"))
        }
        do {
            return Self(channel: try await connect(socketPath, on: group))
        } catch let error as IOError where error.errnoCode == ENOENT || error.errnoCode == ECONNREFUSED {
            throw failure(.nobodyListens)
        } catch let error as IOError {
            throw failure(.connecting(String(cString: strerror(error.errnoCode))))
        }
    }

    private static func connect(
        _ socketPath: String, on group: any EventLoopGroup
    ) async throws -> NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart> {
        try await ClientBootstrap(group: group)
            .connectTimeout(.seconds(5))
            .connect(unixDomainSocketPath: socketPath) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    return try NIOAsyncChannel(wrappingChannelSynchronously: channel)
                }
            }
    }

    /// Sends the request and hands over the parts of the answer. The connection is closed when `body` returns.
    func exchange<Result: Sendable>(
        _ request: ControlRequest, _ body: (ResponseParts) async throws -> Result
    ) async throws -> Result {
        var head = HTTPRequestHead(version: .http1_1, method: request.method, uri: request.path)
        head.headers = [
            "Host": "roost", "Connection": "close", "Content-Type": "application/json",
            "Content-Length": String(request.body.count),
        ]
        let parts: [HTTPClientRequestPart] = [
            .head(head), .body(.byteBuffer(ByteBuffer(bytes: request.body))), .end(nil),
        ]
        return try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(contentsOf: parts)
            return try await body(inbound)
        }
    }
}
