import ControlAPI
import Glibc
import Kernel
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// HTTP/1.1 on the supervisor's unix socket. It knows transport only; what a request means is ``ControlRouter``'s.
struct ControlServer: Sendable {
    /// A stack of some thousand services is well below that.
    static let bodyLimit = 32 << 20

    typealias Connection = NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>

    private let listener: NIOAsyncChannel<Connection, Never>

    /// Listens on the socket, which is made with the mode 0600.
    init(path: String, group: any EventLoopGroup) async throws {
        unlink(path)
        listener = try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 256)
            .bind(unixDomainSocketPath: path) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(withErrorHandling: true)
                    return try Connection(
                        wrappingChannelSynchronously: channel,
                        configuration: .init(isOutboundHalfClosureEnabled: false))
                }
            }
        // Until here nobody but its owner could write to it either, by the umask.
        guard chmod(path, 0o600) == 0 else { throw KernelError("protect", path, errno: errno) }
    }

    /// Serves until cancelled. One client's failure is its own.
    func run(_ answer: @escaping @Sendable (ControlRequest, ControlResponder) async throws -> Void) async throws {
        try await withThrowingDiscardingTaskGroup { group in
            try await listener.executeThenClose { connections in
                for try await connection in connections {
                    group.addTask {
                        // A connection that breaks has nobody left to tell.
                        try? await Self.serve(connection, answer)
                    }
                }
            }
        }
    }

    private static func serve(
        _ connection: Connection, _ answer: @escaping @Sendable (ControlRequest, ControlResponder) async throws -> Void
    ) async throws {
        try await connection.executeThenClose { inbound, outbound in
            var parts = inbound.makeAsyncIterator()
            while let request = try await nextRequest(&parts, outbound) {
                let responder = ControlResponder(outbound: outbound)
                guard request.method == .POST || request.path.hasSuffix("/logs") else {
                    try await answer(request, responder)
                    continue
                }
                // What takes long ends when its client goes away. No client of ours sends a second request before
                // the answer to its first, so whatever comes is the end.
                try await withThrowingTaskGroup(of: Bool.self) { group in
                    group.addTask {
                        try await answer(request, responder)
                        return true
                    }
                    let rest = Unshared(parts)
                    group.addTask {
                        var parts = rest.value
                        _ = try await parts.next()
                        return false
                    }
                    // The answer is through: the client closes when it has read it to its end. The client is gone:
                    // nobody waits for the answer.
                    if try await group.next() == true { _ = try await group.next() }
                    group.cancelAll()
                }
                return
            }
        }
    }

    private static func nextRequest(
        _ parts: inout NIOAsyncChannelInboundStream<HTTPServerRequestPart>.AsyncIterator,
        _ outbound: NIOAsyncChannelOutboundWriter<HTTPServerResponsePart>
    ) async throws -> ControlRequest? {
        guard case .head(let head)? = try await parts.next() else { return nil }
        var body: [UInt8] = []
        while let part = try await parts.next() {
            switch part {
            case .head: return nil
            case .body(let buffer):
                body += buffer.readableBytesView
                if body.count > bodyLimit { return nil }
            case .end: return ControlRequest(method: head.method, uri: head.uri, body: body)
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

/// A request, read whole.
struct ControlRequest: Sendable {
    var method: HTTPMethod
    /// Without the query.
    var path: String
    /// `/v1/stacks/shop/up` as `["v1", "stacks", "shop", "up"]`.
    var segments: [String]
    private var query: [(name: String, value: String)]
    var body: [UInt8]

    init(method: HTTPMethod, uri: String, body: [UInt8]) {
        self.method = method
        self.body = body
        let parts = uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = String(parts[0])
        segments = parts[0].split(separator: "/").map { Self.decoded($0) }
        query = (parts.count > 1 ? parts[1] : "").split(separator: "&").map { pair in
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (Self.decoded(sides[0]), sides.count > 1 ? Self.decoded(sides[1]) : "")
        }
    }

    func value(_ name: String) -> String? { query.last { $0.name == name }?.value }
    func values(_ name: String) -> [String] { query.filter { $0.name == name }.map(\.value) }

    /// Takes percent-encoding away (RFC 3986, section 2.1).
    private static func decoded(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2).map { Character(UnicodeScalar($0)) }
            if byte == UInt8(ascii: "%"), digits.count == 2, digits.allSatisfy(\.isHexDigit),
                let value = UInt8(String(digits), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// Writes the answer to one request.
struct ControlResponder: Sendable {
    let outbound: NIOAsyncChannelOutboundWriter<HTTPServerResponsePart>
    private let begun = Box()

    private final class Box: Sendable {
        let isSet = Atomic(false)
    }

    init(outbound: NIOAsyncChannelOutboundWriter<HTTPServerResponsePart>) {
        self.outbound = outbound
    }

    /// Something of the answer has been sent.
    var hasBegun: Bool { begun.isSet.load(ordering: .relaxed) }

    /// One JSON document.
    func respond(_ value: some Encodable, status: HTTPResponseStatus = .ok) async throws {
        let body = try JSON.encode(value)
        begun.isSet.store(true, ordering: .relaxed)
        var head = head(status, type: "application/json")
        head.headers.add(name: "content-length", value: String(body.count))
        try await outbound.write(contentsOf: [
            .head(head), .body(.byteBuffer(ByteBuffer(bytes: body))), .end(nil),
        ])
    }

    /// One JSON document a line, each sent as it comes (NDJSON).
    func stream<Values: AsyncSequence>(_ values: Values) async throws where Values.Element: Encodable {
        begun.isSet.store(true, ordering: .relaxed)
        try await outbound.write(.head(head(.ok, type: "application/x-ndjson")))
        for try await value in values {
            try await outbound.write(.body(.byteBuffer(ByteBuffer(bytes: JSON.line(value)))))
        }
        try await outbound.write(.end(nil))
    }

    private func head(_ status: HTTPResponseStatus, type: String) -> HTTPResponseHead {
        HTTPResponseHead(version: .http1_1, status: status, headers: ["content-type": type])
    }
}
