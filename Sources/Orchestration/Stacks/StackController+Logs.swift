import ControlAPI
import Kernel
import Sandboxes

extension StackController {
    /// The stack's log lines for one client: what is there, and, if asked for, what comes, until no container of the
    /// selection is alive.
    func logs(_ selection: LogSelection) async throws -> AsyncThrowingStream<LogEvent, any Error> {
        let records = entries.values.map(\.record).filter(selection.wants)
        for service in selection.services where !records.contains(where: { $0.service == service }) {
            throw OperationError("no such service: \(service)")
        }
        guard selection.follow, isAlive(selection) else {
            let stream = try LogStream(selection, records, store: engine.store, signals: nil)
            return AsyncThrowingStream(unfolding: { try await stream.next() })
        }
        let (signals, continuation) = AsyncStream.makeStream(
            of: LogSignal.self, bufferingPolicy: .bufferingOldest(1 << 16))
        lastFollower += 1
        let ticket = lastFollower
        logFollowers[ticket] = LogFollower(selection: selection, continuation: continuation)
        let stream = try LogStream(selection, records, store: engine.store, signals: signals)
        let watching = try await Self.watch(stream, continuation)
        // The task ends with the last reference to the stream's closure: when its client has gone or it is through.
        let owner = TaskOwner(watching) { await self.endFollowing(ticket) }
        return AsyncThrowingStream(unfolding: {
            let event = try await stream.next()
            if event == nil { owner.end() }
            return event
        })
    }

    private static func watch(
        _ stream: LogStream, _ continuation: AsyncStream<LogSignal>.Continuation
    ) async throws -> Task<Void, Never> {
        guard let descriptor = try await stream.watchDescriptor() else { return Task {} }
        return Task {
            let events = Inotify(taking: OwnedDescriptor(taking: descriptor))
            while !Task.isCancelled {
                await Readiness.readable(events.descriptor.number)
                // An instance that can't be read any more has nothing more to tell.
                guard let found = try? events.events() else { return }
                continuation.yield(.written(found.map(\.watch)))
            }
        }
    }

    private func endFollowing(_ ticket: Int) { logFollowers.removeValue(forKey: ticket)?.continuation.finish() }

    private func isAlive(_ selection: LogSelection) -> Bool {
        entries.values.contains { $0.isAlive && selection.wants($0.record) }
    }

    func tellFollowers(_ signal: LogSignal, of record: ContainerRecord) {
        for follower in logFollowers.values where follower.selection.wants(record) {
            follower.continuation.yield(signal)
        }
    }

    /// Ends the streams of which nothing can come any more.
    func endFinishedFollowers() {
        for (ticket, follower) in logFollowers where !isAlive(follower.selection) { endFollowing(ticket) }
    }
}

/// A client that follows logs.
struct LogFollower: Sendable {
    var selection: LogSelection
    var continuation: AsyncStream<LogSignal>.Continuation
}

/// Owns a task for as long as somebody holds it.
private final class TaskOwner: Sendable {
    private let task: Task<Void, Never>
    private let atEnd: @Sendable () async -> Void

    init(_ task: Task<Void, Never>, atEnd: @escaping @Sendable () async -> Void) {
        self.task = task
        self.atEnd = atEnd
    }

    func end() { task.cancel() }

    deinit {
        task.cancel()
        let atEnd = atEnd
        Task { await atEnd() }
    }
}
