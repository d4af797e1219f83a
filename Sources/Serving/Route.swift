import ControlAPI
import NIOHTTP1
import OCI
import Orchestration

/// One entry of the table of what a supervisor answers.
struct Route: Sendable {
    let address: EndpointAddress
    let answer: @Sendable (Call, Responder) async throws -> Void
}

/// A request that has found its route.
struct Call: Sendable {
    /// For what stands in braces in the route's path, in its order.
    let names: [String]
    let request: ReceivedRequest

    /// The first name in the path.
    var name: String { names.first ?? "" }

    /// It was sent before, to a supervisor that ended before it was through.
    var isResumed: Bool { request.headers.contains(name: resumedHeader) }

    /// What the query says of a platform.
    func platform() throws(RequestRefusal) -> Platform? {
        guard let text = request.query["platform"] else { return nil }
        do {
            return try Platform(parsing: text)
        } catch {
            throw RequestRefusal(status: .badRequest, message: "platform \(text): \(error)")
        }
    }

    func body<Body: Decodable>(_ type: Body.Type) throws(RequestRefusal) -> Body {
        do {
            // A request that carries nothing may come without a body.
            let bytes = type == NoBody.self && request.body.isEmpty ? Array("{}".utf8) : request.body
            return try JSON.decode(type, from: bytes)
        } catch {
            throw RequestRefusal(status: .badRequest, message: "the request's body has another form: \(error)")
        }
    }
}

extension Route {
    /// Answers with one document.
    static func document<Body: Decodable & Sendable, Answer: Encodable & Sendable>(
        _ endpoint: Endpoint<Body, Answer>, _ answer: @escaping @Sendable (Call, Body) async throws -> Answer
    ) -> Route {
        Route(address: endpoint.address) { call, responder in
            try await responder.respond(await answer(call, call.body(Body.self)))
        }
    }

    /// Answers with a document that is JSON already.
    static func json<Body: Decodable & Sendable>(
        _ endpoint: Endpoint<Body, JSONDocument>,
        _ answer: @escaping @Sendable (Call, Body) async throws -> JSONDocument
    ) -> Route {
        Route(address: endpoint.address) { call, responder in
            try await responder.respond(json: answer(call, call.body(Body.self)).bytes)
        }
    }

    /// Answers with a line for each value; those that come together are sent together.
    static func lines<Body: Decodable & Sendable, Answer: FastLine & Sendable>(
        _ endpoint: Endpoint<Body, Answer>,
        _ answer: @escaping @Sendable (Call, Body) async throws -> AsyncThrowingStream<[Answer], any Error>
    ) -> Route {
        Route(address: endpoint.address) { call, responder in
            let values = try await answer(call, call.body(Body.self))
            try await responder.stream(line: { try $0.json() }) { send in
                for try await batch in values { try await send(batch) }
            }
        }
    }

    /// Answers with what a command reports, and with its outcome in the end.
    static func command<Body: Decodable & Sendable>(
        _ endpoint: Endpoint<Body, CommandEvent>,
        _ perform: @escaping @Sendable (Call, Body, @escaping CommandReport) async throws -> Outcome
    ) -> Route {
        Route(address: endpoint.address) { call, responder in
            let body = try call.body(Body.self)
            let events = EventInbox()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    defer { events.finish() }
                    events.send(.finished(try await perform(call, body) { events.send($0) }))
                }
                try await responder.stream { send in try await events.drain(send) }
                try await group.waitForAll()
            }
        }
    }
}

/// Routes by their addresses.
struct RouteTable: Sendable {
    let routes: [Route]

    /// The route of a request, with the names in its path; `nil` if no route has the path.
    ///
    /// - Throws: ``RequestRefusal`` if only routes of other methods have it.
    func find(_ request: ReceivedRequest) throws(RequestRefusal) -> (route: Route, call: Call)? {
        let segments = request.segments
        var methods: Set<String> = []
        for route in routes {
            guard let names = route.address.names(in: segments) else { continue }
            if route.address.method.rawValue == request.method.rawValue {
                return (route, Call(names: names, request: request))
            }
            methods.insert(route.address.method.rawValue)
        }
        guard !methods.isEmpty else { return nil }
        let allowed = methods.sorted().joined(separator: ", ")
        throw RequestRefusal(
            status: .methodNotAllowed, message: "\(request.path) is for \(allowed), and not for \(request.method)",
            headers: ["allow": allowed])
    }
}
