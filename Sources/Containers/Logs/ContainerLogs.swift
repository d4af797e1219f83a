public import ControlAPI
import Kernel
public import Planning
import Sandboxes
import Synchronization

/// The log lines of containers for their clients: what is there, and, if asked for, what comes, until no container of
/// the selection is alive.
public final class ContainerLogs: Sendable {
    private let store: ContainerStore
    private let state = Mutex(State())

    private struct State {
        var followers: [Int: Follower] = [:]
        var last = 0
    }

    /// A client that follows.
    private struct Follower {
        var selection: LogSelection
        var stack: String
        /// One container's id, if only that is wanted.
        var only: String?
        /// The containers from which something may still come.
        var alive: Set<String>
        var continuation: AsyncStream<LogSignal>.Continuation

        func wants(_ record: ContainerRecord) -> Bool {
            record.stack == stack && selection.wants(record) && only.map { $0 == record.id } ?? true
        }
    }

    public init(locations: Locations) {
        store = ContainerStore(locations: locations)
    }

    /// Whether somebody follows a container of the stack.
    public func isFollowed(stack: String) -> Bool {
        state.withLock { $0.followers.values.contains { $0.stack == stack } }
    }

    /// The stack's lines for one client.
    ///
    /// - Parameters:
    ///   - only: one container's id; what happens to others isn't followed.
    ///   - look: asks for the stack's containers as they are now.
    public func stream(
        of stack: String, _ selection: LogSelection, only: String? = nil,
        look: @Sendable () async -> [ContainerSnapshot]
    ) async throws -> AsyncThrowingStream<LogEvent, any Error> {
        let found = await look().filter { selection.wants($0.record) }
        for service in selection.services where !found.contains(where: { $0.record.service == service }) {
            throw ContainerError("no such service: \(service)")
        }
        let records = found.map(\.record)
        let alive = Set(found.filter(\.machine.isAlive).map(\.record.id))
        guard selection.follow, !alive.isEmpty else {
            let stream = try LogStream(selection, records, store: store, signals: nil)
            return AsyncThrowingStream(unfolding: { try await stream.next() })
        }
        let (ticket, signals, continuation) = begin(stack, selection, only, alive)
        // What ended between the look and the beginning has told nobody.
        for snapshot in await look() where !snapshot.machine.isAlive { settle(ticket, snapshot.record.id) }
        let stream: LogStream
        let watching: Task<Void, Never>
        do {
            stream = try LogStream(selection, records, store: store, signals: signals)
            watching = try await Self.watch(stream, continuation)
        } catch {
            end(ticket)
            throw error
        }
        // The task ends with the last reference to the stream's closure: when its client has gone or it is through.
        let owner = TaskOwner(watching) { self.end(ticket) }
        return AsyncThrowingStream(unfolding: {
            let event = try await stream.next()
            if event == nil { owner.end() }
            return event
        })
    }

    private func begin(
        _ stack: String, _ selection: LogSelection, _ only: String?, _ alive: Set<String>
    ) -> (ticket: Int, signals: AsyncStream<LogSignal>, AsyncStream<LogSignal>.Continuation) {
        let (signals, continuation) = AsyncStream.makeStream(
            of: LogSignal.self, bufferingPolicy: .bufferingOldest(1 << 16))
        let follower = Follower(
            selection: selection, stack: stack, only: only, alive: alive, continuation: continuation)
        let ticket = state.withLock { state in
            state.last += 1
            state.followers[state.last] = follower
            return state.last
        }
        return (ticket, signals, continuation)
    }

    /// The last lines that a container wrote, without their line breaks.
    public func lastLines(of record: ContainerRecord, _ count: Int) -> [String] {
        var file = LogFile(path: store.logPath(record.id), tail: count)
        defer { file.close() }
        var lines: [String] = []
        while let entry = file.next() {
            var line = Substring(entry.log)
            while line.last == "\n" || line.last == "\r" || line.last == "\r\n" { line.removeLast() }
            lines.append(String(line))
        }
        return lines
    }

    /// Tells those who follow the container what happens to it.
    public func tell(_ record: ContainerRecord, _ news: ContainerNews) {
        state.withLock { state in
            for (ticket, follower) in state.followers where follower.wants(record) {
                switch news {
                case .started:
                    state.followers[ticket]?.alive.insert(record.id)
                    follower.continuation.yield(.started(record))
                case .ended(let code, let restarts):
                    follower.continuation.yield(.exited(record, code: code, restarts: restarts))
                    if !restarts { Self.settle(ticket, record.id, &state) }
                case .health, .paused, .unpaused: break
                }
            }
        }
    }

    private func settle(_ ticket: Int, _ id: String) { state.withLock { Self.settle(ticket, id, &$0) } }

    /// Ends the stream if nothing can come any more.
    private static func settle(_ ticket: Int, _ id: String, _ state: inout State) {
        state.followers[ticket]?.alive.remove(id)
        guard state.followers[ticket]?.alive.isEmpty == true else { return }
        state.followers.removeValue(forKey: ticket)?.continuation.finish()
    }

    private func end(_ ticket: Int) {
        state.withLock { $0.followers.removeValue(forKey: ticket) }?.continuation.finish()
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
}

/// Owns a task for as long as somebody holds it.
private final class TaskOwner: Sendable {
    private let task: Task<Void, Never>
    private let atEnd: @Sendable () -> Void

    init(_ task: Task<Void, Never>, atEnd: @escaping @Sendable () -> Void) {
        self.task = task
        self.atEnd = atEnd
    }

    func end() { task.cancel() }

    deinit {
        task.cancel()
        atEnd()
    }
}
