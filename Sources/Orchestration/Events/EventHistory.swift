import Containers
package import ControlAPI
import Kernel
import Planning
import StackModel
import Synchronization

/// What has happened to containers lately, for those who ask, and what happens, for those who listen.
package final class EventHistory: Sendable {
    private let state = Mutex(State())

    private struct State {
        var past: [StackEvent] = []
        var listeners: [Int: Listener] = [:]
        var last = 0
    }

    private struct Listener {
        var stack: String
        var selection: EventSelection
        var continuation: AsyncThrowingStream<[StackEvent], any Error>.Continuation

        func wants(_ event: StackEvent) -> Bool { event.stack == stack && selection.wants(event) }
    }

    /// So many are remembered.
    private static let most = 1000
    /// So many wait for a listener that is slow; then the oldest go.
    private static let mostWaiting = 4096

    func note(_ record: ContainerRecord, _ news: ContainerNews) {
        // As in Docker Compose, what somebody runs beside the services is none of the stack's business.
        guard !record.owner.isOneOff || record.run?.job != nil, record.owner.stack != nil else { return }
        var attributes = record.labels.filter { !$0.key.hasPrefix("com.docker.compose.") }
        attributes["image"] = record.image
        attributes["name"] = record.name
        if case .ended(let code, _) = news { attributes["exitCode"] = "\(code)" }
        let event = StackEvent(
            time: Timestamp.now(), action: news.action, id: record.id, stack: record.stack, service: record.service,
            attributes: attributes)
        state.withLock { state in
            state.past.append(event)
            if state.past.count > Self.most { state.past.removeFirst(state.past.count - Self.most) }
            for listener in state.listeners.values where listener.wants(event) { listener.continuation.yield([event]) }
        }
    }

    /// The events of a stack, until the time that is asked for or as long as somebody listens.
    package func stream(
        of stack: String, _ selection: EventSelection
    ) -> AsyncThrowingStream<[StackEvent], any Error> {
        let (events, continuation) = AsyncThrowingStream.makeStream(
            of: [StackEvent].self, bufferingPolicy: .bufferingNewest(Self.mostWaiting))
        let listener = Listener(stack: stack, selection: selection, continuation: continuation)
        let ticket = state.withLock { state in
            if selection.since != nil {
                for event in state.past where listener.wants(event) { continuation.yield([event]) }
            }
            state.last += 1
            state.listeners[state.last] = listener
            return state.last
        }
        let ending = selection.until.map { until in
            Task {
                // Cancelled: nobody listens any more.
                try? await Task.sleep(for: .nanoseconds(max(0, until - Timestamp.now())))
                continuation.finish()
            }
        }
        continuation.onTermination = { [weak self] _ in
            ending?.cancel()
            self?.state.withLock { _ = $0.listeners.removeValue(forKey: ticket) }
        }
        return events
    }
}

extension ContainerNews {
    /// Docker's word for it.
    fileprivate var action: String {
        switch self {
        case .created: "create"
        case .started: "start"
        case .ended: "die"
        case .removed: "destroy"
        case .paused: "pause"
        case .unpaused: "unpause"
        case .unhealthy(let reason): "unhealthy: \(reason)"
        case .health(let status): "health_status: \(status)"
        }
    }
}
