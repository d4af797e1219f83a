import ControlAPI
import Kernel
import Sandboxes

extension StackController {
    /// The stack's log lines for one client: what is there, and, if asked for, what comes, until no container of the
    /// selection is left alive.
    func logs(_ selection: LogSelection) throws -> AsyncThrowingStream<LogEvent, any Error> {
        let records = entries.values.map(\.record).filter(selection.wants)
        for service in selection.services where !records.contains(where: { $0.service == service }) {
            throw OperationError("no such service: \(service)")
        }
        let signals = selection.follow ? follow() : nil
        let store = engine.store
        return AsyncThrowingStream(bufferingPolicy: .bufferingOldest(1 << 20)) { continuation in
            let reading = Task {
                do {
                    try await Self.read(records, selection, store: store, signals: signals?.stream) {
                        continuation.yield($0)
                    }
                    continuation.finish()
                } catch {
                    continuation.finish(throwing: error)
                }
            }
            continuation.onTermination = { _ in
                reading.cancel()
                if let signals { Task { await self.endFollowing(signals.ticket) } }
            }
        }
    }

    private static func read(
        _ records: [ContainerRecord], _ selection: LogSelection, store: ContainerStore,
        signals: (stream: AsyncStream<LogSignal>, continuation: AsyncStream<LogSignal>.Continuation)?,
        emit: @escaping @Sendable (LogEvent) -> Void
    ) async throws {
        var stream = LogStream(selection, path: store.logPath, emit: emit)
        defer { stream.close() }
        records.forEach { stream.add($0) }
        stream.history()
        guard let signals else { return }
        let inotify = try Inotify()
        let number = try inotify.descriptor.duplicate().release()
        let watching = Task {
            let events = Inotify(taking: OwnedDescriptor(taking: number))
            while !Task.isCancelled {
                await Readiness.readable(events.descriptor.number)
                guard let found = try? events.events() else { return }
                signals.continuation.yield(.written(found.map(\.watch)))
            }
        }
        defer { watching.cancel() }
        try await stream.follow(signals.stream, watching: inotify)
    }

    private func follow() -> (
        ticket: Int, stream: (AsyncStream<LogSignal>, AsyncStream<LogSignal>.Continuation)
    ) {
        lastFollower += 1
        let (stream, continuation) = AsyncStream.makeStream(
            of: LogSignal.self, bufferingPolicy: .bufferingOldest(1 << 16))
        logFollowers[lastFollower] = continuation
        return (lastFollower, (stream, continuation))
    }

    private func endFollowing(_ ticket: Int) { logFollowers.removeValue(forKey: ticket)?.finish() }

    func tellFollowers(_ signal: LogSignal) {
        for continuation in logFollowers.values { continuation.yield(signal) }
        // A stream whose stack has come to rest has nothing more to say; `logs -f` ends with its last container.
        if case .exited(_, _, restarts: false) = signal, !entries.values.contains(where: \.isAlive) {
            for continuation in logFollowers.values { continuation.finish() }
            logFollowers = [:]
        }
    }
}
