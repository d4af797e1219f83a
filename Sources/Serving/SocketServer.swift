import Glibc
import Kernel
import NIOCore
import NIOHTTP1
import NIOPosix
import Orchestration
import Sandboxes

/// HTTP/1.1 on a unix socket. It knows transport only; what a request means is its router's.
struct SocketServer: Sendable {
    /// A stack of some thousand services is well below that.
    private static let longestBody = 32 << 20
    /// Before the next attempt to accept, when there is no descriptor for a connection.
    private static let pause = Duration.milliseconds(100)

    private typealias Connection = NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>

    private final class Listener: Sendable {
        let socket: UnixSocket

        init(path: String) throws { socket = try UnixSocket(listeningAt: path) }
    }

    private let listener: Listener
    private let routers: [any Router]
    private let group: any EventLoopGroup

    /// Listens on the socket, which is made with the mode 0600.
    init(path: String, routers: [any Router], group: any EventLoopGroup) throws {
        listener = try Listener(path: path)
        self.routers = routers
        self.group = group
    }

    /// Serves until cancelled. One client's failure is its own.
    ///
    /// - Parameter around: what is done around each answer.
    func run(_ around: @escaping @Sendable (@Sendable () async throws -> Void) async throws -> Void) async throws {
        try await withThrowingDiscardingTaskGroup { group in
            while true {
                await Readiness.readable(listener.socket.descriptor.number)
                try Task.checkCancellation()
                do {
                    while let connection = try listener.socket.accept() {
                        let number = connection.release()
                        group.addTask {
                            // A connection that breaks has nobody left to tell.
                            try? await serve(OwnedDescriptor(taking: number), around)
                        }
                    }
                } catch {
                    // No descriptor is left: clients wait until others have gone.
                    try await Task.sleep(for: Self.pause)
                }
            }
        }
    }

    private func serve(
        _ socket: consuming OwnedDescriptor,
        _ around: @escaping @Sendable (@Sendable () async throws -> Void) async throws -> Void
    ) async throws {
        // The event loop reads bytes only, so descriptors are taken first: they come with the first byte.
        var passed = try UnixSocket.peekDescriptors(socket)
        while passed == nil {
            await Readiness.readable(socket.number)
            try Task.checkCancellation()
            passed = try UnixSocket.peekDescriptors(socket)
        }
        let descriptors = PassedDescriptors(taking: passed ?? [])
        let connection = try await ClientBootstrap(group: group).withConnectedSocket(socket.release()) { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.configureHTTPServerPipeline(withErrorHandling: true)
                return try Connection(
                    wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: false))
            }
        }
        try await connection.executeThenClose { inbound, outbound in
            var parts = inbound.makeAsyncIterator()
            while let request = try await Self.nextRequest(&parts, descriptors) {
                let responder = Responder(outbound: outbound)
                let handler = routers.handler(for: request)
                guard handler.endsWithClient else {
                    try await around { try await handler.answer(responder) }
                    continue
                }
                return try await Self.answer(whileConnected: parts) {
                    try await around { try await handler.answer(responder) }
                }
            }
        }
    }

    private typealias Parts = NIOAsyncChannelInboundStream<HTTPServerRequestPart>.AsyncIterator

    /// What takes long ends when its client goes away. No client of ours sends a second request before the answer to its
    /// first, so whatever comes is the end.
    private static func answer(
        whileConnected parts: Parts, _ answer: @escaping @Sendable () async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await answer()
                return true
            }
            let rest = Unshared(parts)
            group.addTask {
                var parts = rest.value
                _ = try await parts.next()
                return false
            }
            // The answer is through: the client closes when it has read it to its end. The client is gone: nobody waits
            // for the answer.
            if try await group.next() == true { _ = try await group.next() }
            group.cancelAll()
        }
    }

    private static func nextRequest(
        _ parts: inout Parts, _ descriptors: PassedDescriptors
    ) async throws -> ReceivedRequest? {
        guard case .head(let head)? = try await parts.next() else { return nil }
        var body: [UInt8] = []
        while let part = try await parts.next() {
            switch part {
            case .head: return nil
            case .body(let buffer):
                body += buffer.readableBytesView
                if body.count > longestBody { return nil }
            case .end:
                return ReceivedRequest(
                    method: head.method, uri: head.uri, headers: head.headers, body: body, descriptors: descriptors)
            }
        }
        return nil
    }
}

/// Hands a value to one task that alone uses it from then on.
private struct Unshared<Value>: @unchecked Sendable {
    // Proof: the one instance is made from a local value that its maker doesn't touch again, and is read by one task.
    let value: Value
    init(_ value: Value) { self.value = value }
}
