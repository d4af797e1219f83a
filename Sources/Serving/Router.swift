import ControlAPI
import NIOHTTP1

/// One API: it knows what requests of its own mean. Any number of them stand beside each other on one socket.
protocol Router: Sendable {
    /// What answers the request; `nil` if its path is none of this API's.
    ///
    /// - Throws: ``RequestRefusal`` if the path is, and the request can't be meant all the same.
    func handler(for request: ReceivedRequest) throws(RequestRefusal) -> Handler?
}

/// What answers a request.
struct Handler: Sendable {
    /// The work ends when its client goes away.
    var endsWithClient: Bool
    var answer: @Sendable (Responder) async throws -> Void
}

extension [any Router] {
    /// The handler of the first router that knows the path.
    func handler(for request: ReceivedRequest) -> Handler {
        do throws(RequestRefusal) {
            for router in self {
                if let handler = try router.handler(for: request) { return handler }
            }
            throw .notFound(request.path)
        } catch {
            return Handler(endsWithClient: false) { try await error.send($0) }
        }
    }
}

/// A request that isn't carried out.
struct RequestRefusal: Error {
    var status: HTTPResponseStatus
    var message: String
    var headers: HTTPHeaders = [:]

    static func notFound(_ path: String) -> RequestRefusal {
        RequestRefusal(status: .notFound, message: "\(path): there is nothing here; see docs/api.md")
    }

    func send(_ responder: Responder) async throws {
        try await responder.respond(json: JSON.encode(Refusal(message: message)), status: status, headers: headers)
    }
}
