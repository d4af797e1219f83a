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
        /// Told when nothing can come any more, unless a command is at work.
        var emptied: AsyncStream<Void>.Continuation

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

    /// The stack's lines for one client. A following ends when no container of the selection is alive and nobody is about
    /// to start one.
    ///
    /// - Parameters:
    ///   - only: one container's id; what happens to others isn't followed.
    ///   - look: asks for the stack's containers as they are now.
    ///   - quiet: returns when no command on the stack is at work.
    public func stream(
        of stack: String, _ selection: LogSelection, only: String? = nil,
        look: @escaping @Sendable () async -> [ContainerSnapshot],
        quiet: @escaping @Sendable () async -> Void
    ) async throws -> AsyncThrowingStream<[LogEvent], any Error> {
        guard selection.follow else {
            let records = await look().map(\.record).filter { selection.wants($0) }
            let stream = try LogSession(selection, records, store: store, signals: nil)
            return AsyncThrowingStream(unfolding: { try await stream.next() })
        }
        let (ticket, signals, continuation, emptied) = begin(stack, selection, only)
        let found = await look().filter { selection.wants($0.record) }
        for snapshot in found where snapshot.machine.isAlive { enter(ticket, snapshot.record.id) }
        // What ended between the look and its entry has told nobody.
        for snapshot in await look() where !snapshot.machine.isAlive { settle(ticket, snapshot.record.id) }
        let stream: LogSession
        let watching: Task<Void, Never>
        do {
            stream = try LogSession(selection, found.map(\.record), store: store, signals: signals)
            watching = try await Self.watch(stream, continuation)
        } catch {
            end(ticket)
            throw error
        }
        settle(ticket, "")
        let ending = Task { [weak self] in
            for await _ in emptied {
                await quiet()
                guard !Task.isCancelled, let self else { return }
                if self.endIfEmpty(ticket) { return }
            }
        }
        // The tasks end with the last reference to the stream's closure: when its client has gone or it is through.
        let owner = TaskOwner([watching, ending]) { self.end(ticket) }
        return AsyncThrowingStream(unfolding: {
            let events = try await stream.next()
            if events == nil { owner.end() }
            return events
        })
    }

    private func begin(
        _ stack: String, _ selection: LogSelection, _ only: String?
    ) -> (
        ticket: Int, signals: AsyncStream<LogSignal>, AsyncStream<LogSignal>.Continuation, emptied: AsyncStream<Void>
    ) {
        let (signals, continuation) = AsyncStream.makeStream(
            of: LogSignal.self, bufferingPolicy: .bufferingOldest(1 << 16))
        let (emptied, empty) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let follower = Follower(
            selection: selection, stack: stack, only: only, alive: [], continuation: continuation, emptied: empty)
        let ticket = state.withLock { state in
            state.last += 1
            state.followers[state.last] = follower
            return state.last
        }
        return (ticket, signals, continuation, emptied)
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
                case .health, .unhealthy, .paused, .unpaused, .created, .removed: break
                }
            }
        }
    }

    private func enter(_ ticket: Int, _ id: String) {
        state.withLock { _ = $0.followers[ticket]?.alive.insert(id) }
    }

    private func settle(_ ticket: Int, _ id: String) { state.withLock { Self.settle(ticket, id, &$0) } }

    /// Notes that nothing comes from a container any more.
    private static func settle(_ ticket: Int, _ id: String, _ state: inout State) {
        state.followers[ticket]?.alive.remove(id)
        guard let follower = state.followers[ticket], follower.alive.isEmpty else { return }
        follower.emptied.yield()
    }

    /// Ends the stream unless something has been started meanwhile.
    private func endIfEmpty(_ ticket: Int) -> Bool {
        guard state.withLock({ $0.followers[ticket]?.alive.isEmpty ?? true }) else { return false }
        end(ticket)
        return true
    }

    private func end(_ ticket: Int) {
        guard let follower = state.withLock({ $0.followers.removeValue(forKey: ticket) }) else { return }
        follower.continuation.finish()
        follower.emptied.finish()
    }

    private static func watch(
        _ stream: LogSession, _ continuation: AsyncStream<LogSignal>.Continuation
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

/// Owns tasks for as long as somebody holds it.
private final class TaskOwner: Sendable {
    private let tasks: [Task<Void, Never>]
    private let atEnd: @Sendable () -> Void

    init(_ tasks: [Task<Void, Never>], atEnd: @escaping @Sendable () -> Void) {
        self.tasks = tasks
        self.atEnd = atEnd
    }

    func end() { for task in tasks { task.cancel() } }

    deinit {
        end()
        atEnd()
    }
}
