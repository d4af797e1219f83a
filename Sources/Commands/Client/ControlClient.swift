import ControlAPI
import Glibc
import Kernel
import Synchronization

/// The supervisor as the commands see it.
///
/// One connection a command needs no pool, no redirects and no TLS, and a start pays for every thread and object that a
/// general client would make.
final class ControlClient: Sendable {
    /// Larger answers than this aren't read into memory at once.
    static let largestBody = 64 << 20
    /// How long an answer that isn't streamed may take.
    static let answerSeconds: Int64 = 60
    /// How many supervisors in a row may end before they answer.
    private static let mostAttempts = 5

    private let socketPath: String
    private let root: String?
    /// Brings a supervisor up when nobody listens; `nil`: that is an error.
    private let start: (@Sendable () async throws -> Void)?
    /// Replaces a supervisor of another build, and says whether it did; `nil`: whoever listens will do.
    private let replace: (@Sendable (ControlConnection) async throws -> Bool)?
    /// A supervisor that this command has met stays, as does the one that takes its place: two builds that are used side
    /// by side mustn't go on replacing each other.
    private let hasMet = Atomic(false)

    /// - Parameter root: the state directory that requests are about; `nil`: whichever the supervisor has.
    init(
        socketPath: String, root: String? = nil,
        replace: (@Sendable (ControlConnection) async throws -> Bool)? = nil,
        start: (@Sendable () async throws -> Void)? = nil
    ) {
        self.socketPath = socketPath
        self.root = root
        self.replace = replace
        self.start = start
    }

    /// The decoded answer of a request that isn't streamed.
    func fetch<Answer: Decodable>(_ request: ControlRequest<Answer>) async throws -> Answer {
        let bytes = try await collect(request)
        do {
            return try JSON.decode(Answer.self, from: bytes)
        } catch {
            throw failure(.badAnswer("\(Answer.self) expected, \(bytes.count) bytes received"), request.name)
        }
    }

    /// The answer of a request that is answered when something has happened, however long that takes.
    func await<Answer: Decodable>(_ request: ControlRequest<Answer>) async throws -> Answer {
        let bytes = try await collect(request, within: nil)
        do {
            return try JSON.decode(Answer.self, from: bytes)
        } catch {
            throw failure(.badAnswer("\(Answer.self) expected, \(bytes.count) bytes received"), request.name)
        }
    }

    /// An answer that is handed on as it is.
    func fetch(_ request: ControlRequest<JSONDocument>) async throws -> JSONDocument {
        JSONDocument(bytes: try await collect(request))
    }

    /// Hands each line of the answer over as it comes. `opened` is called when the answer begins.
    func stream<Event: Decodable>(
        _ request: ControlRequest<Event>, opened: () async throws -> Void = {}, _ body: (Event) async throws -> Void
    ) async throws {
        try await exchange(request) { exchange in
            var splitter = LineSplitter()
            try await opened()
            try await exchange.eachChunk { chunk in
                for line in try splitter.add(chunk) { try await body(try event(line, request.name)) }
            }
        }
    }

    private func event<Event: Decodable>(_ line: ArraySlice<UInt8>, _ name: String) throws(ClientError) -> Event {
        if let type = Event.self as? any FastLine.Type, let event = type.init(json: line) as? Event { return event }
        do {
            return try JSON.decode(Event.self, from: line)
        } catch {
            throw failure(.badAnswer("no \(Event.self): \(String(decoding: line.prefix(200), as: UTF8.self))"), name)
        }
    }

    private func collect<Answer>(
        _ request: ControlRequest<Answer>, within limit: Int64? = answerSeconds
    ) async throws -> [UInt8] {
        let deadline = limit.map { ContinuousClock.now + .seconds($0) }
        return try await exchange(request, until: deadline) { exchange in
            var bytes: [UInt8] = []
            try await exchange.eachChunk { chunk in
                bytes += chunk
                guard bytes.count <= Self.largestBody else {
                    throw failure(.badAnswer("it is too large"), request.name)
                }
            }
            return bytes
        }
    }

    private func failure(_ cause: ClientError.Cause, _ request: String) -> ClientError {
        ClientError(cause: cause, request: request, socketPath: socketPath)
    }
}

extension ControlClient {
    /// Sends the request, starts the supervisor where none listens, and sends it again to the next one where one
    /// leaves before it answers: every request of the control API describes a state to reach.
    private func exchange<Answer, Result>(
        _ request: ControlRequest<Answer>, until deadline: ContinuousClock.Instant? = nil,
        _ body: (inout ControlExchange) async throws -> Result
    ) async throws -> Result {
        var starts = start == nil ? 0 : Self.mostAttempts
        // What was read from a descriptor that went along can't be read again.
        var repeats = request.descriptors.isEmpty ? Self.mostAttempts : 0
        while true {
            do {
                let connection = try ControlConnection(socketPath, for: request.name)
                let isFirst = !hasMet.exchange(true, ordering: .relaxed)
                if isFirst, let replace, try await replace(connection) { continue }
                var exchange = ControlExchange(
                    connection: connection, request: request.name, socketPath: socketPath, deadline: deadline)
                try await exchange.begin(request.message(root: root), descriptors: request.descriptors)
                return try await body(&exchange)
            } catch let error as ClientError where error.cause == .nobodyListens && starts > 0 {
                starts -= 1
                try await start?()
            } catch let error as ClientError where error.cause == .closedBeforeAnswer && repeats > 0 {
                repeats -= 1
            }
        }
    }
}
