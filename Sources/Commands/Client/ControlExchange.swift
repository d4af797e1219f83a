import ControlAPI
import Glibc
import Kernel

/// A request that was sent, and its answer as it comes.
struct ControlExchange {
    /// A refusal says little; the rest of a long one is dropped.
    private static let longestRefusal = 64 << 10

    private let connection: ControlConnection
    private let request: String
    private let socketPath: String
    private let deadline: ContinuousClock.Instant?
    private var parser = AnswerParser()
    /// What of the body came with the head.
    private var first: [UInt8] = []

    init(connection: ControlConnection, request: String, socketPath: String, deadline: ContinuousClock.Instant?) {
        self.connection = connection
        self.request = request
        self.socketPath = socketPath
        self.deadline = deadline
    }

    /// Sends the request, and reads the head of the answer.
    ///
    /// - Throws: `Refusal` if the supervisor refuses.
    mutating func begin(_ message: [UInt8], descriptors: [Int32]) async throws {
        do {
            try connection.send(message, descriptors: descriptors)
        } catch {
            if error.errno == EAGAIN { throw failure(.timedOut(seconds: 60)) }
            // A supervisor that leaves has closed already.
            throw failure(.closedBeforeAnswer)
        }
        while parser.status == nil {
            guard let bytes = try await next() else { throw failure(.closedBeforeAnswer) }
            first += bytes
        }
        guard let status = parser.status, status >= 400 else { return }
        var bytes: [UInt8] = []
        try await eachChunk { bytes += $0.prefix(Self.longestRefusal - bytes.count) }
        do {
            throw try JSON.decode(Refusal.self, from: bytes)
        } catch let refusal as Refusal {
            throw refusal
        } catch {
            throw Refusal(message: "the supervisor refused with status \(status)")
        }
    }

    /// Hands the parts of the body over as they come.
    mutating func eachChunk(_ body: ([UInt8]) async throws -> Void) async throws {
        if !first.isEmpty { try await body(first) }
        first = []
        while !parser.isComplete {
            guard let bytes = try await next() else {
                if parser.close() { return }
                throw failure(.closedInAnswer)
            }
            if !bytes.isEmpty { try await body(bytes) }
        }
    }

    /// The next part of the body; `nil` when the connection has ended.
    private mutating func next() async throws -> [UInt8]? {
        let bytes: [UInt8]
        do {
            bytes = try await connection.receive(until: deadline)
        } catch let error as KernelError {
            if error.errno == ETIMEDOUT { throw failure(.timedOut(seconds: ControlClient.answerSeconds)) }
            return nil
        }
        guard !bytes.isEmpty else { return nil }
        do throws(BadAnswer) {
            return try parser.add(bytes)
        } catch {
            throw failure(.badAnswer(error.description))
        }
    }

    private func failure(_ cause: ClientError.Cause) -> ClientError {
        ClientError(cause: cause, request: request, socketPath: socketPath)
    }
}
