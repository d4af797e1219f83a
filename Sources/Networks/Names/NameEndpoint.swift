import NIOCore
import Synchronization

/// What a container's questions are answered from, its sockets, and how much is under way for it.
final class NameEndpoint: Sendable {
    private struct State {
        var turn = 0
        var forwarding = 0
        var isClosed = false
        var listeners: [any Channel] = []
        var streams: [ObjectIdentifier: any Channel] = [:]
    }

    private let state = Mutex(State())
    private let servers: [UpstreamServer]
    private let table: @Sendable () -> NameTable

    /// Questions of one container that wait for other servers; more are refused at once.
    static let maximumForwarding = 64
    /// Streams that one container may have open.
    static let maximumStreams = 16

    init(servers: [UpstreamServer], table: @escaping @Sendable () -> NameTable) {
        self.servers = servers
        self.table = table
    }

    /// Takes over a channel that questions come through; it is closed with the endpoint.
    func adopt(_ listener: any Channel) {
        state.withLock { $0.listeners.append(listener) }
    }

    /// Whether one more stream may be served; if so, it counts until it is ``dropped(_:)``.
    func accept(_ stream: any Channel) -> Bool {
        state.withLock {
            guard !$0.isClosed, $0.streams.count < Self.maximumStreams else { return false }
            $0.streams[ObjectIdentifier(stream)] = stream
            return true
        }
    }

    func dropped(_ stream: any Channel) {
        state.withLock { _ = $0.streams.removeValue(forKey: ObjectIdentifier(stream)) }
    }

    func close() async {
        let channels = state.withLock { state in
            state.isClosed = true
            defer { state.listeners = [] }
            return state.listeners + state.streams.values
        }
        for channel in channels {
            // The only failure is that it is closed already.
            try? await channel.close()
        }
    }

    /// The answer to a message, nil if it deserves none.
    func answer(
        _ message: [UInt8], over transport: NameTransport, on loop: any EventLoop
    ) -> EventLoopFuture<[UInt8]?> {
        let query: NameQuery
        do {
            query = try NameQuery(parsing: message)
        } catch {
            switch error {
            case .ignored: return loop.makeSucceededFuture(nil)
            case .answered(let id, let code): return loop.makeSucceededFuture(NameResponse.bare(id: id, code))
            }
        }
        let turn = state.withLock {
            $0.turn = ($0.turn + 1) & 0xffff
            return $0.turn
        }
        let limit = transport.limit(for: query)
        if let response = table().answer(to: query, turn: turn) {
            return loop.makeSucceededFuture(response.encoded(for: query, limit: limit))
        }
        guard !servers.isEmpty else {
            return loop.makeSucceededFuture(NameResponse(code: .nameError).encoded(for: query, limit: limit))
        }
        return forward(message, query, over: transport, on: loop)
            .map { $0 ?? NameResponse(code: .serverFailure).encoded(for: query, limit: limit) }
    }

    private func forward(
        _ message: [UInt8], _ query: NameQuery, over transport: NameTransport, on loop: any EventLoop
    ) -> EventLoopFuture<[UInt8]?> {
        let accepted = state.withLock {
            guard $0.forwarding < Self.maximumForwarding else { return false }
            $0.forwarding += 1
            return true
        }
        guard accepted else { return loop.makeSucceededFuture(nil) }
        let answer = ForwardedQuery(message: message, query: query, transport: transport).ask(servers[...], on: loop)
        answer.whenComplete { _ in self.state.withLock { $0.forwarding -= 1 } }
        return answer
    }
}

/// How a question came.
enum NameTransport: Sendable {
    case datagram
    case stream

    /// The most bytes that an answer may have.
    func limit(for query: NameQuery) -> Int {
        switch self {
        case .datagram: Int(min(query.datagramSize ?? NameResponse.plainDatagramSize, NameResponse.ownDatagramSize))
        case .stream: Int(UInt16.max)
        }
    }
}
