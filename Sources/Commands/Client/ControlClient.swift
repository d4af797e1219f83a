import ControlAPI
import NIOCore
import NIOHTTP1
import NIOPosix

/// The supervisor as the commands see it.
///
/// It speaks HTTP through NIO's own handlers: one connection a command needs no pool, no redirects and no TLS, and a
/// start pays for every thread and object that a general client would make.
final class ControlClient: Sendable {
    /// Larger answers than this aren't read into memory at once.
    static let largestBody = 64 << 20
    /// How long an answer that isn't streamed may take.
    static let answerTimeout: Int64 = 60

    private let socketPath: String
    private let group: any EventLoopGroup
    /// Brings a supervisor up when nobody listens; `nil`: that is an error.
    private let start: (@Sendable () async throws -> Void)?

    init(socketPath: String, group: any EventLoopGroup, start: (@Sendable () async throws -> Void)? = nil) {
        self.socketPath = socketPath
        self.group = group
        self.start = start
    }

    /// The decoded answer of a request that isn't streamed.
    func fetch<Answer: Decodable & Sendable>(_ request: ControlRequest, as type: Answer.Type) async throws -> Answer {
        let bytes = try await fetch(request)
        do {
            return try JSON.decode(type, from: bytes)
        } catch {
            throw failure(.badAnswer("\(type) expected, \(bytes.count) bytes received"), request)
        }
    }

    /// The bytes of an answer that isn't streamed.
    func fetch(_ request: ControlRequest) async throws -> [UInt8] {
        try await withTimeout(request) {
            try await self.exchange(request) { parts in try await self.collect(parts, request) }
        }
    }

    /// Hands each line of the answer over as it comes. `opened` is called when the answer begins.
    func stream<Event: Decodable & Sendable>(
        _ request: ControlRequest, of type: Event.Type, opened: () async throws -> Void = {},
        _ body: (Event) async throws -> Void
    ) async throws {
        try await exchange(request) { parts in
            try await opened()
            var splitter = LineSplitter()
            try await self.eachChunk(of: parts, request) { chunk in
                for line in try splitter.add(chunk) {
                    try await body(try self.event(type, line, request))
                }
            }
        }
    }

    private func event<Event: Decodable>(
        _ type: Event.Type, _ line: ArraySlice<UInt8>, _ request: ControlRequest
    ) throws(ClientError) -> Event {
        do {
            return try JSON.decode(type, from: line)
        } catch {
            throw failure(.badAnswer("no \(type): \(String(decoding: line.prefix(200), as: UTF8.self))"), request)
        }
    }

    private func failure(_ cause: ClientError.Cause, _ request: ControlRequest) -> ClientError {
        ClientError(cause: cause, request: request.name, socketPath: socketPath)
    }
}

extension ControlClient {
    /// Sends the request, starts the supervisor where none listens, and sends it again to the next one where one
    /// leaves before it answers: every request of the control API describes a state to reach.
    private func exchange<Result: Sendable>(
        _ request: ControlRequest, _ body: (ResponseParts) async throws -> Result
    ) async throws -> Result {
        var mayStart = start != nil
        var mayRepeat = true
        while true {
            do {
                return try await attempt(request, body)
            } catch let error as ClientError where error.cause == .nobodyListens && mayStart {
                mayStart = false
                try await start?()
            } catch let error as ClientError where error.cause == .closedBeforeAnswer && mayRepeat {
                mayRepeat = false
            }
        }
    }

    private func attempt<Result: Sendable>(
        _ request: ControlRequest, _ body: (ResponseParts) async throws -> Result
    ) async throws -> Result {
        let connection = try await ControlConnection.open(socketPath, for: request.name, on: group)
        do {
            return try await connection.exchange(request, body)
        } catch let error where error is IOError || error is ChannelError || error is HTTPParserError {
            try Task.checkCancellation()
            throw failure(.closedBeforeAnswer, request)
        }
    }

    /// The chunks of the answer's body, after its status has been looked at.
    private func eachChunk(
        of parts: ResponseParts, _ request: ControlRequest, _ body: (ByteBuffer) async throws -> Void
    ) async throws {
        var answer = AnswerState.waiting
        do {
            for try await part in parts {
                if let chunk = try answer.accept(part) { try await body(chunk) }
                if answer.isOver { break }
            }
        } catch let error where error is IOError || error is ChannelError || error is HTTPParserError {
            try Task.checkCancellation()
            throw failure(answer.begun ? .closedInAnswer : .closedBeforeAnswer, request)
        }
        if !answer.isOver { try Task.checkCancellation() }
        switch answer {
        case .waiting: throw failure(.closedBeforeAnswer, request)
        case .reading: throw failure(.closedInAnswer, request)
        case .refused(let bytes, let status), .completelyRefused(let bytes, let status): throw refusal(bytes, status)
        case .complete: return
        }
    }

    private func collect(_ parts: ResponseParts, _ request: ControlRequest) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        try await eachChunk(of: parts, request) { chunk in
            bytes.append(contentsOf: chunk.readableBytesView)
            guard bytes.count <= Self.largestBody else { throw failure(.badAnswer("it is too large"), request) }
        }
        return bytes
    }

    private func refusal(_ bytes: [UInt8], _ status: UInt) -> any Error {
        do {
            return try JSON.decode(Refusal.self, from: bytes)
        } catch {
            return Refusal(message: "the supervisor refused with status \(status)")
        }
    }

    private func withTimeout<Answer: Sendable>(
        _ request: ControlRequest, _ body: @escaping @Sendable () async throws -> Answer
    ) async throws -> Answer {
        try await withThrowingTaskGroup(of: Answer.self) { tasks in
            tasks.addTask { try await body() }
            tasks.addTask {
                try await Task.sleep(for: .seconds(Self.answerTimeout))
                throw self.failure(.timedOut(seconds: Self.answerTimeout), request)
            }
            defer { tasks.cancelAll() }
            guard let answer = try await tasks.next() else { throw CancellationError() }
            return answer
        }
    }
}
