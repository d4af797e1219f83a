import ControlAPI
import NIOCore
import NIOHTTP1
import Synchronization

/// Writes the answer to one request.
struct Responder: Sendable {
    private let outbound: NIOAsyncChannelOutboundWriter<HTTPServerResponsePart>
    private let begun = Begun()

    private final class Begun: Sendable {
        let isSet = Atomic(false)
    }

    init(outbound: NIOAsyncChannelOutboundWriter<HTTPServerResponsePart>) {
        self.outbound = outbound
    }

    /// Something of the answer has been sent.
    var hasBegun: Bool { begun.isSet.load(ordering: .relaxed) }

    /// One JSON document.
    func respond(_ value: some Encodable, status: HTTPResponseStatus = .ok) async throws {
        try await respond(json: JSON.encode(value), status: status)
    }

    /// One JSON document that is encoded already.
    func respond(json: [UInt8], status: HTTPResponseStatus = .ok, headers: HTTPHeaders = [:]) async throws {
        begun.isSet.store(true, ordering: .relaxed)
        var head = head(status, type: "application/json")
        head.headers.add(contentsOf: headers)
        head.headers.add(name: "content-length", value: String(json.count))
        try await outbound.write(contentsOf: [
            .head(head), .body(.byteBuffer(ByteBuffer(bytes: json))), .end(nil),
        ])
    }

    /// One JSON document a line (NDJSON), as many at once as there are.
    func stream<Value: Encodable>(
        line: @escaping (Value) throws -> [UInt8] = { try JSON.encode($0) },
        _ body: (_ send: ([Value]) async throws -> Void) async throws -> Void
    ) async throws {
        begun.isSet.store(true, ordering: .relaxed)
        try await outbound.write(.head(head(.ok, type: "application/x-ndjson")))
        try await body { values in
            var lines: [UInt8] = []
            for value in values {
                lines += try line(value)
                lines.append(UInt8(ascii: "\n"))
            }
            try await outbound.write(.body(.byteBuffer(ByteBuffer(bytes: lines))))
        }
        try await outbound.write(.end(nil))
    }

    private func head(_ status: HTTPResponseStatus, type: String) -> HTTPResponseHead {
        HTTPResponseHead(version: .http1_1, status: status, headers: ["content-type": type])
    }
}
