import ControlAPI
import NIOHTTP1
import Orchestration

/// Roost's own API: each route with what answers it.
struct ControlRoutes: Router {
    let table: RouteTable

    init(_ supervisor: Supervisor) {
        table = RouteTable(routes: Self.about(supervisor) + Self.stacks(supervisor) + Self.changes(supervisor))
    }

    func handler(for request: ReceivedRequest) throws(RequestRefusal) -> Handler? {
        guard let (route, call) = try table.find(request) else { return nil }
        let endsWithClient = route.address.method == .post || route.address.answer == .lines
        return Handler(endsWithClient: endsWithClient) { responder in
            do {
                try await route.answer(call, responder)
            } catch let refusal as RequestRefusal {
                try await refusal.send(responder)
            } catch let refusal as SupervisorRefusal {
                try await RequestRefusal(status: refusal.kind.status, message: refusal.description).send(responder)
            } catch let error where !(error is CancellationError) && !responder.hasBegun {
                try await RequestRefusal(status: .internalServerError, message: "\(error)").send(responder)
            }
        }
    }

    private static func about(_ supervisor: Supervisor) -> [Route] {
        [.document(.version) { _, _ in supervisor.version }]
    }

    private static func stacks(_ supervisor: Supervisor) -> [Route] {
        [
            .document(.stacks) { _, _ in await supervisor.stackSummaries() },
            .document(.containers) { call, _ in await supervisor.containerSummaries(of: call.name) },
            .document(.stackImages) { call, _ in try await supervisor.imageSummaries(of: call.name) },
            .document(.launchPrograms) { call, _ in try await supervisor.programs(of: call.name) },
            .lines(.logs) { call, _ in try await supervisor.logs(of: call.name, LogSelection(call.request.query)) },
            .json(.container) { call, _ in try await supervisor.inspect(call.name) },
        ]
    }

    private static func changes(_ supervisor: Supervisor) -> [Route] {
        [
            .command(.up) { await supervisor.up($0.name, $1, report: $2) },
            .command(.pull) { await supervisor.pull($0.name, $1, report: $2) },
            .command(.down) { await supervisor.down($0.name, $1, report: $2) },
            .document(.exec) { try await supervisor.exec(in: $0.name, $1) },
            .command(.prune) { await supervisor.prune($1, report: $2) },
        ]
            + LifecycleVerb.allCases.map { verb in
                .command(.lifecycle(verb)) { await supervisor.change($0.name, verb, $1, report: $2) }
            }
    }
}

extension SupervisorRefusal.Kind {
    fileprivate var status: HTTPResponseStatus {
        switch self {
        case .notFound: .notFound
        case .conflict: .conflict
        }
    }
}
