import Containers
import ControlAPI
import NIOHTTP1

/// What each request means. Paths and bodies are those of `ControlAPI`.
struct ControlRouter: Sendable {
    let supervisor: Supervisor

    func answer(_ request: ControlRequest, _ responder: ControlResponder) async throws {
        do {
            try await route(request, responder)
        } catch let refusal as RequestRefusal {
            try await responder.respond(Refusal(message: refusal.message), status: refusal.status)
        } catch let error as OperationError {
            try await responder.respond(Refusal(message: error.description), status: .conflict)
        } catch let error as ContainerError {
            try await responder.respond(Refusal(message: error.description), status: .conflict)
        } catch let error where !(error is CancellationError) && !responder.hasBegun {
            try await responder.respond(Refusal(message: "\(error)"), status: .internalServerError)
        }
    }

    private func route(_ request: ControlRequest, _ responder: ControlResponder) async throws {
        let segments = request.segments.dropFirst()
        guard request.segments.first == "v1", let kind = segments.first else {
            throw RequestRefusal.notFound(request.path)
        }
        let rest = Array(segments.dropFirst())
        switch (request.method, kind, rest.count) {
        case (.GET, "version", 0):
            try await responder.respond(await supervisor.version)
        case (.GET, "stacks", 0):
            try await responder.respond(await supervisor.stackSummaries())
        case (.POST, "prune", 0):
            let body = try decode(PruneRequest.self, request)
            try await perform(responder) { try await supervisor.prune(body, events: $0) }
        case (.GET, "containers", 1):
            try await inspect(rest[0], responder)
        case (.GET, "stacks", 2):
            try await read(stack: rest[0], rest[1], request, responder)
        case (.POST, "stacks", 2):
            try await change(stack: rest[0], rest[1], request, responder)
        default:
            throw RequestRefusal.notFound(request.path)
        }
    }

    private func read(
        stack: String, _ what: String, _ request: ControlRequest, _ responder: ControlResponder
    ) async throws {
        switch what {
        case "containers":
            try await responder.respond(await supervisor.containerSummaries(of: stack))
        case "images":
            try await responder.respond(try await supervisor.imageSummaries(of: stack))
        case "launch":
            try await responder.respond(try await supervisor.programs(of: stack))
        case "logs":
            let selection = LogSelection(request)
            try await responder.stream(try await supervisor.logs(of: stack, selection))
        default:
            throw RequestRefusal.notFound(request.path)
        }
    }

    private func change(
        stack: String, _ what: String, _ request: ControlRequest, _ responder: ControlResponder
    ) async throws {
        let controller = await supervisor.controller(of: stack)
        switch what {
        case "up":
            let body = try decode(UpRequest.self, request)
            try await perform(responder) { try await controller.carryOut(StackOrder(body), events: $0) }
        case "pull":
            let body = try decode(PullRequest.self, request)
            try await perform(responder) { try await controller.pull(body, events: $0) }
        case "down":
            let body = try decode(DownRequest.self, request)
            try await perform(responder) { try await controller.carryOut(StackOrder(body), events: $0) }
        case "stop", "start", "restart", "kill":
            let body = try decode(SignalRequest.self, request)
            guard let order = StackOrder(what, body) else { throw RequestRefusal.notFound(request.path) }
            try await perform(responder) { try await controller.carryOut(order, events: $0) }
        case "exec":
            let body = try decode(ExecRequest.self, request)
            try await responder.respond(try await supervisor.exec(body, in: stack))
        default:
            throw RequestRefusal.notFound(request.path)
        }
        await supervisor.forgetIfEmpty(stack)
    }

    private func inspect(_ name: String, _ responder: ControlResponder) async throws {
        guard let document = try await supervisor.inspect(name) else {
            throw RequestRefusal(status: .notFound, message: "no such container: \(name)")
        }
        try await responder.respond(document)
    }

    /// Runs an operation whose events are the answer's lines.
    private func perform(
        _ responder: ControlResponder, _ operation: @escaping @Sendable (EventSink) async throws -> Outcome
    ) async throws {
        // A client that reads slowly holds up nothing, and a stack's events are few; a bound keeps it so.
        let (stream, continuation) = AsyncStream.makeStream(
            of: CommandEvent.self, bufferingPolicy: .bufferingOldest(1 << 20))
        let sink = EventSink { continuation.yield($0) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { continuation.finish() }
                continuation.yield(.finished(await Self.outcome(sink, operation)))
            }
            try await responder.stream(stream)
            try await group.waitForAll()
        }
    }

    private static func outcome(
        _ sink: EventSink, _ operation: @Sendable (EventSink) async throws -> Outcome
    ) async -> Outcome {
        do {
            return try await operation(sink)
        } catch let error as OperationError {
            return Outcome(exitCode: error.exitCode, error: error.description)
        } catch is CancellationError {
            return Outcome(exitCode: 130, error: "interrupted")
        } catch {
            return Outcome(exitCode: 1, error: "\(error)")
        }
    }

    private func decode<Body: Decodable>(_ type: Body.Type, _ request: ControlRequest) throws -> Body {
        do {
            return try JSON.decode(type, from: request.body)
        } catch {
            throw RequestRefusal(status: .badRequest, message: "the request's body has another form: \(error)")
        }
    }
}

/// A request that isn't carried out.
struct RequestRefusal: Error {
    var status: HTTPResponseStatus
    var message: String

    static func notFound(_ path: String) -> RequestRefusal {
        RequestRefusal(status: .notFound, message: "\(path): there is nothing here; see docs/api.md")
    }
}
