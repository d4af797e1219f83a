import ControlAPI
import Kernel
import NIOHTTP1
import Orchestration

/// Roost's own API: each route with what answers it.
struct ControlRoutes: Router {
    let table: RouteTable
    private let root: String

    init(_ supervisor: Supervisor) {
        root = supervisor.root
        table = RouteTable(
            routes: Self.about(supervisor) + Self.stacks(supervisor) + Self.changes(supervisor)
                + Self.networks(supervisor) + Self.volumes(supervisor) + Self.images(supervisor)
                + Self.transfers(supervisor))
    }

    func handler(for request: ReceivedRequest) throws(RequestRefusal) -> Handler? {
        guard let (route, call) = try table.find(request) else { return nil }
        try checkRoot(request)
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

    /// Whoever means another state directory would have its images and stacks mixed up with this one's.
    private func checkRoot(_ request: ReceivedRequest) throws(RequestRefusal) {
        guard let header = request.headers.first(name: rootHeader) else { return }
        let meant = PercentEncoding.decode(header[...])
        guard meant == root || Files.areSame(meant, root) else {
            let message =
                "the supervisor that answers here keeps its state in \(root), not in \(meant); "
                + "give that one a run directory of its own (--run-root or ROOST_RUN_ROOT)"
            throw RequestRefusal(status: .misdirectedRequest, message: message)
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
            .document(.processes) { call, _ in
                try await supervisor.processes(of: call.name, services: call.request.query.values("service"))
            },
            .document(.usage) { call, _ in
                try await supervisor.usage(of: call.name, services: call.request.query.values("service"))
            },
            .lines(.events) { call, _ in supervisor.events.stream(of: call.name, EventSelection(call.request.query)) },
            .document(.revisions) { call, _ in try supervisor.revisions(of: call.name) },
            .document(.jobs) { call, _ in try await supervisor.jobs(of: call.name) },
            .document(.stackVolumes) { call, _ in try await supervisor.volumeSummaries(of: call.name) },
            .json(.container) { call, _ in try await supervisor.inspect(call.name) },
        ]
    }

    private static func networks(_ supervisor: Supervisor) -> [Route] {
        [
            .document(.networks) { _, _ in await supervisor.networkSummaries() },
            .json(.network) { call, _ in try await supervisor.inspectNetwork(call.name) },
            .document(.createNetwork) { _, body in try await supervisor.createNetwork(body) },
            .document(.pruneNetworks) { _, body in try await supervisor.pruneNetworks(body) },
            .document(.removeNetwork) { call, body in try await supervisor.removeNetwork(call.name, body) },
            .document(.connect) { call, body in
                try await supervisor.connect(call.name, body)
                return NoBody()
            },
            .document(.disconnect) { call, body in
                try await supervisor.disconnect(call.name, body)
                return NoBody()
            },
        ]
    }

    private static func volumes(_ supervisor: Supervisor) -> [Route] {
        [
            .document(.volumes) { _, _ in try await supervisor.volumes() },
            .document(.createVolume) { _, body in try await supervisor.createVolume(body) },
            .document(.removeVolume) { call, body in
                try await supervisor.removeVolume(call.name, body)
                return NoBody()
            },
        ]
    }

    private static func images(_ supervisor: Supervisor) -> [Route] {
        [
            .document(.images) { _, _ in try supervisor.images.summaries() },
            .json(.image) { call, _ in try supervisor.images.inspect(call.name, platform: call.platform()) },
            .document(.imageHistory) { call, _ in
                try supervisor.images.history(of: call.name, platform: call.platform())
            },
            .command(.tagImage) { _, body, _ in await supervisor.image { try await $0.tag(body) } },
            .command(.removeImages) { _, body, report in
                await supervisor.image { try await $0.remove(body, report: report) }
            },
            .command(.pruneImages) { _, body, report in
                await supervisor.image { try await $0.prune(body, report: report) }
            },
            .command(.checkImages) { _, body, report in
                await supervisor.image { try await $0.check(body, report: report) }
            },
            .document(.diskUsage) { _, _ in try await supervisor.images.diskUsage() },
        ]
    }

    private static func transfers(_ supervisor: Supervisor) -> [Route] {
        [
            .command(.pullImages) { _, body, report in
                await supervisor.image { try await $0.pull(body, report: report) }
            },
            .command(.pushImages) { _, body, report in
                await supervisor.image { try await $0.push(body, report: report) }
            },
            .command(.saveImages) { call, body, report in
                await supervisor.image { try await $0.save(body, call.request.descriptors, report: report) }
            },
            .command(.loadImages) { call, body, report in
                await supervisor.image { try await $0.load(body, call.request.descriptors, report: report) }
            },
            .command(.copyImage) { call, body, report in
                await supervisor.image { try await $0.copy(body, call.request.descriptors, report: report) }
            },
            .command(.referrers) { _, body, report in
                await supervisor.image { try await $0.referrers(body, report: report) }
            },
            .command(.digests) { _, body, report in
                await supervisor.image { try await $0.digests(body, report: report) }
            },
            .command(.login) { _, body, report in
                await supervisor.image { try await $0.login(body, report: report) }
            },
            .command(.logout) { _, body, report in
                await supervisor.image { try await $0.logout(body, report: report) }
            },
        ]
    }

    private static func changes(_ supervisor: Supervisor) -> [Route] {
        [
            .command(.up) { await supervisor.up($0.name, $1, isResumed: $0.isResumed, report: $2) },
            .command(.plan) { await supervisor.plan($0.name, $1, report: $2) },
            .command(.apply) { await supervisor.apply($0.name, $1, isResumed: $0.isResumed, report: $2) },
            .command(.rollback) { await supervisor.rollback($0.name, $1, isResumed: $0.isResumed, report: $2) },
            .command(.pull) { await supervisor.pull($0.name, $1, report: $2) },
            .command(.build) { await supervisor.build($0.name, $1, report: $2) },
            .command(.down) { await supervisor.down($0.name, $1, isResumed: $0.isResumed, report: $2) },
            .command(.run) { await supervisor.run($0.name, $1, report: $2) },
            .document(.wait) { call, _ in try await supervisor.wait(for: call.name) },
            .document(.attachment) { call, _ in try await supervisor.attachment(of: call.name) },
            .document(.removeContainer) { call, body in
                try await supervisor.removeContainer(call.name, body)
                return NoBody()
            },
            .document(.exportContainer) { call, _ in
                try await supervisor.export(call.name, to: call.request.descriptors)
                return NoBody()
            },
            .document(.renameContainer) { call, body in
                try await supervisor.rename(call.name, body)
                return NoBody()
            },
            .document(.updateContainer) { call, body in
                try await supervisor.update(call.name, body)
                return NoBody()
            },
            .document(.containerChanges) { call, _ in try await supervisor.changes(of: call.name) },
            .command(.commitContainer) { await supervisor.commit($0.name, $1, report: $2) },
            .document(.exec) { try await supervisor.exec(in: $0.name, $1) },
            .command(.prune) { await supervisor.prune($1, report: $2) },
        ]
            + LifecycleVerb.allCases.map { verb in
                .command(.lifecycle(verb)) {
                    await supervisor.change($0.name, verb, $1, isResumed: $0.isResumed, report: $2)
                }
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
