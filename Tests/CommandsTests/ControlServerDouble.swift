import ControlAPI
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

@testable import Commands

/// An answer of the test's server.
enum Reply: Sendable {
    case json(String, status: HTTPResponseStatus = .ok)
    /// Lines, sent one after the other; `complete` false breaks the connection off after the last.
    case lines([String], complete: Bool = true)
    /// Lines, and then nothing more until the client goes.
    case endless([String])
    /// The connection is closed without an answer.
    case hangUp
}

/// A real HTTP server on a unix socket that answers with what a test says.
final class ControlServerDouble: Sendable {
    let directory: String
    var socketPath: String { directory + "/supervisor.sock" }
    let requests = Mutex<[(path: String, body: [UInt8])]>([])
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let reply: @Sendable (_ path: String, _ count: Int) -> Reply

    init(reply: @escaping @Sendable (_ path: String, _ count: Int) -> Reply) throws {
        var template = Array("/tmp/roost-commands-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw CommandFailure("no directory for the test") }
        directory = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        self.reply = reply
    }

    /// Serves while `body` runs, and cleans up.
    func run(_ body: @Sendable (ControlClient) async throws -> Void) async throws {
        let listener = try await ServerBootstrap(group: group).bind(unixDomainSocketPath: socketPath) { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                return try NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>(
                    wrappingChannelSynchronously: channel)
            }
        }
        let client = ControlClient(socketPath: socketPath)
        let result: Result<Void, any Error> = await withTaskGroup(of: Void.self) { tasks in
            tasks.addTask { await self.serve(listener) }
            defer { tasks.cancelAll() }
            do { return .success(try await body(client)) } catch { return .failure(error) }
        }
        unlink(socketPath)
        rmdir(directory)
        try await group.shutdownGracefully()
        try result.get()
    }

    typealias Connection = NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>

    private func serve(_ listener: NIOAsyncChannel<Connection, Never>) async {
        await withDiscardingTaskGroup { tasks in
            // A listener that is closed with the test has nothing to tell.
            try? await listener.executeThenClose { connections in
                for try await connection in connections {
                    tasks.addTask { try? await self.answer(connection) }
                }
            }
            tasks.cancelAll()
        }
    }

    private func answer(_ connection: Connection) async throws {
        try await connection.executeThenClose { inbound, outbound in
            var path = ""
            var body: [UInt8] = []
            var parts = inbound.makeAsyncIterator()
            while let part = try await parts.next() {
                switch part {
                case .head(let head): path = head.uri
                case .body(let chunk): body += chunk.readableBytesView
                case .end:
                    let (request, content) = (path, body)
                    let count = requests.withLock {
                        $0.append((request, content))
                        return $0.count
                    }
                    let waits = try await send(reply(path, count), outbound)
                    // The client closes once it has everything; closing first would drop what isn't written yet.
                    if waits { _ = try await parts.next() }
                    return
                }
            }
        }
    }

    /// Whether the connection is to stay until the client closes it.
    private func send(
        _ reply: Reply, _ outbound: NIOAsyncChannelOutboundWriter<HTTPServerResponsePart>
    ) async throws -> Bool {
        func head(_ status: HTTPResponseStatus) async throws {
            try await outbound.write(.head(HTTPResponseHead(version: .http1_1, status: status)))
        }
        func send(_ text: String) async throws {
            try await outbound.write(.body(.byteBuffer(ByteBuffer(string: text))))
        }
        switch reply {
        case .json(let text, let status):
            try await head(status)
            try await send(text)
            try await outbound.write(.end(nil))
        case .lines(let lines, let complete):
            try await head(.ok)
            for line in lines { try await send(line + "\n") }
            if complete { try await outbound.write(.end(nil)) }
            return complete
        case .endless(let lines):
            try await head(.ok)
            for line in lines { try await send(line + "\n") }
        case .hangUp: return false
        }
        return true
    }
}

/// An event as a line of NDJSON.
func line(_ value: some Encodable) -> String {
    do { return String(decoding: try JSON.encode(value), as: UTF8.self) } catch { return "\(error)" }
}
