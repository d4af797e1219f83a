import Containers
import ControlAPI
import Planning
import StackModel

/// What a stack tells of itself.
extension StackController {
    func snapshots() async -> [ContainerSnapshot] {
        var result: [ContainerSnapshot] = []
        for container in await table.containers(of: name) {
            await container.refresh()
            result.append(await container.snapshot)
        }
        return result.sorted { ($0.record.name, $0.record.created) < ($1.record.name, $1.record.created) }
    }

    func summaries() async -> [ContainerSummary] { await snapshots().map(\.summary) }

    /// The files that its newest container was made from, and the directory that their paths start at.
    func origin() async -> (files: [String], directory: String) {
        let newest = await snapshots().max { $0.record.created < $1.record.created }?.record
        return (newest?.files ?? [], newest?.projectDirectory ?? "")
    }

    /// Whether a supervisor has anything to do for it.
    func isIdle() async -> Bool {
        guard isQuiet, attention.alarm == nil, !logs.isFollowed(stack: name) else { return false }
        if await snapshots().contains(where: { $0.machine.isAlive }) { return false }
        return !waitsForTimes
    }

    func isEmpty() async -> Bool {
        let containers = await table.containers(of: name)
        return containers.isEmpty && isQuiet && !waitsForTimes
    }

    func logs(_ selection: LogSelection) async throws -> AsyncThrowingStream<[LogEvent], any Error> {
        let awaited = selection.awaitsCommand ? commandsCarriedOut : nil
        return try await logs.stream(
            of: name, selection, look: { [table, name] in await table.snapshots(of: name) },
            quiet: { [weak self] in await self?.untilQuiet(after: awaited) })
    }

    /// The container of a service with the number, or its lowest-numbered running one.
    func running(service: String, index: Int?) async throws -> ContainerSnapshot {
        let candidates = await snapshots().filter { $0.record.service == service && !$0.record.owner.isOneOff }
            .sorted { ($0.isUp ? 0 : 1, $0.record.number) < ($1.isUp ? 0 : 1, $1.record.number) }
        let found = index.map { number in candidates.first { $0.record.number == number } } ?? candidates.first
        guard let found, found.isUp else {
            throw OperationError("service \"\(service)\" is not running; `roost up -d \(service)` starts it")
        }
        return found
    }
}

extension ContainerSnapshot {
    fileprivate var isUp: Bool { machine.processes != nil }
}
